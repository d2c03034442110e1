"""One forum as one person sees it: its meetings, its backlog, its members."""

from collections.abc import Mapping
from functools import cached_property

from django.db.models import Count, DateTimeField, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.html import format_html
from django.utils.safestring import SafeString

from aiso import clock
from aiso.accounts.models import User
from aiso.web import figures
from aiso.web.keyset import Order, Page, page_of

from .models import AgendaItem, Cadence, Forum, Meeting, MeetingQuerySet, Membership
from .permissions import can_manage_forums, can_put_on_agenda, can_run_meetings

# Past meetings on one page.
PAGE = 20
LATEST_FIRST = Order(F("starts_at"), DateTimeField(), descending=True)
ON_THE_AGENDA = Q(items__state__in=[AgendaItem.State.WAITING, AgendaItem.State.DONE])


class ForumPage:
    """The page of a forum. Seven queries, however many meetings and items there are."""

    def __init__(self, forum: Forum, person: User, query: Mapping[str, str]) -> None:
        self.forum, self.person, self.query = forum, person, query

    @cached_property
    def may_run(self) -> bool:
        return not self.forum.is_delegate and can_run_meetings(self.person, self.forum)

    @cached_property
    def may_put(self) -> bool:
        return not self.forum.is_delegate and (self.may_run or can_put_on_agenda(self.person, self.forum))

    @property
    def may_manage(self) -> bool:
        return can_manage_forums(self.person)

    @property
    def cadence(self) -> Cadence | None:
        return getattr(self.forum, "cadence", None)

    @cached_property
    def coming(self) -> list[Meeting]:
        """Meetings to come, the next one first."""
        return [*with_counts(self._meetings.coming())]

    @property
    def next(self) -> Meeting | None:
        return self.coming[0] if self.coming else None

    @cached_property
    def past(self) -> Page[Meeting]:
        """Those closed and cancelled, the latest first."""
        place = {name: str(self.query.get(name, "")) for name in ("after", "before")}
        over = self._meetings.filter(state__in=[Meeting.State.CLOSED, Meeting.State.CANCELLED])
        return page_of(with_counts(over), LATEST_FIRST, size=PAGE, **place)

    @cached_property
    def backlog(self) -> list[AgendaItem]:
        """What waits for a meeting, of what the person sees."""
        visible = self.forum.items.backlog().visible_to(self.person)
        return [*visible.select_related("initiative", "put_by")]

    @cached_property
    def seats(self) -> list[Membership]:
        return [*self.forum.members_on(clock.today())]

    @property
    def voting(self) -> int:
        return sum(seat.has_vote for seat in self.seats)

    @property
    def needed(self) -> int:
        return self.forum.quorum(self.voting)

    @property
    def answer(self) -> SafeString:
        """When it meets next, and what stands on that agenda."""
        if self.forum.is_delegate:
            return format_html("{} Decides alone, without meetings.", self.forum.about)
        if not self.next:
            return format_html("No meeting is planned{}.", "" if self.cadence else ": it has no day of the month yet")
        meeting, told = self.next, format_html('<a class="fig" href="{}">', self.next.get_absolute_url())
        when = format_html("{}{}</a>", told, figures.moment(meeting.starts_at))
        if meeting.is_live:
            return format_html("Meets now, since {}.", when)
        items = figures.plural(meeting.item_count, "item")  # type: ignore[attr-defined]
        return format_html("Meets next on {}, {}, with <b>{}</b>.", when, figures.relative(meeting.starts_at), items)

    @property
    def _meetings(self) -> MeetingQuerySet:
        found: MeetingQuerySet = self.forum.meetings.visible_to(self.person)
        return found


def with_counts(meetings: MeetingQuerySet) -> "QuerySet[Meeting]":
    """With `item_count` and `item_minutes` of what stands on each agenda."""
    counted: QuerySet[Meeting] = meetings.annotate(
        item_count=Count("items", filter=ON_THE_AGENDA),
        item_minutes=Coalesce(Sum("items__minutes", filter=ON_THE_AGENDA), 0),
    )
    return counted
