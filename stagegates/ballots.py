"""How a written ballot stands: votes against the body's quorum and majority (DESIGN §4)."""

from aiso.accounts.models import User
from forums.tally import Tally, counted
from portfolio.permissions import changes_nothing

from .deciding import voters_of
from .models import WrittenBallot
from .separation import is_party, kept_from_deciding


def tally_of(ballot: WrittenBallot) -> Tally:
    """The votes of those who have a vote in the body today and are not kept from deciding. Six queries."""
    voters = {*voters_of(ballot.body).values_list("pk", flat=True)}
    able = voters - kept_from_deciding(ballot.review)
    return counted(ballot.body, len(voters), able, dict(ballot.votes.values_list("person", "choice")))


def still_to_vote(ballot: WrittenBallot) -> list[User]:
    """Who may vote and has not, by name."""
    done = {*ballot.votes.values_list("person", flat=True)} | kept_from_deciding(ballot.review)
    return [*voters_of(ballot.body).exclude(pk__in=done).order_by("name", "pk")]


def may_withdraw(person: User, ballot: WrittenBallot) -> bool:
    """Whoever opened it, and the chair of its body; never a party to the review."""
    is_theirs = ballot.opened_by_id == person.pk or ballot.body.chair_of() == person
    return is_theirs and not changes_nothing(person) and not is_party(person, ballot.review)


def may_vote(person: User, ballot: WrittenBallot) -> bool:
    """A member with a vote in its body, who is no party to the review and waived nothing of it."""
    return ballot.body.has_vote(person) and person.pk not in kept_from_deciding(ballot.review)
