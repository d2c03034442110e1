"""How a meeting goes: begun, from item to item, with breaks."""

from django.db import transaction
from django.db.models import Q

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from aiso.web import figures

from ...beats import beat
from ...models import AgendaItem, Forum, Meeting
from .presence import seat_down
from .writing import STANDING, locked_item, locked_live, may_run, start_clock, stop_clock

State = Meeting.State


@transaction.atomic
def start_meeting(meeting: Meeting, *, actor: User) -> Meeting:
    """Begin a meeting with the first item to come on screen; who begins it is there.

    Raises DomainError when it began before or is over, when its forum sits in another one, and without any item.
    """
    may_run(actor, meeting)
    # Two meetings of one forum begun at once: the second waits, then finds the first.
    Forum.objects.select_for_update(of=["self"]).get(pk=meeting.forum_id)
    meeting = Meeting.objects.select_for_update(of=["self"]).select_related("forum").get(pk=meeting.pk)
    _check_start(meeting)
    first = meeting.items.to_come().select_for_update(of=["self"]).first()
    if first is None:
        raise DomainError("Nothing stands on the agenda yet. Put something on it first.")
    meeting.state, meeting.started_at, meeting.current = State.LIVE, clock.now(), first
    meeting.save(update_fields=["state", "started_at", "current"])
    start_clock(first)
    seat_down(meeting, actor, noted_by=actor)
    publish("meeting.started", actor=actor, forum=meeting.forum, meeting=meeting)
    beat(meeting)
    return meeting


@transaction.atomic
def show_item(item: AgendaItem, *, actor: User) -> Meeting:
    """Put an item on everybody's screen; the clock of the one before stops. Ends a break."""
    if item.meeting:
        may_run(actor, item.meeting)
    meeting, item = locked_item(item)
    if item.state not in STANDING:
        raise DomainError(f"This does not stand on the agenda any more: {item.get_state_display().lower()}.")
    return _show(meeting, item, actor)


@transaction.atomic
def go_on(meeting: Meeting, *, actor: User, back: bool = False, seen: int | None = None) -> Meeting:
    """Show the next item of the agenda, or the one before; at its end it stays where it is.

    `seen` is the id of the item that the person went on from: when somebody else went on meanwhile, it stays too.
    """
    may_run(actor, meeting)
    meeting = locked_live(meeting)
    if seen is not None and seen != meeting.current_id:
        return meeting
    item = _neighbour(meeting, back=back)
    return _show(meeting, item, actor) if item else meeting


@transaction.atomic
def take_break(meeting: Meeting, *, actor: User) -> Meeting:
    """Stop the clock until the meeting is resumed. Raises DomainError during a break."""
    may_run(actor, meeting)
    meeting = locked_live(meeting)
    if meeting.paused_at:
        raise DomainError(f"There is a break since {figures.moment(meeting.paused_at)[-5:]}.")
    stop_clock(meeting)
    meeting.paused_at = clock.now()
    meeting.save(update_fields=["paused_at"])
    publish("meeting.paused", actor=actor, meeting=meeting)
    beat(meeting)
    return meeting


@transaction.atomic
def resume_meeting(meeting: Meeting, *, actor: User) -> Meeting:
    """Go on after a break. Raises DomainError when there is none."""
    may_run(actor, meeting)
    meeting = locked_live(meeting)
    if not meeting.paused_at:
        raise DomainError("There is no break.")
    _end_break(meeting, actor)
    start_clock(meeting.current)
    beat(meeting)
    return meeting


def _check_start(meeting: Meeting) -> None:
    if meeting.state not in (State.DRAFT, State.OPEN):
        raise DomainError(f"This meeting is {meeting.get_state_display().lower()}.")
    if other := meeting.forum.meetings.live().exclude(pk=meeting.pk).first():
        raise DomainError(f"{meeting.forum} sits in its meeting of {figures.day(other.starts_at)}. Close that first.")


def _show(meeting: Meeting, item: AgendaItem, actor: User) -> Meeting:
    stop_clock(meeting)
    if meeting.paused_at:
        _end_break(meeting, actor)
    meeting.current = item
    meeting.save(update_fields=["current"])
    item.refresh_from_db(fields=["began_at", "seconds"])
    start_clock(item)
    publish("meeting.item_shown", actor=actor, meeting=meeting, item=item, initiative=item.initiative_id)
    beat(meeting)
    return meeting


def _end_break(meeting: Meeting, actor: User) -> None:
    meeting.paused_at = None
    meeting.save(update_fields=["paused_at"])
    publish("meeting.resumed", actor=actor, meeting=meeting)


def _neighbour(meeting: Meeting, *, back: bool) -> AgendaItem | None:
    """By place, so that it goes on too from an item that was put off."""
    items = meeting.items.filter(state__in=STANDING).order_by("position", "pk")
    here = meeting.current
    if here is None:
        return items.first()
    beyond = Q(position__gt=here.position) | Q(position=here.position, pk__gt=here.pk)
    if back:
        return items.exclude(beyond).exclude(pk=here.pk).last()
    return items.filter(beyond).first()
