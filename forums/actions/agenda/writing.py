"""What every deed on an agenda starts from: its rows locked, and an item settled, brought back or placed."""

from django.core.exceptions import PermissionDenied
from django.db.models import Max

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.web import figures

from ...beats import beat
from ...models import AgendaItem, Forum, Meeting
from ...models.meeting import AHEAD
from ...permissions import can_run_meetings

State = AgendaItem.State
# The fields that say what became of an item.
SETTLED = ["state", "result", "settled_by", "settled_at"]


def may_run(actor: User, forum: Forum) -> None:
    if not can_run_meetings(actor, forum):
        raise PermissionDenied("The chair, the secretary and the office prepare the agenda.")


def locked_ahead(meeting: Meeting) -> Meeting:
    """The meeting for writing, before its items. Raises DomainError when it is over."""
    meeting = Meeting.objects.select_for_update(of=["self"]).select_related("forum").get(pk=meeting.pk)
    if meeting.state not in AHEAD:
        raise DomainError(f"This meeting is {meeting.get_state_display().lower()}: its agenda stands.")
    return meeting


def locked_item(item: AgendaItem) -> AgendaItem:
    """The item for writing, its meeting before it. Raises DomainError when that is over."""
    if item.meeting:
        locked_ahead(item.meeting)
    locked = AgendaItem.objects.select_for_update(of=["self"]).select_related("meeting", "forum", "initiative")
    return locked.get(pk=item.pk)


def locked_to_come(item: AgendaItem) -> AgendaItem:
    """The same, for one that nothing became of yet; DomainError otherwise."""
    item = locked_item(item)
    if not item.is_waiting:
        raise DomainError(f"This is not to come any more: {item.get_state_display().lower()}.")
    return item


def settle(item: AgendaItem, state: str, actor: User | None, result: str = "") -> None:
    item.state, item.result, item.settled_by, item.settled_at = state, result, actor, clock.now()
    item.save(update_fields=SETTLED)
    _let_followers_see(item.meeting)


def bring_back(item: AgendaItem) -> None:
    """Let an item be to come again; whoever calls saves it."""
    item.state, item.result, item.settled_by, item.settled_at = State.WAITING, "", None, None


def place(item: AgendaItem, meeting: Meeting | None) -> None:
    """Let an item stand at the end of a meeting's agenda, or of the backlog."""
    if meeting and item.key:
        _free_key(meeting, item)
    beside = meeting.items.all() if meeting else item.forum.items.backlog()
    item.meeting = meeting
    item.position = (beside.aggregate(last=Max("position"))["last"] or 0) + 1
    item.save()
    _let_followers_see(meeting)


def refuse_twice(item: AgendaItem) -> None:
    """Raise DomainError when the same is to come already, on an agenda or in the backlog."""
    if not item.key:
        return
    same = AgendaItem.objects.to_come().filter(forum=item.forum, source=item.source, key=item.key)
    other = same.exclude(pk=item.pk).select_related("meeting").first()
    if other and other.meeting:
        raise DomainError(f"It stands on the agenda of {figures.day(other.meeting.starts_at)} already.")
    if other:
        raise DomainError("It waits in the backlog already.")


def _let_followers_see(meeting: Meeting | None) -> None:
    if meeting and meeting.is_live:
        beat(meeting)


def _free_key(meeting: Meeting, item: AgendaItem) -> None:
    """Let the item stand there in place of the same one that was taken off or put off before."""
    for earlier in meeting.items.filter(source=item.source, key=item.key).exclude(pk=item.pk):
        if earlier.state in (State.WAITING, State.DONE):
            raise DomainError("It stands on that agenda already.")
        earlier.key = ""
        earlier.save(update_fields=["key"])
