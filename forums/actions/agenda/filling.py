"""Agendas that fill themselves from what the sources propose."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from aiso.accounts.models import User
from aiso.events.outbox import publish

from ...models import AgendaItem, Meeting
from ...sources import Proposed, proposals_for, source_named, sources_of
from .writing import SETTLED, State, bring_back, locked_ahead, may_run, place, settle

type Key = tuple[str, str]


@dataclass(frozen=True)
class Filled:
    """What refreshing an agenda changed."""

    put: int
    taken_off: int


def fill_agenda(meeting: Meeting, *, actor: User | None = None, only: str = "") -> Filled:
    """Put on what the sources propose, or one of them, each key once, and tell anew why what stands there does.

    What somebody took off, moved or edited is left as it is, and so is what stands on another agenda to come. While
    the meeting is a draft, what no source proposes any more is taken off. `actor` is None for tasks.
    """
    if actor is not None:
        may_run(actor, meeting.forum)
    proposed = proposals_for(meeting.forum, timezone.localdate(meeting.starts_at), only)
    with transaction.atomic():
        meeting = locked_ahead(meeting)
        there = {(item.source, item.key): item for item in meeting.items.exclude(key="")}
        put = _put_proposed(meeting, {key: each for key, each in proposed.items() if key not in there})
        put += _refresh(there, proposed)
        is_draft = meeting.state == Meeting.State.DRAFT
        taken_off = _take_off_past(meeting, there, proposed) if is_draft and not only else 0
        if put or taken_off:
            publish("agenda.filled", actor=actor, meeting=meeting, put=put, taken_off=taken_off)
    return Filled(put, taken_off)


def drop_past(meeting: Meeting) -> int:
    """Take off a locked draft what no source proposes any more, so that nobody is sent it. Returns how many went."""
    there = {(item.source, item.key): item for item in meeting.items.exclude(key="")}
    return _take_off_past(meeting, there, proposals_for(meeting.forum, timezone.localdate(meeting.starts_at)))


def _put_proposed(meeting: Meeting, fresh: Mapping[Key, Proposed]) -> int:
    """Put on what is not there yet: from the backlog what waits there since an earlier meeting, the rest anew."""
    others = meeting.forum.items.to_come().exclude(meeting=meeting).exclude(key="").select_related("forum")
    elsewhere = {(item.source, item.key): item for item in others}
    put = 0
    for (source, key), each in fresh.items():
        item = elsewhere.get((source, key))
        if item and (item.meeting_id is not None or item.is_kept):
            continue  # on another agenda, or somebody chose to let it wait
        is_new = item is None
        item = item or AgendaItem(forum=meeting.forum, source=source, key=key, initiative_id=each.initiative_id)
        item.title, item.why, item.minutes = each.title, each.why, each.minutes
        place(item, meeting)
        if is_new:
            each.attach(item)
        if meeting.state == Meeting.State.DRAFT:
            _move_up(meeting, item)
        put += 1
    return put


def _move_up(meeting: Meeting, item: AgendaItem) -> None:
    """Let a new item stand behind those of the sources that its own source names, else before what others propose.
    What somebody put or moved by hand stays where it is among the rest.
    """
    named = source_named(item.source)
    if named is None or not named.after:
        return
    order = [each for each in meeting.items.to_come() if each.pk != item.pk]
    proposed = [(place, each.source) for place, each in enumerate(order) if not each.is_kept]
    behind = [place + 1 for place, source in proposed if source in (*named.after, item.source)]
    order.insert(behind[-1] if behind else next((place for place, _ in proposed), len(order)), item)
    for position, each in enumerate(order, start=1):
        each.position = position
    AgendaItem.objects.bulk_update(order, ["position"])


def _refresh(there: Mapping[Key, AgendaItem], proposed: Mapping[Key, Proposed]) -> int:
    """Word anew what its source says differently now, and put back what refreshing took off. Returns how many came
    back.
    """
    came_back = 0
    for key, item in there.items():
        each = proposed.get(key)
        was_refreshed_away = item.state == State.REMOVED and item.settled_by_id is None
        if each is None or item.is_kept or not (item.is_waiting or was_refreshed_away):
            continue
        came_back += was_refreshed_away
        if was_refreshed_away or (item.title, item.why) != (each.title, each.why):
            item.title, item.why = each.title, each.why
            bring_back(item)
            item.save(update_fields=["title", "why", *SETTLED])
    return came_back


def _take_off_past(meeting: Meeting, there: Mapping[Key, AgendaItem], proposed: Mapping[Key, Proposed]) -> int:
    """Take off what its source no longer proposes, unless somebody moved or edited it."""
    asked = {source.name for source in sources_of(meeting.forum)}
    past = [
        item
        for key, item in there.items()
        if item.is_waiting and not item.is_kept and item.source in asked and key not in proposed
    ]
    for item in past:
        settle(item, State.REMOVED, None, "No longer holds")
    return len(past)
