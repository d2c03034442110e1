"""Who may see and change people, roles and units. Plain predicates on a signed-in person."""

from django.contrib.auth.models import AnonymousUser

from .models import Role, User
from .models.role import OFFICE


def can_see_administration(user: User | AnonymousUser) -> bool:
    """The office keeps the lists; auditors read them."""
    return isinstance(user, User) and user.has_role(*OFFICE, Role.AUDITOR)


def can_manage_people(user: User | AnonymousUser) -> bool:
    """Only an office lead for the whole company grants roles: a grant limited to a unit could widen itself."""
    return isinstance(user, User) and user.is_active and user.role_units.get(Role.OFFICE_LEAD, frozenset()) is None


def can_manage_units(user: User | AnonymousUser) -> bool:
    return can_manage_people(user)


def can_manage_lists(user: User | AnonymousUser) -> bool:
    """Shared lists concern every unit, so a role limited to one unit does not reach them."""
    return (
        isinstance(user, User)
        and user.is_active
        and any(user.role_units.get(role, frozenset()) is None for role in OFFICE)
    )


def can_make_tokens(user: User | AnonymousUser, person: User) -> bool:
    """A person makes and revokes their own; a service account's keepers are those who manage people."""
    if not isinstance(user, User) or not user.is_active:
        return False
    return can_manage_people(user) if person.is_service_account else user.pk == person.pk
