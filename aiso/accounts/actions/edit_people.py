"""Changing an account, and switching it off and on."""

from collections.abc import Mapping
from typing import Any

import pghistory
from allauth.account.models import EmailAddress
from django.db import transaction

from aiso import clock
from aiso.conflicts import changes_to_make
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..models import User
from .office_leads import check_may_manage, check_others_lead, hold_leads, is_lead

EDITABLE = ("name", "email", "job_title", "unit")


@transaction.atomic
def edit_person(person: User, *, actor: User, seen: Mapping[str, Any] | None = None, **fields: Any) -> User:
    """Change name, e-mail address, job title or unit.

    `seen` is what the actor saw; ConflictError tells what somebody else changed since. Raises
    PermissionDenied when `actor` may not, ValidationError for values that the fields refuse.
    """
    check_may_manage(actor)
    person = User.objects.select_for_update(of=["self"]).get(pk=person.pk)
    for field in fields.keys() - set(EDITABLE):
        raise DomainError(f"“{field}” is not changed here.")
    if "email" in fields:
        fields["email"] = fields["email"].strip().lower()
    changed = changes_to_make(person, seen=seen or {}, wanted=fields)
    for field, value in changed.items():
        setattr(person, field, value)
    person.full_clean()
    person.save(update_fields=[*changed])
    if "email" in changed:
        # Otherwise the old address would still open the account.
        EmailAddress.objects.filter(user=person).delete()
    if changed:
        publish("person.edited", actor=actor, person=person, fields=sorted(changed))
    return person


@transaction.atomic
def deactivate_person(person: User, *, actor: User, reason: str = "") -> User:
    """Switch an account off for somebody who left: signed out, tokens revoked, and what they own is freed.

    Raises PermissionDenied when `actor` may not, DomainError for oneself, for somebody who is not active
    and for the only office lead.
    """
    hold_leads()
    check_may_manage(actor)
    person = User.objects.select_for_update(of=["self"]).get(pk=person.pk)
    if person.pk == actor.pk:
        raise DomainError("You cannot deactivate yourself. Another office lead can.")
    if not person.is_active:
        raise DomainError(f"{person} has been deactivated already.")
    if is_lead(person):
        check_others_lead(person)
    person.is_active, person.deactivated_at = False, clock.now()
    # Sessions hang on the password: this ends them, also for the day the account is switched on again.
    person.set_unusable_password()
    with pghistory.context(**({"reason": reason} if reason else {})):
        person.save(update_fields=["is_active", "deactivated_at", "password"])
        person.tokens.filter(revoked_at=None).update(revoked_at=clock.now())
    publish("person.deactivated", actor=actor, person=person, reason=reason)
    return person


@transaction.atomic
def reactivate_person(person: User, *, actor: User) -> User:
    """Switch an account on again, with the roles it had. Its owner chooses a new password by mail."""
    check_may_manage(actor)
    person = User.objects.select_for_update(of=["self"]).get(pk=person.pk)
    if person.is_active:
        raise DomainError(f"{person} is active already.")
    person.is_active, person.deactivated_at = True, None
    person.save(update_fields=["is_active", "deactivated_at"])
    publish("person.reactivated", actor=actor, person=person)
    if not person.is_service_account:
        publish("person.invited", actor=actor, person=person)
    return person
