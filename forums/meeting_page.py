"""A meeting as one person sees it. However long its agenda is, it costs the same queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.utils.html import format_html
from django.utils.safestring import SafeString

from aiso.accounts.models import User
from aiso.web import figures

from .models import AgendaItem, AgendaItemQuerySet, Forum, Meeting, Membership
from .permissions import can_put_on_agenda, can_run_meetings
from .sources import label_of

State = Meeting.State
# What the page reads of each item.
RELATED = ("initiative", "put_by", "settled_by")
# What stands in place of an item that one may not see (DESIGN §8): neither title nor number nor source.
HIDDEN = "Confidential item"


@dataclass(frozen=True)
class Line:
    """One item as it stands on the agenda: `number` is its place, 0 for one that was taken off or put off; `at` is
    when it is its turn if every item takes its minutes.
    """

    item: AgendaItem
    is_seen: bool
    number: int = 0
    at: datetime | None = None

    @property
    def title(self) -> str:
        return self.item.title if self.is_seen else HIDDEN

    @property
    def label(self) -> str:
        """Where it comes from."""
        return label_of(self.item.source) if self.is_seen else ""


class MeetingPage:
    """Agenda, who is invited, and what the person may do."""

    def __init__(self, meeting: Meeting, person: User) -> None:
        self.meeting, self.person = meeting, person

    @cached_property
    def may_run(self) -> bool:
        return self.meeting.state != State.CANCELLED and can_run_meetings(self.person, self.meeting.forum)

    @cached_property
    def may_put(self) -> bool:
        return self.is_open_for_items and (self.may_run or can_put_on_agenda(self.person, self.meeting.forum))

    @property
    def is_open_for_items(self) -> bool:
        return not self.meeting.is_locked

    @property
    def may_prepare(self) -> bool:
        """Whether the person may change items now."""
        return self.is_open_for_items and self.may_run

    @property
    def may_reorder(self) -> bool:
        return self.may_run and self.meeting.state == State.DRAFT

    @cached_property
    def _items(self) -> list[AgendaItem]:
        return [*self.meeting.items.select_related(*RELATED)]

    @cached_property
    def _seen(self) -> frozenset[int]:
        return seen_among(self.meeting.items.all(), self.person)

    @cached_property
    def lines(self) -> list[Line]:
        """What was and is to be spoken of, in its order."""
        lines, at = [], self.meeting.starts_at
        for number, item in enumerate((item for item in self._items if stands(item, self.meeting)), start=1):
            lines.append(Line(item, item.pk in self._seen, number, at))
            at += timedelta(minutes=item.minutes)
        return lines

    @cached_property
    def off(self) -> list[Line]:
        """What was taken off or put off, of what the person sees. What refreshing took off is told to nobody."""
        gone = (AgendaItem.State.REMOVED, AgendaItem.State.DEFERRED)
        off = [item for item in self._items if item.state in gone and not stands(item, self.meeting)]
        return [Line(item, True) for item in off if self._is_told(item)]

    def _is_told(self, item: AgendaItem) -> bool:
        return item.pk in self._seen and item.settled_by_id is not None

    @cached_property
    def members(self) -> list[Membership]:
        """Who is invited: those with a seat on its day."""
        day = figures.local_date(self.meeting.starts_at)
        return [*self.meeting.forum.members_on(day)]

    @cached_property
    def backlog(self) -> list[AgendaItem]:
        """What waits for a meeting, of what the person sees."""
        return [*self.meeting.forum.items.backlog().visible_to(self.person).select_related(*RELATED)]

    @cached_property
    def later(self) -> list[Meeting]:
        """Other meetings to come, to which an item may be put off."""
        return [*self.meeting.forum.meetings.coming().exclude(pk=self.meeting.pk)]

    @property
    def minutes(self) -> int:
        """Planned for all that stands on the agenda."""
        return sum(line.item.minutes for line in self.lines)

    @property
    def over(self) -> int:
        """Minutes planned beyond the meeting's length; 0 when it fits."""
        return max(0, self.minutes - self.meeting.minutes_planned)

    @property
    def is_too_long(self) -> bool:
        return self.meeting.is_too_long_with(self.minutes)

    @property
    def done(self) -> int:
        return sum(line.item.state == AgendaItem.State.DONE for line in self.lines)

    @property
    def answer(self) -> SafeString:
        """One sentence: what stands on it, whether it fits, and what comes next."""
        match self.meeting.state:
            case State.CANCELLED:
                return format_html("Cancelled: {}", self.meeting.cancelled_because)
            case State.LIVE:
                since = clock_of(self.meeting.started_at)
                return format_html("In progress since <b>{}</b>: {} of {} settled.", since, self.done, self._count)
            case State.CLOSED:
                told = (self._closed_on, self.done, self._count, self._put_off)
                return format_html("Closed on {}: {} of {} settled{}.", *told)
        return format_html("{}; {}.", self._fit, self._sent)

    @property
    def _count(self) -> SafeString:
        return format_html("<b>{}</b>", figures.plural(len(self.lines), "item"))

    @property
    def _put_off(self) -> str:
        """What the meeting put off, once it is over."""
        off = len(self.lines) - self.done
        return f", {figures.number(off)} put off" if off else ""

    @property
    def _closed_on(self) -> str:
        return figures.day(self.meeting.closed_at)

    @property
    def _fit(self) -> SafeString:
        if not self.lines:
            return format_html("Nothing stands on the agenda yet, {} minutes are free", self.meeting.minutes_planned)
        told = f", {self.over} too many" if self.over else ""
        fits = (self._count, figures.number(self.minutes), self.meeting.minutes_planned, told)
        return format_html("{} take <b>{}</b> of {} minutes{}", *fits)

    @property
    def _sent(self) -> str:
        if self.meeting.opened_at:
            return f"the agenda was sent on {figures.day(self.meeting.opened_at)}"
        return "the agenda is not sent yet"


def stands(item: AgendaItem, meeting: Meeting) -> bool:
    """Whether an item stands on the agenda; of a closed meeting that is too what it put off."""
    if item.state == AgendaItem.State.DEFERRED:
        return meeting.state == State.CLOSED
    return item.state in (AgendaItem.State.WAITING, AgendaItem.State.DONE)


def seen_among(items: AgendaItemQuerySet, person: User) -> frozenset[int]:
    """The ids of those of some items that a person may see."""
    return frozenset(items.visible_to(person).values_list("pk", flat=True))


def clock_of(moment: datetime | None) -> str:
    """`14:02`, in the office's time zone."""
    return figures.moment(moment)[-5:]


def next_meetings(forums: Iterable[Forum]) -> dict[int, Meeting]:
    """The next meeting of each forum that has not begun, by the forum's id. One query."""
    coming = Meeting.objects.coming().exclude(state=State.LIVE).filter(forum__in=forums)
    first = coming.order_by("forum_id", "starts_at", "pk").distinct("forum_id")
    return {meeting.forum_id: meeting for meeting in first}
