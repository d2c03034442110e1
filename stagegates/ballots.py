"""How a written ballot stands: votes against the body's quorum and majority (DESIGN §4)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from aiso.accounts.models import User
from forums.models import Forum
from portfolio.permissions import changes_nothing

from .deciding import voters_of
from .models import BallotVote, WrittenBallot
from .separation import is_party, kept_from_deciding

Choice = BallotVote.Choice


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


def tally_of(ballot: WrittenBallot) -> Tally:
    """The votes of those who have a vote in the body today and are not kept from deciding. Six queries."""
    voters = {*voters_of(ballot.body).values_list("pk", flat=True)}
    able = voters - kept_from_deciding(ballot.review)
    return counted(ballot.body, len(voters), able, ballot.votes.all())


def still_to_vote(ballot: WrittenBallot) -> list[User]:
    """Who may vote and has not, by name."""
    done = {*ballot.votes.values_list("person", flat=True)} | kept_from_deciding(ballot.review)
    return [*voters_of(ballot.body).exclude(pk__in=done).order_by("name", "pk")]


def counted(body: Forum, voting: int, able: set[int], votes: Iterable[BallotVote]) -> Tally:
    cast = {vote.person_id: vote.choice for vote in votes if vote.person_id in able}
    found = Counter(cast.values())
    return Tally(
        voting=voting,
        needed=body.quorum(voting),
        majority=body.majority,
        agree=found[Choice.FOR],
        against=found[Choice.AGAINST],
        abstain=found[Choice.ABSTAIN],
        waiting=len(able - cast.keys()),
    )


def may_withdraw(person: User, ballot: WrittenBallot) -> bool:
    """Whoever opened it, and the chair of its body; never a party to the review."""
    is_theirs = ballot.opened_by_id == person.pk or ballot.body.chair_of() == person
    return is_theirs and not changes_nothing(person) and not is_party(person, ballot.review)


def may_vote(person: User, ballot: WrittenBallot) -> bool:
    """A member with a vote in its body, who is no party to the review and waived nothing of it."""
    return ballot.body.has_vote(person) and person.pk not in kept_from_deciding(ballot.review)
