"""How a written ballot stands: votes against the body's quorum and majority (DESIGN §4)."""

from aiso.accounts.models import User
from forums.tally import Tally, counted
from portfolio.permissions import changes_nothing

from .deciding import voters_of
from .models import WrittenBallot
from .separation import is_party, parties_of


def tally_of(ballot: WrittenBallot) -> Tally:
    """The votes of those who have a vote in the body today and are no party. Five queries."""
    voters = {*voters_of(ballot.body).values_list("pk", flat=True)}
    able = voters - parties_of(ballot.review)
    return counted(ballot.body, len(voters), able, dict(ballot.votes.values_list("person", "choice")))


def may_withdraw(person: User, ballot: WrittenBallot) -> bool:
    """Whoever opened it, and the chair of its body; never a party to the review."""
    is_theirs = ballot.opened_by_id == person.pk or ballot.body.chair_of() == person
    return is_theirs and not changes_nothing(person) and not is_party(person, ballot.review)


def may_vote(person: User, ballot: WrittenBallot) -> bool:
    """A member with a vote in its body, who is no party to the review."""
    return ballot.body.has_vote(person) and person.pk not in parties_of(ballot.review)
