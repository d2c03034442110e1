"""What every deed of a live meeting starts from: the right to run it, and its rows locked."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.web import figures

from ...models import AgendaItem, Meeting
from ...permissions import can_run_meetings

# Letters that a result has room for.
LONGEST = 200
# States of an item in which it stands on the agenda.
STANDING = (AgendaItem.State.WAITING, AgendaItem.State.DONE)


def may_run(actor: User, meeting: Meeting) -> None:
    if not can_run_meetings(actor, meeting.forum):
        raise PermissionDenied("The chair, the secretary and the office lead the meeting.")


def locked_live(meeting: Meeting) -> Meeting:
    """The meeting for writing, before its items. Raises DomainError unless it is in progress."""
    meeting = Meeting.objects.select_for_update(of=["self"]).select_related("forum", "current").get(pk=meeting.pk)
    if not meeting.is_live:
        raise DomainError(f"This meeting is not in progress: {meeting.get_state_display().lower()}.")
    return meeting


def locked_item(item: AgendaItem) -> tuple[Meeting, AgendaItem]:
    """An item of a meeting in progress for writing, its meeting before it."""
    if item.meeting is None:
        raise DomainError("This waits in the backlog. Put it on the agenda first.")
    meeting = locked_live(item.meeting)
    locked = AgendaItem.objects.select_for_update(of=["self"]).select_related("forum", "initiative", "settled_by")
    item = locked.get(pk=item.pk)
    if item.meeting_id != meeting.pk:
        raise DomainError("This is not on the agenda of this meeting any more.")
    item.meeting = meeting
    return meeting, item


def refuse_settled(item: AgendaItem) -> None:
    """Raise DomainError, with who did what, for an item of which something became already."""
    if item.is_waiting:
        return
    when = figures.moment(item.settled_at)[-5:]
    raise DomainError(
        f"{item.settled_by or 'Somebody'} was first, at {when}: {item.result or item.get_state_display()}."
    )


def words_of(data: Mapping[str, Any]) -> str:
    """The result that was typed, on one line."""
    return " ".join(str(data.get("result", "")).split())


def start_clock(item: AgendaItem | None) -> None:
    if item and item.began_at is None:
        item.began_at = clock.now()
        item.save(update_fields=["began_at"])


def stop_clock(meeting: Meeting) -> None:
    """Add the time that the item on screen took so far. Whoever calls holds the meeting's lock."""
    if meeting.current_id is None:
        return
    item = AgendaItem.objects.select_for_update(of=["self"]).get(pk=meeting.current_id)
    if item.began_at:
        item.seconds += int((clock.now() - item.began_at).total_seconds())
        item.began_at = None
        item.save(update_fields=["seconds", "began_at"])
