"""The office always keeps somebody who can grant roles."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from aiso.errors import DomainError

from ..models import Role, RoleAssignment, User
from ..permissions import can_manage_people


def check_may_manage(actor: User) -> None:
    """Raise PermissionDenied unless `actor` manages people; by what is stored, as a lead may just have lost it."""
    if not can_manage_people(User.objects.get(pk=actor.pk)):
        raise PermissionDenied("An office lead for the whole company manages people and their roles.")


def hold_leads() -> None:
    """Make others who would take a lead away wait, so that two leads cannot remove each other at once."""
    list(_leads().select_for_update(of=["self"]).order_by("pk"))


def check_others_lead(person: User) -> None:
    """Raise DomainError when nobody but `person` leads the whole office. Call `hold_leads` first."""
    if not _leads().filter(person__is_active=True).exclude(person=person).exists():
        raise DomainError(
            f"{person} is the only office lead for the whole company. Make somebody else one first: "
            "otherwise nobody could grant roles any more."
        )


def is_lead(person: User) -> bool:
    return _leads().filter(person=person, person__is_active=True).exists()


def has_lead() -> bool:
    """Whether somebody active leads the whole office."""
    return _leads().filter(person__is_active=True).exists()


def _leads() -> "QuerySet[RoleAssignment]":
    return RoleAssignment.objects.filter(role=Role.OFFICE_LEAD, unit=None)
