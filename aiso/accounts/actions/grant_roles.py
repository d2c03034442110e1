"""Giving and taking roles."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..models import BusinessUnit, Role, RoleAssignment, User
from .office_leads import check_may_manage, check_others_lead, hold_leads


@transaction.atomic
def grant_role(person: User, *, actor: User, role: str, unit: BusinessUnit | None = None) -> RoleAssignment:
    """Give a role, everywhere or in `unit` and below.

    Raises PermissionDenied when `actor` may not or means themselves, DomainError for a role that the
    person has already or that does not go with what they are.
    """
    check_may_manage(actor)
    person = User.objects.select_for_update(of=["self"]).get(pk=person.pk)
    if person.pk == actor.pk:
        raise PermissionDenied("Nobody grants roles to themselves. Ask another office lead.")
    if role not in Role.values:
        raise DomainError("There is no such role.", field="role")
    _check_fits(person, role)
    _check_is_new(person, role, unit)
    assignment = RoleAssignment.objects.create(person=person, role=role, unit=unit)
    publish("role.granted", actor=actor, person=person, role=role, unit=unit)
    return assignment


@transaction.atomic
def revoke_role(assignment: RoleAssignment, *, actor: User) -> None:
    """Take a role away. Raises DomainError when it is gone already, or when nobody would lead the office."""
    hold_leads()
    check_may_manage(actor)
    held = RoleAssignment.objects.select_for_update(of=["self"]).select_related("person", "unit")
    found = held.filter(pk=assignment.pk).first()
    if found is None:
        raise DomainError("This role has been taken away already.")
    if found.role == Role.SERVICE_ACCOUNT:
        raise DomainError("A service account is one for good. Deactivate it instead.")
    if found.role == Role.OFFICE_LEAD and found.unit_id is None and found.person.is_active:
        check_others_lead(found.person)
    publish("role.revoked", actor=actor, person=found.person, role=found.role, unit=found.unit)
    found.delete()


def _check_fits(person: User, role: str) -> None:
    """Programs hold no person's role, and an auditor, who changes nothing, no other one."""
    if not person.is_active:
        raise DomainError(f"{person} is not active. Activate the account first.")
    if person.is_service_account != (role == Role.SERVICE_ACCOUNT):
        what = "holds no other role" if person.is_service_account else "is a person, not a service account"
        raise DomainError(f"{person} {what}.", field="role")
    others = person.role_assignments.exclude(role=role)
    if role == Role.AUDITOR and others.exists():
        raise DomainError(
            f"Auditors change nothing, and {person} holds other roles. Take those away first.", field="role"
        )
    if others.filter(role=Role.AUDITOR).exists():
        raise DomainError(f"{person} is an auditor, who changes nothing. Take that role away first.", field="role")


def _check_is_new(person: User, role: str, unit: BusinessUnit | None) -> None:
    if unit and not unit.is_active:
        raise DomainError(f"{unit} is retired. Choose a unit in use.", field="unit")
    held = person.role_assignments.filter(role=role)
    label = Role(role).label.lower()
    if held.filter(unit=None).exists():
        raise DomainError(f"{person} is {label} for the whole company already.", field="role")
    if held.filter(unit=unit).exists():
        raise DomainError(f"{person} is {label} in {unit} already.", field="unit")
