"""Votes of a body, in a meeting or in writing, against its quorum and its majority (DESIGN §4)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from .models import Forum
from .models.agenda import VoteChoice


@dataclass(frozen=True)
class Tally:
    """Votes so far. `voting` counts all with a vote in the body, `waiting` those who may still vote."""

    voting: int
    needed: int
    majority: str
    agree: int = 0
    against: int = 0
    abstain: int = 0
    waiting: int = 0

    @property
    def took_part(self) -> int:
        """Who abstains takes part; who is recused does not."""
        return self.agree + self.against + self.abstain

    @property
    def has_quorum(self) -> bool:
        return self.took_part >= self.needed

    @property
    def is_carried(self) -> bool:
        """Whether the votes cast carry it."""
        return self.has_quorum and has_majority(self.majority, self.agree, self.against)

    @property
    def is_settled_for(self) -> bool:
        """Carried, whatever those say who have not voted yet."""
        return self.has_quorum and has_majority(self.majority, self.agree, self.against + self.waiting)

    @property
    def is_settled_against(self) -> bool:
        """Lost, whatever those say who have not voted yet."""
        reachable = self.took_part + self.waiting >= self.needed
        return not reachable or not has_majority(self.majority, self.agree + self.waiting, self.against)


def has_majority(majority: str, agree: int, against: int) -> bool:
    """Of the votes for and against. Without any there is none."""
    votes = agree + against
    match majority:
        case Forum.Majority.UNANIMOUS:
            return votes > 0 and against == 0
        case Forum.Majority.TWO_THIRDS:
            return votes > 0 and Fraction(agree, votes) >= Fraction(2, 3)
    return 2 * agree > votes


def counted(body: Forum, voting: int, able: Iterable[int], cast: Mapping[int, str]) -> Tally:
    """The votes `cast`, by person, of those `able` to vote on it, among so many with a vote in the body."""
    able = {*able}
    of_able = {person: choice for person, choice in cast.items() if person in able}
    found = Counter(of_able.values())
    return Tally(
        voting=voting,
        needed=body.quorum(voting),
        majority=body.majority,
        agree=found[VoteChoice.FOR],
        against=found[VoteChoice.AGAINST],
        abstain=found[VoteChoice.ABSTAIN],
        waiting=len(able - of_able.keys()),
    )
