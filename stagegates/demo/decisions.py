"""Sign-offs of the demonstration in every state they can have, and decisions: approved with a condition, held."""

from collections.abc import Mapping
from datetime import timedelta

from django.db.models import QuerySet

from aiso import clock
from aiso.accounts.models import User
from portfolio.models import Initiative, Lane

from ..actions.answer_sign_off import Demand, answer_sign_off
from ..actions.ask_question import ask_question
from ..actions.decide import decide_initiative, decide_review
from ..actions.delegate_sign_off import delegate_sign_off
from ..actions.fast_lane import confirm_tier
from ..actions.ruling import NewCondition
from ..actions.submit_review import edit_review
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
OBJECTIONS = (
    "The supplier may train on our data under these terms. Change clause 7 first.",
    "The service account may read the whole mailbox. It needs the one folder, and a log of what it read.",
    "Nobody has said for how long the transcripts are kept.",
)
QUESTIONS = (
    "Who is told at night when it stops?",
    "Does the supplier work with our data outside the European Union, for support too?",
    "Can a clerk still decide otherwise once the letter is drafted?",
)
DEMANDS = (
    "Delete the test data within a month and show the record of it.",
    "Name the sub-processors in the contract.",
    "Let the penetration test cover the interface to the case system.",
)
WHY_PASSED = "On leave until the end of the month; the office knows the case."
ASKED_SINCE = "Since June two more offices want to join."
# What functions did with what waits for them, one after the other; of what is late these did nothing.
DEEDS = ("outdate", "open", "ask", "pass", "conditions", "object", "open", "approve")
BUSY = ("legal", "security")
CONDITION = "Show that the fallback was tried with a real case."
WHY_APPROVED = "The evidence is there and the ask is small. Show the fallback before the second month."
WHY_HELD = "Two answers are still open. Come back with them."
WHY_PAUSED = "The team moved to the incident of this month; it goes on in the new year."


def tell_of_decisions(people: Mapping[str, User]) -> None:
    """Let the invented reviewers answer what waits for them, and decide what was submitted as far as it can be."""
    ready = [*GateReview.objects.ready().select_related("initiative").order_by("pk")]
    for number, review in enumerate(ready):
        _sign_submitted(review, people, number)
    _sign_waiting(people)
    # Of the last one the risk tier stays to be confirmed.
    for review in ready[:-1]:
        if review.lane == Lane.FAST:
            confirm_tier(review, actor=people["risk-reviewer"])
    for review in ready:
        _decide(review)
    paused = Initiative.objects.filter(stage="pilot", business_owner__isnull=False, reviews=None).order_by("pk").last()
    if paused:
        decide_initiative(paused, actor=people["executive"], outcome=Outcome.PAUSE, rationale=WHY_PAUSED)


def _sign_submitted(review: GateReview, people: Mapping[str, User], number: int) -> None:
    """Everybody answers what was submitted; of the second one the first function objects."""
    for place, (sign_off, person) in enumerate(_waiting(people, review.sign_offs.all())):
        if place == 0 and number == 1:
            answer_sign_off(sign_off, actor=person, verdict="object", reason=OBJECTIONS[0], minutes=40)
        else:
            told = APPROVALS[place % len(APPROVALS)]
            answer_sign_off(sign_off, actor=person, verdict="approve", reason=told, minutes=15 + 10 * place)


def _sign_waiting(people: Mapping[str, User]) -> None:
    """What is not submitted yet waits in every state: legal and security leave theirs until they are late."""
    waiting = SignOff.objects.filter(review__closed_at=None, review__submitted_at=None)
    # The rules of the demonstration hold since today only: what began before is written past the actions.
    began, ended = clock.now() - timedelta(days=21), clock.days_ahead(-6)
    late = waiting.filter(function__slug__in=BUSY, state=SignOff.State.OPEN).order_by("-pk").values("pk")[:2]
    SignOff.objects.filter(pk__in=[each["pk"] for each in late]).update(started_at=began, due_on=ended)
    number = 0
    for sign_off, person in _waiting(people, waiting):
        if _is_late(sign_off) and sign_off.function.slug in BUSY:
            continue
        _deed(DEEDS[number % len(DEEDS)], sign_off, person, people)
        number += 1


def _waiting(people: Mapping[str, User], rows: QuerySet[SignOff]) -> list[tuple[SignOff, User]]:
    """Sign-offs to answer with who may, those of legal and security first."""
    found = rows.filter(state=SignOff.State.OPEN).select_related("function", "review__initiative").order_by("pk")
    pairs = [(each, people.get(REVIEWERS.get(each.function.slug, ""))) for each in found]
    able = [(each, person) for each, person in pairs if person and can_sign_off(person, each)]
    return sorted(able, key=lambda pair: pair[0].function.slug not in BUSY)


def _is_late(sign_off: SignOff) -> bool:
    return sign_off.due_on is not None and sign_off.due_on < clock.today()


def _deed(deed: str, sign_off: SignOff, person: User, people: Mapping[str, User]) -> None:
    place = sign_off.pk
    match deed:
        case "ask":
            ask_question(sign_off, actor=person, text=QUESTIONS[place % len(QUESTIONS)])
        case "pass":
            to = people["office-member"]
            delegate_sign_off(sign_off, actor=person, to=to, reason=WHY_PASSED)
        case "conditions":
            owner = sign_off.review.initiative.business_owner or sign_off.review.opened_by
            demand = Demand(DEMANDS[place % len(DEMANDS)], owner, clock.days_ahead(30))
            told = "Fine with one thing more."
            answer_sign_off(sign_off, actor=person, verdict="conditions", reason=told, conditions=[demand], minutes=35)
        case "object":
            told = OBJECTIONS[place % len(OBJECTIONS)]
            answer_sign_off(sign_off, actor=person, verdict="object", reason=told, minutes=40)
        case "approve" | "outdate":
            told = APPROVALS[place % len(APPROVALS)]
            answer_sign_off(sign_off, actor=person, verdict="approve", reason=told, minutes=25)
    if deed == "outdate":
        review = sign_off.review
        edit_review(review, actor=review.opened_by, ask=f"{review.ask} {ASKED_SINCE}", amount=review.amount)


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
