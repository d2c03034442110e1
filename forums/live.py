"""A meeting while it runs, as one person sees it. However long its agenda is, it costs the same queries."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.http import QueryDict
from django.utils.safestring import SafeString, mark_safe

from aiso import clock
from aiso.accounts.models import User

from . import following
from .deciding import decider_of, needs_motion
from .item_page import Drawn, sections_of
from .meeting_page import stands
from .models import ActionItem, AgendaItem, Attendance, Meeting, Membership, VoteChoice
from .permissions import can_give_action, can_run_meetings
from .votes import Chamber, Count, Voter

State = AgendaItem.State


@dataclass(frozen=True)
class Turn:
    """One item as it stands on the agenda; what may not be seen has neither title nor result."""

    item: AgendaItem
    number: int
    is_seen: bool
    is_now: bool

    @property
    def title(self) -> str:
        return self.item.title if self.is_seen else "Confidential item"

    @property
    def is_done(self) -> bool:
        return self.item.state == State.DONE

    @property
    def seconds(self) -> int:
        """Spent on it up to now."""
        running = (clock.now() - self.item.began_at).total_seconds() if self.item.began_at else 0
        return self.item.seconds + int(running)

    @property
    def spent(self) -> int:
        """The same in whole minutes."""
        return self.seconds // 60

    @property
    def left(self) -> int:
        """Minutes that are planned for it and not spent."""
        return max(0, self.item.minutes - self.spent)


class LivePage:
    """Agenda, the item on screen, its votes, and what the person may do. `leads` asks for the form of who leads, `beat`
    for sections that may have been drawn for others who see the same.
    """

    def __init__(
        self, meeting: Meeting, person: User, *, leads: bool, data: QueryDict | None = None, beat: int | None = None
    ) -> None:
        self.meeting, self.person, self.asks_to_lead, self.data, self.beat = meeting, person, leads, data, beat
        self.chamber = Chamber(meeting)

    @cached_property
    def may_run(self) -> bool:
        return can_run_meetings(self.person, self.meeting.forum)

    @property
    def leads(self) -> bool:
        return self.asks_to_lead and self.may_run

    # the agenda

    @cached_property
    def turns(self) -> list[Turn]:
        """What stands on the agenda, and what is on screen though it was put off."""
        seen = {*self.meeting.items.visible_to(self.person).values_list("pk", flat=True)}
        items = self.meeting.items.select_related("initiative", "settled_by")
        here = self.meeting.current_id
        standing = [item for item in items if stands(item, self.meeting) or item.pk == here]
        return [
            Turn(item, number, item.pk in seen, item.pk == here and self.meeting.is_live)
            for number, item in enumerate(standing, start=1)
        ]

    @cached_property
    def now(self) -> Turn | None:
        return next((turn for turn in self.turns if turn.is_now), None)

    @property
    def done(self) -> list[Turn]:
        return [turn for turn in self.turns if turn.is_done and not turn.is_now]

    @property
    def next(self) -> list[Turn]:
        """What is to come, besides what is on screen."""
        return [turn for turn in self.turns if turn.item.is_waiting and not turn.is_now]

    @property
    def put_off(self) -> int:
        """Of a closed meeting: how many it did not settle."""
        return len(self.turns) - len(self.done)

    @property
    def minutes_done(self) -> int:
        return sum(turn.seconds for turn in self.done) // 60

    @property
    def minutes_next(self) -> int:
        return sum(turn.item.minutes for turn in self.next)

    @property
    def minutes_planned(self) -> int:
        """Still to be spent, as planned."""
        here = self.now.left if self.now and not self.now.is_done else 0
        return here + self.minutes_next

    @property
    def is_too_long(self) -> bool:
        return self.meeting.is_too_long_with(self.minutes_planned)

    @property
    def ends_at(self) -> datetime | None:
        """When the time that was planned is over."""
        started = self.meeting.started_at
        return started + timedelta(minutes=self.meeting.minutes_planned) if started else None

    @property
    def minutes_left(self) -> int:
        """Until then; negative once it is over."""
        return int((self.ends_at - clock.now()).total_seconds() // 60) if self.ends_at else 0

    # the item on screen

    @property
    def item(self) -> AgendaItem | None:
        """The one on screen, if the person may see it."""
        return self.now.item if self.now and self.now.is_seen else None

    @cached_property
    def sections(self) -> list[Drawn]:
        item = self.item
        if item is None:
            return []
        if self.beat is None:
            return sections_of([item], self.person)[item.pk]
        return following.sections(self.meeting, self.person, self.beat, item)

    @cached_property
    def count(self) -> Count | None:
        return self.chamber.counts([self.item])[self.item.pk] if self.item else None

    @cached_property
    def decision(self) -> SafeString:
        """The fields of the decision; empty where a result in words is asked."""
        decider = decider_of(self.item) if self.item else None
        if decider is None or self.item is None:
            return mark_safe("")
        return mark_safe(decider.draw(self.item, self.person, self.data))  # noqa: S308 (safe by its contract)

    @cached_property
    def actions(self) -> list[ActionItem]:
        """What was given about the item so far."""
        given = self.meeting.actions.filter(item=self.item) if self.item else ActionItem.objects.none()
        return [*given.select_related("owner").order_by("given_at", "pk")]

    @cached_property
    def may_give(self) -> bool:
        """Those who sit there, and the office."""
        return (self.may_run or self.seat is not None) and can_give_action(self.person, self.meeting.forum)

    @property
    def asks_decision(self) -> bool:
        return self.leads and self.item is not None and self.item.is_waiting

    # the people

    @cached_property
    def own(self) -> Voter | None:
        return self.count.voter(self.person) if self.count else None

    @cached_property
    def given(self) -> Voter | None:
        """For whom the person may vote besides."""
        return self.count.given_to(self.person) if self.count else None

    @property
    def ballots(self) -> list[Voter]:
        """Whose votes the person may cast now: their own, and the one they hold a proxy of."""
        if self.item is None or not self.item.is_waiting or self.own is None:
            return []
        if not self.own.is_there or self.own.recused:
            return []
        return [self.own, *([self.given] if self.given else [])]

    @property
    def waits_for_motion(self) -> bool:
        """Whether the members cannot vote on it before an outcome is put to the vote."""
        return self.item is not None and self.item.is_waiting and needs_motion(self.item) and not self.item.motion

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What a member may say now: to be recused from it, at any time."""
        return [each for each in VoteChoice.choices if not self.waits_for_motion or each[0] == VoteChoice.RECUSED]

    @cached_property
    def seat(self) -> Membership | None:
        return next((seat for seat in self.chamber.seats if seat.person_id == self.person.pk), None)

    @property
    def may_arrive(self) -> bool:
        """A member who has not said yet that they are there."""
        return self.meeting.is_live and self.seat is not None and self.person.pk not in self.chamber.there

    @property
    def guests(self) -> list[Attendance]:
        """Who is there without a seat."""
        seated = {seat.person_id for seat in self.chamber.seats}
        return [row for row in self.chamber.attendance if row.left_at is None and row.person_id not in seated]

    @property
    def seats(self) -> list[tuple[Membership, bool]]:
        """Each seat, and whether its holder is there."""
        return [(seat, seat.person_id in self.chamber.there) for seat in self.chamber.seats]
