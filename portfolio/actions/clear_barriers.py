"""Barriers: raised with an owner and a clock, changed, lifted, and reopened when they come back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.conflicts import changes_to_make
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..barriers import usual_day
from ..models import Barrier, BarrierKind, Initiative
from ..models.stage import ENDED
from ..permissions import can_change_barrier, can_lift_barrier, can_raise_barrier
from .edit_initiative import touch

WHO_RAISES = "Its owners, the office and reviewers say what holds it up."
WHO_CHANGES = "Its owner, whoever raised it, the initiative's owners and the office change a barrier."
WHO_LIFTS = "Its owner, the initiative's owners and the office lift a barrier."


@transaction.atomic
def raise_barrier(
    initiative: Initiative,
    *,
    actor: User,
    kind: BarrierKind,
    what: str,
    owner: User,
    wanted_by: date | None = None,
    waiting_on: str = "",
) -> Barrier:
    """Say what holds an initiative up, who sees to it, and by which day; ten working days from now unless told.

    Raises DomainError for an initiative that has ended and for an owner who could not see it.
    """
    locked = Initiative.objects.select_for_update().get(pk=initiative.pk)
    if not can_raise_barrier(actor, locked):
        raise PermissionDenied(WHO_RAISES)
    _check_goes_on(locked)
    _check_owner(owner, locked)
    _check_day(wanted_by)
    if not kind.is_active:
        raise DomainError(f"“{kind}” is retired. Choose a kind in use.", field="kind")
    barrier = Barrier(
        initiative=locked,
        kind=kind,
        what=what.strip(),
        owner=owner,
        waiting_on=waiting_on.strip(),
        wanted_by=wanted_by or usual_day(),
        raised_by=actor,
        raised_at=clock.now(),
    )
    _store(barrier)
    publish("barrier.raised", actor=actor, initiative=locked, barrier=barrier, owner=owner)
    return barrier


@transaction.atomic
def change_barrier(barrier: Barrier, *, actor: User, seen: Mapping[str, Any] | None = None, **wanted: Any) -> Barrier:
    """Change what an open barrier is, who sees to it or by when. ConflictError tells who changed what was `seen`."""
    barrier = _locked(barrier)
    if not can_change_barrier(actor, barrier):
        raise PermissionDenied(WHO_CHANGES)
    _check_open(barrier)
    changed = changes_to_make(barrier, seen=seen or {}, wanted=wanted)
    if "owner" in changed:
        _check_owner(changed["owner"], barrier.initiative)
    for field, value in changed.items():
        setattr(barrier, field, value)
    if changed:
        _store(barrier)
        about: dict[str, Any] = {"initiative": barrier.initiative, "barrier": barrier, "owner": barrier.owner}
        publish("barrier.changed", actor=actor, fields=sorted(changed), **about)
    return barrier


@transaction.atomic
def lift_barrier(barrier: Barrier, *, actor: User, how: str) -> Barrier:
    """Say how a barrier was lifted. Raises DomainError when it was lifted before."""
    barrier = _locked(barrier)
    if not can_lift_barrier(actor, barrier):
        raise PermissionDenied(WHO_LIFTS)
    _check_open(barrier)
    if not how.strip():
        raise DomainError("Say how it was lifted; others meet the same barrier.", field="how")
    barrier.lifted_by, barrier.lifted_at, barrier.how = actor, clock.now(), how.strip()
    _store(barrier)
    publish("barrier.lifted", actor=actor, initiative=barrier.initiative, barrier=barrier, raised_by=barrier.raised_by)
    return barrier


@transaction.atomic
def reopen_barrier(barrier: Barrier, *, actor: User, wanted_by: date | None = None, reason: str = "") -> Barrier:
    """Open a barrier again that was lifted too soon. Its day stays unless another is given."""
    barrier = _locked(barrier)
    if not (can_change_barrier(actor, barrier) or can_raise_barrier(actor, barrier.initiative)):
        raise PermissionDenied(WHO_RAISES)
    if barrier.lifted_at is None:
        raise DomainError("This barrier is open already.")
    _check_goes_on(barrier.initiative)
    _check_owner(barrier.owner, barrier.initiative)
    _check_day(wanted_by)
    barrier.lifted_by, barrier.lifted_at, barrier.how = None, None, ""
    barrier.wanted_by = wanted_by or barrier.wanted_by
    with pghistory.context(**({"reason": reason} if reason else {})):
        _store(barrier)
    publish("barrier.reopened", actor=actor, initiative=barrier.initiative, barrier=barrier, owner=barrier.owner)
    return barrier


def _locked(barrier: Barrier) -> Barrier:
    """The initiative first, as every deed below it."""
    Initiative.objects.select_for_update().get(pk=barrier.initiative_id)
    rows = Barrier.objects.select_for_update(of=["self"]).select_related("initiative", "kind", "owner", "raised_by")
    return rows.get(pk=barrier.pk)


def _store(barrier: Barrier) -> None:
    barrier.full_clean()
    barrier.save()
    touch([barrier.initiative_id])


def _check_open(barrier: Barrier) -> None:
    if barrier.lifted_at is not None:
        raise DomainError("This barrier has been lifted already. Reopen it first.")


def _check_goes_on(initiative: Initiative) -> None:
    if initiative.stage in ENDED or initiative.is_off_register:
        raise DomainError("This initiative has ended; nothing holds it up any more.")


def _check_owner(owner: User, initiative: Initiative) -> None:
    """Somebody who is here, is a person, may act and sees the initiative."""
    if owner.is_service_account or not owner.is_active:
        raise DomainError(f"{owner} cannot own a barrier. Choose an active person.", field="owner")
    if not Initiative.objects.visible_to(owner).filter(pk=initiative.pk).exists():
        raise DomainError(f"{owner} may not see this initiative. Choose somebody who does.", field="owner")


def _check_day(wanted_by: date | None) -> None:
    if wanted_by is not None and wanted_by < clock.today():
        raise DomainError("This day is past. Choose today or later.", field="wanted_by")
