"""The lane follows its facts: whoever changes one of them has it concluded anew. Raising a case is free."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import batched

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..lane import lane_of
from ..lane_facts import facts_of, lanes_of
from ..lane_threshold import lane_threshold
from ..models import Initiative, Lane, Tool
from ..permissions import can_edit, can_lower_lane
from .whole_register import for_all

# Initiatives read and written together.
BATCH = 2000
WRITE = """
    UPDATE portfolio_initiative AS i
    SET lane = u.lane, lane_decided_by = u.decided_by
    FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS u(id, lane, decided_by)
    WHERE i.id = u.id
"""


def conclude_lane(initiative: Initiative) -> None:
    """Write the lane that follows now onto a locked initiative, and the condition that decided it."""
    conclude_lanes([initiative.pk])
    initiative.refresh_from_db(fields=["lane", "lane_decided_by"])


def begin_lane(initiative: Initiative, tools: Iterable[Tool]) -> None:
    """Set the lane of an initiative that is not stored yet and makes no decisions; it needs few facts, or none."""
    unapproved = Tool.objects.unapproved().filter(pk__in=[tool.pk for tool in tools]) if tools else ()
    threshold = Decimal(0) if initiative.requested_amount is None else lane_threshold()
    result = lane_of(facts_of(initiative, threshold, decisions=(), unapproved=[tool.name for tool in unapproved]))
    initiative.lane, initiative.lane_decided_by = result.lane, result.deciding.code if result.deciding else ""


def conclude_lanes(initiatives: Iterable[int]) -> int:
    """Conclude the lanes of many, by id, each against the facts that stand now. Returns how many changed."""
    return sum(_conclude(pks) for pks in batched(initiatives, BATCH, strict=False))


def conclude_all_lanes() -> None:
    """Conclude every initiative's lane. Repeating it changes nothing."""
    for_all(_conclude_between)


@transaction.atomic
def raise_lane(initiative: Initiative, *, actor: User, reason: str) -> Initiative:
    """Take the full lane although the fast one is open. Raises DomainError without a reason, or when it is full."""
    locked = Initiative.objects.select_for_update().get(pk=initiative.pk)
    if not can_edit(actor, locked):
        raise PermissionDenied("Its owners and the office raise an initiative to the full lane.")
    if not reason.strip():
        raise DomainError("Say why it should take the full lane.", field="reason")
    if locked.lane_raised_because:
        raise DomainError("It was raised to the full lane before.")
    _write_raise(locked, reason.strip(), reason)
    publish("initiative.lane_raised", actor=actor, initiative=locked)
    return locked


@transaction.atomic
def lower_lane(initiative: Initiative, *, actor: User, reason: str) -> Initiative:
    """Let a raised case take the lane that its facts give again. It takes a rationale and the risk function.

    Raises PermissionDenied for anybody but a risk reviewer who reaches its unit, DomainError without a reason.
    """
    locked = Initiative.objects.select_for_update().get(pk=initiative.pk)
    if not can_lower_lane(actor, locked):
        raise PermissionDenied("Only the risk function lowers a case that was raised.")
    if not reason.strip():
        raise DomainError("Say why the full lane is not needed any more.", field="reason")
    if not locked.lane_raised_because:
        raise DomainError("It was not raised to the full lane.")
    _write_raise(locked, "", reason)
    publish("initiative.lane_lowered", actor=actor, initiative=locked)
    return locked


def _write_raise(initiative: Initiative, because: str, reason: str) -> None:
    initiative.lane_raised_because, initiative.changed_at = because, clock.now()
    with pghistory.context(reason=reason.strip()):
        initiative.save(update_fields=["lane_raised_because", "changed_at"])
        conclude_lane(initiative)


def _conclude_between(after: int, to: int) -> None:
    conclude_lanes(Initiative.objects.filter(pk__gt=after, pk__lte=to).values_list("pk", flat=True))


@transaction.atomic
def _conclude(pks: tuple[int, ...]) -> int:
    # Who changes a fact holds the row until the lane is concluded, so that no older facts overtake newer ones.
    locked = Initiative.objects.select_for_update(of=["self"], no_key=True).filter(pk__in=pks)
    rows = [*locked.defer("search", "notes", "summary", "outcome").order_by("pk")]
    changed = []
    for row, result in zip(rows, lanes_of(rows, lane_threshold()), strict=True):
        decided_by = result.deciding.code if result.deciding else ""
        if (row.lane, row.lane_decided_by) != (result.lane, decided_by):
            changed.append((row.pk, str(result.lane), decided_by))
    if changed:
        with connection.cursor() as cursor:
            cursor.execute(WRITE, [*map(list, zip(*changed, strict=True))])
        _tell_left(rows, changed)
    return len(changed)


def _tell_left(rows: list[Initiative], changed: list[tuple[int, str, str]]) -> None:
    """One event for all that left the fast lane: what they had under way there stops (DESIGN §4)."""
    were_fast = {row.pk for row in rows if row.lane == Lane.FAST}
    left = [pk for pk, lane, _ in changed if lane != Lane.FAST and pk in were_fast]
    if left:
        publish("initiatives.left_fast_lane", actor=None, initiatives=left)
