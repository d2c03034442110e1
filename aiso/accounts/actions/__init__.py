"""What the office does to people, roles and business units. Pages, commands and the API all come through here."""

from .edit_people import deactivate_person, edit_person, reactivate_person
from .grant_roles import grant_role, revoke_role
from .invite_people import add_service_account, invite_again, invite_person
from .keep_tokens import make_token, revoke_token
from .keep_units import add_unit, bring_back_unit, move_unit, rename_unit, retire_unit

__all__ = [
    "add_service_account",
    "add_unit",
    "bring_back_unit",
    "deactivate_person",
    "edit_person",
    "grant_role",
    "invite_again",
    "invite_person",
    "make_token",
    "move_unit",
    "reactivate_person",
    "rename_unit",
    "retire_unit",
    "revoke_role",
    "revoke_token",
]
