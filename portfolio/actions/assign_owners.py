"""Owners and their deputies, each with the days they were it."""

from collections.abc import Mapping
from datetime import date

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import ConflictError, Difference, DomainError
from aiso.events.outbox import publish

from ..models import Initiative, OwnerKind, Ownership
from ..permissions import can_assign_owners
from .accept_map import follow_owner
from .edit_initiative import Change, touch

# Marks an argument that was not given: `None` says that nobody was the owner.
UNSEEN = object()


@transaction.atomic
def assign_owner(
    initiative: Initiative,
    *,
    actor: User,
    kind: str,
    person: User | None,
    was: object = UNSEEN,
    since: date | None = None,
    reason: str = "",
) -> Initiative:
    """Make `person` an owner from a day on, today by default, in place of the present one; None leaves it empty.

    Given `was`, the owner that the actor saw, raises ConflictError when somebody else assigned another
    since. Raises PermissionDenied when `actor` may not, DomainError for somebody who cannot own.
    """
    locked = Initiative.objects.select_for_update().get(pk=initiative.pk)
    if not can_assign_owners(actor, locked):
        raise PermissionDenied("The office and the business owner assign owners.")
    present = _present(locked, kind).first()
    holder = present.person if present else None
    if was is not UNSEEN and was != holder and person != holder:
        changes = {f"{kind}_owner": Difference(was, holder, person)}
        raise ConflictError("Somebody else assigned this owner meanwhile. Choose who it is.", changes=changes)
    if person == holder:
        return locked
    since = since or clock.today()
    with pghistory.context(**({"reason": reason} if reason else {})):
        if present:
            _end(present, since)
        if person:
            _begin(locked, kind, person, since, is_deputy=False)
    follow_owner(locked, kind, actor=actor, to=person.pk if person else None)
    touch([locked.pk])
    publish("initiative.owner_assigned", actor=actor, initiative=locked, kind=kind, person=person and person.pk)
    locked.refresh_from_db()
    return locked


@transaction.atomic
def assign_owners(initiative: Initiative, *, actor: User, owners: Mapping[str, Change], reason: str = "") -> Initiative:
    """Assign several owners from today on, by kind, all of them or none. Raises what `assign_owner` raises."""
    for kind, change in owners.items():
        initiative = assign_owner(initiative, actor=actor, kind=kind, person=change.to, was=change.was, reason=reason)
    return initiative


@transaction.atomic
def take_back_assignment(
    initiative: Initiative, *, actor: User, kind: str, began: int | None, ended: int | None
) -> Initiative:
    """Undo an assignment as if it had not been: the earlier owner's days go on unbroken.

    `began` and `ended` are the ids of the ownerships that the assignment began and ended. Raises
    DomainError when the owner changed again since.
    """
    locked = Initiative.objects.select_for_update().get(pk=initiative.pk)
    if not can_assign_owners(actor, locked):
        raise PermissionDenied("The office and the business owner assign owners.")
    present = _present(locked, kind).first()
    if (present.pk if present else None) != began:
        raise DomainError("This owner changed again meanwhile.")
    if present:
        present.delete()
    if ended:
        Ownership.objects.filter(pk=ended, initiative=locked, kind=kind).update(ended_on=None, end_recorded_at=None)
    _follow_present(locked, kind, actor)
    touch([locked.pk])
    publish("initiative.owner_assignment_undone", actor=actor, initiative=locked, kind=kind)
    locked.refresh_from_db()
    return locked


@transaction.atomic
def add_deputy(initiative: Initiative, *, actor: User, kind: str, person: User) -> Ownership:
    """Let `person` stand in for an owner from today. Raises DomainError when they already do."""
    locked = Initiative.objects.select_for_update().get(pk=initiative.pk)
    if not can_assign_owners(actor, locked):
        raise PermissionDenied("The office and the business owner name deputies.")
    if Ownership.objects.current().filter(initiative=locked, kind=kind, person=person).exists():
        raise DomainError(f"{person} is already owner or deputy there.", field="person")
    ownership = _begin(locked, kind, person, clock.today(), is_deputy=True)
    touch([locked.pk])
    publish("initiative.deputy_added", actor=actor, initiative=locked, kind=kind, person=person)
    return ownership


@transaction.atomic
def remove_deputy(ownership: Ownership, *, actor: User) -> None:
    """End a deputy's time today. Nothing happens when it has ended before."""
    initiative = Initiative.objects.select_for_update().get(pk=ownership.initiative_id)
    if not can_assign_owners(actor, initiative):
        raise PermissionDenied("The office and the business owner name deputies.")
    ownership = Ownership.objects.select_for_update().get(pk=ownership.pk)
    if ownership.ended_on is None and ownership.is_deputy:
        _end(ownership, clock.today())
        touch([initiative.pk])
        publish(
            "initiative.deputy_removed",
            actor=actor,
            initiative=initiative,
            kind=ownership.kind,
            person=ownership.person,
        )


@transaction.atomic
def end_ownerships_of(person: User) -> int:
    """End everything that somebody who left owned, as of the office's day on which they were deactivated. Returns how
    many.
    """
    left = person.deactivated_at
    day = clock.today() if left is None else timezone.localtime(left).date()
    held = Ownership.objects.current().filter(person=person).select_for_update(of=["self"])
    ownerships = [*held.select_related("initiative")]
    for ownership in ownerships:
        _end(ownership, max(day, ownership.started_on))
        if not ownership.is_deputy:
            follow_owner(ownership.initiative, ownership.kind, actor=None, to=None)
    touch([ownership.initiative_id for ownership in ownerships])
    return len(ownerships)


def _follow_present(initiative: Initiative, kind: str, actor: User) -> None:
    present = _present(initiative, kind).first()
    follow_owner(initiative, kind, actor=actor, to=present.person_id if present else None)


def _present(initiative: Initiative, kind: str) -> QuerySet[Ownership]:
    if kind not in OwnerKind.values:
        raise DomainError("There are business, technical and risk owners.", field="kind")
    current = Ownership.objects.current().principals()
    return current.filter(initiative=initiative, kind=kind).select_related("person").select_for_update(of=["self"])


def _begin(initiative: Initiative, kind: str, person: User, since: date, *, is_deputy: bool) -> Ownership:
    if not person.is_active or person.is_service_account:
        raise DomainError("Only people who are with the company can own an initiative.", field="person")
    if since > clock.today():
        raise DomainError("An owner begins today or earlier.", field="since")
    if not is_deputy:
        _check_free(initiative, kind, since)
    return Ownership.objects.create(
        initiative=initiative, kind=kind, person=person, started_on=since, is_deputy=is_deputy
    )


def _check_free(initiative: Initiative, kind: str, since: date) -> None:
    """Nobody may have owned it on or after the day; one day has one owner of a kind."""
    earlier = Ownership.objects.principals().filter(initiative=initiative, kind=kind, ended_on__gt=since)
    last = earlier.select_related("person").order_by("-ended_on").first()
    if last and last.ended_on:
        raise DomainError(
            f"{last.person} was owner until {last.ended_on:%-d %b %Y}; choose that day or later.", field="since"
        )


def _end(ownership: Ownership, day: date) -> None:
    if day < ownership.started_on:
        raise DomainError(
            f"{ownership.person} became owner on {ownership.started_on:%-d %b %Y}; choose that day or later.",
            field="since",
        )
    ownership.end_on(day)
    ownership.save(update_fields=Ownership.ENDING)
