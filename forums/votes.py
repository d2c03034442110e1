"""How the members of a meeting vote on its items, against quorum and majority."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from aiso.accounts.models import User
from aiso.web import figures

from .models import AgendaItem, Attendance, ItemVote, Meeting, Membership, Proxy, VoteChoice
from .recusals import recused_from
from .tally import Tally, counted


def day_of(meeting: Meeting) -> date:
    """The day whose seats count: on which it began, else on which it is planned."""
    return figures.local_date(meeting.started_at or meeting.starts_at)


@dataclass(frozen=True)
class Voter:
    """One member with a vote as they stand to one item: `vote` once cast, `recused` says why they may not vote,
    `proxy` who may vote for them while they are away.
    """

    seat: Membership
    is_there: bool
    vote: ItemVote | None
    recused: str
    proxy: Proxy | None

    @property
    def person(self) -> User:
        return self.seat.person

    @property
    def is_recused(self) -> bool:
        return bool(self.recused) or (self.vote is not None and self.vote.choice == VoteChoice.RECUSED)

    @property
    def may_take_part(self) -> bool:
        """There, or with a proxy; not recused."""
        return not self.is_recused and (self.is_there or self.proxy is not None)

    @property
    def counts(self) -> bool:
        """Whether they have voted, or still may."""
        return self.may_take_part or (self.vote is not None and not self.is_recused)

    @property
    def standing(self) -> tuple[str, str, str]:
        """Kind, word and icon of where they stand."""
        if self.is_recused:
            return "idle", "Recused", "hand-stop"
        if self.vote:
            icons = {VoteChoice.FOR: "check", VoteChoice.AGAINST: "x", VoteChoice.ABSTAIN: "circle-minus"}
            return "idle", self.vote.get_choice_display(), icons[VoteChoice(self.vote.choice)]
        return ("info", "Waiting", "clock") if self.may_take_part else ("idle", "Away", "circle-dashed")


@dataclass(frozen=True)
class Count:
    """The votes on one item."""

    voters: Sequence[Voter]
    tally: Tally

    def voter(self, person: User) -> Voter | None:
        return next((voter for voter in self.voters if voter.seat.person_id == person.pk), None)

    def given_to(self, person: User) -> Voter | None:
        """For whom a person may vote by proxy: not on what either of them is recused from."""
        own = self.voter(person)
        if own is None or not own.is_there or own.is_recused:
            return None
        held = (voter for voter in self.voters if voter.proxy and voter.proxy.holder_id == person.pk)
        return next((voter for voter in held if not voter.is_recused), None)


class Chamber:
    """Who votes in a meeting. However many items are counted, it costs the same queries."""

    def __init__(self, meeting: Meeting) -> None:
        self.meeting = meeting

    @cached_property
    def seats(self) -> list[Membership]:
        """All seats of the meeting's day, the chair first."""
        return [*self.meeting.forum.members_on(day_of(self.meeting))]

    @cached_property
    def voting(self) -> list[Membership]:
        return [seat for seat in self.seats if seat.has_vote]

    @cached_property
    def attendance(self) -> list[Attendance]:
        """Everybody who came, those too who left."""
        return [*self.meeting.attendance.select_related("person")]

    @cached_property
    def there(self) -> frozenset[int]:
        return frozenset(row.person_id for row in self.attendance if row.left_at is None)

    @cached_property
    def proxies(self) -> dict[int, Proxy]:
        """Those in force, by who gave them: the giver is away, and the holder is there."""
        given = self.meeting.proxies.select_related("giver", "holder")
        return {each.giver_id: each for each in given if each.giver_id not in self.there}

    @cached_property
    def in_force(self) -> dict[int, Proxy]:
        return {giver: each for giver, each in self.proxies.items() if each.holder_id in self.there}

    @property
    def needed(self) -> int:
        """How many with a vote must take part."""
        return self.meeting.forum.quorum(len(self.voting))

    @property
    def able(self) -> int:
        """How many with a vote are there, or have somebody there who votes for them."""
        return sum(seat.person_id in self.there or seat.person_id in self.in_force for seat in self.voting)

    @property
    def has_quorum(self) -> bool:
        return self.able >= self.needed

    def counts(self, items: Sequence[AgendaItem]) -> dict[int, Count]:
        """The votes on each item, by its id."""
        cast: dict[int, dict[int, ItemVote]] = {item.pk: {} for item in items}
        for vote in ItemVote.objects.on_motion().filter(item__in=items).select_related("cast_by"):
            cast[vote.item_id][vote.person_id] = vote
        recused = recused_from(items)
        return {item.pk: self._count(cast[item.pk], recused[item.pk]) for item in items}

    def _count(self, cast: Mapping[int, ItemVote], recused: Mapping[int, str]) -> Count:
        out = recused.keys() | {person for person, vote in cast.items() if vote.choice == VoteChoice.RECUSED}
        # What somebody said for another falls with their own part in it.
        cast = {person: vote for person, vote in cast.items() if vote.cast_by_id not in out - {person}}
        voters = [self._voter(seat, cast, recused, out) for seat in self.voting]
        able = [
            voter.seat.person_id for voter in voters if not voter.is_recused and (voter.may_take_part or voter.vote)
        ]
        choices = {person: vote.choice for person, vote in cast.items()}
        return Count(voters, counted(self.meeting.forum, len(voters), able, choices))

    def _voter(
        self, seat: Membership, cast: Mapping[int, ItemVote], recused: Mapping[int, str], out: AbstractSet[int]
    ) -> Voter:
        """`out` are all who are recused, by their own word too: a proxy that one of them holds is none."""
        person, proxy = seat.person_id, self.in_force.get(seat.person_id)
        if proxy and proxy.holder_id in out:
            proxy = None
        return Voter(seat, person in self.there, cast.get(person), recused.get(person, ""), proxy)


def count_votes(item: AgendaItem) -> Count:
    """The votes on one item of a meeting: what a decision that it takes records."""
    assert item.meeting
    return Chamber(item.meeting).counts([item])[item.pk]
