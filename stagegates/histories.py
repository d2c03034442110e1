"""What is told of the past of an envelope and of a function, on their pages and in the API."""

from aiso.audit.history import History, Told, history_of

from .models import Envelope, FunctionMember, ReviewFunction

REVIEWERS = Told(FunctionMember, says=lambda member: f"Reviewer: {member.person}", hide=("person", "started_on"))


def history_of_envelope(envelope: Envelope, *, after: str = "") -> History:
    """Who set what, and why. What is committed follows from entries, which are told by themselves."""
    return history_of(envelope, hide=("committed", "set_at"), after=after)


def history_of_function(function: ReviewFunction, *, after: str = "") -> History:
    """What it is, and who reviewed for it by name."""
    return history_of(function, [REVIEWERS], after=after)
