"""Deadlines of decisions: a delegate’s clock, votes in writing, and conditions. None of them approves anything."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.urls import reverse

from aiso import clock
from aiso.accounts.models import User
from aiso.events.models import Notification
from aiso.events.reminders import Due
from aiso.web import figures

from .deciding import eligible_of, highest_body
from .holds import not_held
from .models import Condition, GateReview, WrittenBallot
from .reviewers import office_of

Kind = Notification.Kind
# Days before a condition is due, or a ballot closes, on which its people are reminded.
CONDITION_DAYS = 7
BALLOT_DAYS = 1


def decisions_due() -> Iterator[Due]:
    """A delegate’s review on its last day; once late, it escalates to the sponsor and the office."""
    today = clock.today()
    ready = not_held(GateReview.objects.ready().filter(decide_by__lte=today))
    for review in ready.select_related("initiative", "body"):
        late = review.decide_by is not None and review.decide_by < today
        since = figures.day(review.submitted_at)
        text = f"{review.initiative.reference} waits for {review.body or 'a decision'} since {since}"
        yield Due(
            key=f"{review.pk}:{review.decide_by}",
            step="late" if late else "last day",
            people=[*_deciders(review), *(_above(review) if late else ())],
            text=f"{text}; it was due on {figures.day(review.decide_by)}" if late else f"{text}; today is its last day",
            path=reverse("stagegates:review_decide", args=[review.pk]),
            kind=Kind.ESCALATION if late else Kind.REMINDER,
            about={"initiative": review.initiative_id},
        )


def ballots_due() -> Iterator[Due]:
    """Members who have not voted, when the votes are about to be counted."""
    today = clock.today()
    soon = today + timedelta(days=BALLOT_DAYS)
    ballots = WrittenBallot.objects.open().filter(closes_on__gte=today, closes_on__lte=soon)
    for ballot in ballots.select_related("body", "review__initiative"):
        voted = ballot.votes.values("person")
        yield Due(
            key=f"{ballot.pk}:{ballot.closes_on}",
            step="soon",
            people=eligible_of(ballot.body, ballot.review).exclude(pk__in=voted),
            text=f"Your vote on {ballot.review.initiative.reference} counts until {figures.day(ballot.closes_on)}",
            path=ballot.get_absolute_url(),
            about={"initiative": ballot.review.initiative_id},
        )


def conditions_due() -> Iterator[Due]:
    """A condition’s owner before its day; once overdue also whoever set it, for it blocks the next approval."""
    today = clock.today()
    soon = Condition.objects.open().filter(due_on__lte=today + timedelta(days=CONDITION_DAYS))
    for condition in soon.select_related("initiative", "owner", "set_by"):
        late = condition.due_on < today
        when = f"was due on {figures.day(condition.due_on)}" if late else f"is due on {figures.day(condition.due_on)}"
        yield Due(
            key=f"{condition.pk}:{condition.due_on}:{condition.owner_id}",
            step="overdue" if late else "soon",
            people=[condition.owner, condition.set_by] if late else [condition.owner],
            text=f"A condition on {condition.initiative.reference} {when}: {condition.text}",
            path=condition.get_absolute_url(),
            kind=Kind.ESCALATION if late else Kind.REMINDER,
            about={"initiative": condition.initiative_id},
        )


def _deciders(review: GateReview) -> Iterable[User]:
    return eligible_of(review.body, review) if review.body else ()


def _above(review: GateReview) -> Iterable[User]:
    sponsor = highest_body()
    return [*office_of(review.initiative), *(eligible_of(sponsor, review) if sponsor else ())]
