"""Sign-offs and decisions of the demonstration: given, objected to, still open; approved with a condition, held."""

from collections.abc import Mapping
from datetime import timedelta

from aiso import clock
from aiso.accounts.models import User
from portfolio.models import Initiative, Lane

from ..actions.answer_sign_off import answer_sign_off
from ..actions.ask_question import ask_question
from ..actions.decide import decide_initiative, decide_review
from ..actions.fast_lane import confirm_tier
from ..actions.ruling import NewCondition
from ..blocks import blocks_of
from ..deciding import body_of, decides_alone, eligible_of
from ..models import Decision, GateReview, SignOff
from ..permissions import can_sign_off

Outcome = Decision.Outcome
REVIEWERS = {
    "legal": "legal-reviewer",
    "security": "security-reviewer",
    "risk": "risk-reviewer",
    "data": "data-reviewer",
    "procurement": "procurement-reviewer",
    "privacy": "privacy-reviewer",
    "employees": "employee-representative",
    "finance": "finance-controller",
}
APPROVALS = (
    "Looked at the evidence; nothing against it.",
    "Fine as described. The logs show what they should.",
    "Agreed with the owners on the way back; it was tried.",
)
OBJECTION = "The supplier may train on our data under these terms. Change clause 7 first."
QUESTION = "Who is told at night when it stops?"
CONDITION = "Show that the fallback was tried with a real case."
WHY_APPROVED = "The evidence is there and the ask is small. Show the fallback before the second month."
WHY_HELD = "Two answers are still open. Come back with them."
WHY_PAUSED = "The team moved to the incident of this month; it goes on in the new year."


def tell_of_decisions(people: Mapping[str, User]) -> None:
    """Let the invented reviewers answer what waits for them, and decide what was submitted as far as it can be."""
    for number, review in enumerate(GateReview.objects.open().order_by("pk")):
        _sign(review, people, number)
    ready = [*GateReview.objects.ready().select_related("initiative").order_by("pk")]
    # Of the last one the risk tier stays to be confirmed.
    for review in ready[:-1]:
        if review.lane == Lane.FAST:
            confirm_tier(review, actor=people["risk-reviewer"])
    for review in ready:
        _decide(review)
    paused = Initiative.objects.filter(stage="pilot", business_owner__isnull=False, reviews=None).order_by("pk").last()
    if paused:
        decide_initiative(paused, actor=people["executive"], outcome=Outcome.PAUSE, rationale=WHY_PAUSED)


def _sign(review: GateReview, people: Mapping[str, User], number: int) -> None:
    """Of one review all answer, of the next one asks, of the third one objects, and the last stays open."""
    waiting = review.sign_offs.filter(state=SignOff.State.OPEN).select_related("function", "review__initiative")
    for place, sign_off in enumerate(waiting):
        person = people.get(REVIEWERS.get(sign_off.function.slug, ""))
        if person is None or not can_sign_off(person, sign_off):
            continue
        if place == 0 and number % 4 == 1:
            ask_question(sign_off, actor=person, text=QUESTION)
        elif place == 0 and number % 4 == 2:
            answer_sign_off(sign_off, actor=person, verdict="object", reason=OBJECTION, minutes=40)
        elif number % 4 != 0 or review.is_ready:
            told = APPROVALS[place % len(APPROVALS)]
            answer_sign_off(sign_off, actor=person, verdict="approve", reason=told, minutes=15 + 10 * place)


def _decide(review: GateReview) -> None:
    body = body_of(review)
    able = [person for person in eligible_of(body, review) if decides_alone(person, body)] if body else []
    if not able:
        return
    if blocks_of(review):
        until = clock.today() + timedelta(days=30)
        decide_review(review, actor=able[0], outcome=Outcome.HOLD, rationale=WHY_HELD, hold_until=until)
        return
    owner = review.initiative.business_owner or review.opened_by
    condition = NewCondition(CONDITION, owner, clock.today() + timedelta(days=45))
    decide_review(
        review,
        actor=able[0],
        outcome=Outcome.CONDITIONS,
        rationale=WHY_APPROVED,
        conditions=[condition],
        release_now=review.amount // 2 if review.amount else None,
    )
