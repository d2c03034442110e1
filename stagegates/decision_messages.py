"""Who is told what when something is decided, voted on, demanded or settled."""

from collections.abc import Callable, Iterable

from django.db.models import Q, QuerySet
from django.urls import reverse

from aiso.accounts.models import User
from aiso.events.models import Event, Notification
from aiso.events.telling import Message
from aiso.web import figures
from portfolio.models import Intake, Lane, Ownership
from portfolio.permissions import can_see_money

from .deciding import eligible_of
from .models import Condition, Decision, FundingRuling, GateReview, NamedDecider, WrittenBallot
from .reviewers import risk_reviewers_of
from .separation import parties_of

Kind = Notification.Kind


def messages_of(event: Event) -> Iterable[Message]:
    """What an event tells; nothing where what it was about is gone."""
    found = MESSAGES.get(event.name)
    return found(event) if found else ()


def _opened(event: Event) -> Iterable[Message]:
    review = _review(event)
    if review.lane == Lane.FAST and review.initiative.risk_tier:
        path = reverse("stagegates:tier_confirm", args=[review.pk])
        text = f"Confirm the risk tier of {review.initiative.reference} for its fast-lane review"
        yield Message(_able(risk_reviewers_of(review.initiative), review), text, path, Kind.REQUEST, _of(review))


def _submitted(event: Event) -> Iterable[Message]:
    review = _review(event)
    if review.is_ready and review.body:
        text = f"{review.initiative.reference} waits for a decision of {review.body}: {review.title.lower()}"
        yield Message(eligible_of(review.body, review), text, _deciding(review), Kind.REQUEST, _of(review))


def _passed_up(event: Event) -> Iterable[Message]:
    review = _review(event)
    if review.is_ready and review.higher_body:
        text = f"{review.initiative.reference} needs a decision of {review.higher_body}: {review.title.lower()}"
        yield Message(eligible_of(review.higher_body, review), text, _deciding(review), Kind.REQUEST, _of(review))


def _made(event: Event) -> Iterable[Message]:
    decision = Decision.objects.select_related("initiative", "review", "body").get(pk=event.payload["decision"])
    people = owners_of(decision.initiative_id) | requesters_of(decision.initiative_id)
    if decision.review:
        people |= {decision.review.opened_by_id, decision.review.submitted_by_id}
    told = _people(people)
    seeing = [each for each in told if decision.amount and can_see_money(each, decision.initiative)]
    yield _decided(decision, [each for each in told if each not in seeing], "")
    if seeing:
        yield _decided(decision, seeing, _sum_of(decision))


def _decided(decision: Decision, people: Iterable[User], sum_: str) -> Message:
    text = f"{decision.body} decided on {decision.initiative.reference}: {decision.ruled.lower()}{sum_}. "
    path = decision.get_absolute_url()
    return Message(people, f"{text}{decision.rationale}", path, Kind.NEWS, {"initiative": decision.initiative_id})


def _sum_of(decision: Decision) -> str:
    """`, 12,500 € of 25,000 €`: what was approved of what was asked for, where that is known."""
    approved = figures.exact_money(decision.amount or 0)
    ruling = FundingRuling.objects.select_related("request").filter(decision=decision).first()
    asked = ruling.request.amount if ruling else decision.review.amount if decision.review else None
    return f", {approved} of {figures.exact_money(asked)}" if asked else f", {approved}"


def _named(event: Event) -> Iterable[Message]:
    review = _review(event)
    naming = NamedDecider.objects.select_related("person").filter(review=review, person=event.payload["person"])
    named = naming.latest("pk")
    text = f"You were named to decide a review of {review.initiative.reference}: {named.because}"
    yield Message([named.person], text, _deciding(review), Kind.REQUEST, _of(review))


def _left_fast_lane(event: Event) -> Iterable[Message]:
    """Owners and deciders of what was under way in the fast lane: it stops until it is reviewed anew."""
    left = GateReview.objects.open().filter(initiative__in=event.payload["initiatives"], lane=Lane.FAST)
    for review in left.select_related("initiative", "body"):
        people = owners_of(review.initiative_id) | {review.opened_by_id}
        if review.body:
            people |= {*eligible_of(review.body, review).values_list("pk", flat=True)}
        why = review.initiative.lane_decided_by
        text = f"{review.initiative.reference} no longer fits the fast lane ({why}): its review stops"
        yield Message(_people(people), text, _deciding(review), Kind.NEWS, _of(review))


def _ballot_opened(event: Event) -> Iterable[Message]:
    ballot = _ballot(event)
    outcome = ballot.get_outcome_display().lower()
    text = f"Vote in writing on {ballot.review.initiative.reference}: {outcome}"
    voters = eligible_of(ballot.body, ballot.review)
    yield Message(voters, text, ballot.get_absolute_url(), Kind.REQUEST, _of(ballot.review))


def _ballot_closed(event: Event) -> Iterable[Message]:
    ballot = _ballot(event)
    people = {ballot.opened_by_id, *ballot.votes.values_list("person", flat=True)}
    state = ballot.get_state_display().lower()
    text = f"The ballot on {ballot.review.initiative.reference} is {state}. {ballot.closed_because}"
    yield Message(_people(people), text, ballot.get_absolute_url(), Kind.NEWS, _of(ballot.review))


def _condition_set(event: Event) -> Iterable[Message]:
    yield _of_condition(event, lambda each: each.owner, "A condition for you to meet", Kind.REQUEST)


def _condition_met(event: Event) -> Iterable[Message]:
    yield _of_condition(event, lambda each: each.set_by, "A condition is said to be met: confirm it", Kind.REQUEST)


def _condition_settled(event: Event) -> Iterable[Message]:
    done = event.name.partition(".")[2]
    yield _of_condition(event, lambda each: each.owner, f"A condition was {done}", Kind.NEWS)


def _of_condition(event: Event, whom: Callable[[Condition], User], told: str, kind: Kind) -> Message:
    related = Condition.objects.select_related("initiative", "owner", "set_by")
    condition = related.get(pk=event.payload["condition"])
    text = f"{told} on {condition.initiative.reference}: {condition.text}"
    return Message([whom(condition)], text, condition.get_absolute_url(), kind, {"initiative": condition.initiative_id})


def owners_of(initiative: int) -> set[int | None]:
    """The ids of its owners and their deputies today."""
    return {*Ownership.objects.current().filter(initiative=initiative).values_list("person", flat=True)}


def requesters_of(initiative: int) -> set[int | None]:
    """The ids of those who asked for it, be it in a request that was joined to it."""
    asked = Q(initiative=initiative) | Q(joined_to=initiative, state=Intake.State.JOINED)
    return {*Intake.objects.filter(asked).values_list("requester", flat=True)}


def _able(people: QuerySet[User], review: GateReview) -> QuerySet[User]:
    """Without the parties to a review."""
    able: QuerySet[User] = people.exclude(pk__in=parties_of(review))
    return able


def _people(ids: Iterable[int | None]) -> Iterable[User]:
    people: QuerySet[User] = User.objects.filter(pk__in=[pk for pk in ids if pk])
    return people


def _review(event: Event) -> GateReview:
    return GateReview.objects.select_related("initiative", "body", "higher_body").get(pk=event.payload["review"])


def _ballot(event: Event) -> WrittenBallot:
    return WrittenBallot.objects.select_related("body", "review__initiative").get(pk=event.payload["ballot"])


def _deciding(review: GateReview) -> str:
    return reverse("stagegates:review_decide", args=[review.pk])


def _of(review: GateReview) -> dict[str, int]:
    return {"initiative": review.initiative_id}


MESSAGES: dict[str, Callable[[Event], Iterable[Message]]] = {
    "review.opened": _opened,
    "review.submitted": _submitted,
    "review.passed_up": _passed_up,
    "review.decider_named": _named,
    "decision.made": _made,
    "initiatives.left_fast_lane": _left_fast_lane,
    "ballot.opened": _ballot_opened,
    "ballot.carried": _ballot_closed,
    "ballot.lost": _ballot_closed,
    "ballot.lapsed": _ballot_closed,
    "ballot.stopped": _ballot_closed,
    "condition.set": _condition_set,
    "condition.met": _condition_met,
    "condition.confirmed": _condition_settled,
    "condition.refused": _condition_settled,
    "condition.waived": _condition_settled,
}
