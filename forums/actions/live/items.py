"""What becomes of an item while it is spoken of: its note, and its result."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.conflicts import changes_to_make
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ...beats import beat
from ...deciding import decider_of
from ...models import AgendaItem, Meeting
from ..agenda import put_off
from .writing import LONGEST, locked_item, may_run, refuse_settled, words_of


@transaction.atomic
def write_note(item: AgendaItem, *, actor: User, note: str, seen: Mapping[str, Any] | None = None) -> AgendaItem:
    """Write what the minutes say of an item. ConflictError tells what somebody else wrote since it was `seen`."""
    _may_lead(actor, item)
    meeting, item = locked_item(item)
    if changed := changes_to_make(item, seen=seen or {}, wanted={"note": note.strip()}):
        item.note = changed["note"]
        item.save(update_fields=["note"])
        publish("meeting.noted", actor=actor, meeting=meeting, item=item, initiative=item.initiative_id)
        beat(meeting)
    return item


@transaction.atomic
def record_item(item: AgendaItem, *, actor: User, data: Mapping[str, Any]) -> AgendaItem:
    """Decide an item by the decider of its source, or by the `result` in words where it has none, and settle it.

    Two people who record at once: the second waits, and DomainError tells who was first, and what came of it.
    """
    _may_lead(actor, item)
    _, item = locked_item(item)
    refuse_settled(item)
    decider = decider_of(item)
    result = decider.record(item, actor=actor, data=data) if decider else words_of(data)
    return settle_item(item, actor=actor, result=result)


@transaction.atomic
def settle_item(item: AgendaItem, *, actor: User, result: str) -> AgendaItem:
    """Write what came of an item, once. DomainError tells who was first, and what they wrote."""
    _may_lead(actor, item)
    meeting, item = locked_item(item)
    refuse_settled(item)
    if not result:
        raise DomainError("Say in a few words what came of it.", field="result")
    if len(result) > LONGEST:
        raise DomainError(f"Say it in at most {LONGEST} letters; the note has room for more.", field="result")
    item.state, item.result, item.settled_by, item.settled_at = AgendaItem.State.DONE, result, actor, clock.now()
    item.save(update_fields=["state", "result", "settled_by", "settled_at"])
    publish("meeting.item_settled", actor=actor, meeting=meeting, item=item, initiative=item.initiative_id)
    beat(meeting)
    return item


@transaction.atomic
def put_off_live(item: AgendaItem, *, actor: User, to: Meeting | None = None) -> AgendaItem:
    """Put an item of a meeting in progress off to the backlog or a later meeting. Returns the one that follows it."""
    _may_lead(actor, item)
    _, item = locked_item(item)
    refuse_settled(item)
    return put_off(item, actor=actor, to=to)


def _may_lead(actor: User, item: AgendaItem) -> None:
    if item.meeting:
        may_run(actor, item.meeting)
