"""What stands in the way of an approval, each with the place where it is mended (DESIGN §4)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.urls import reverse

from aiso.web import figures
from portfolio.actions.answer_questions import current_answers
from portfolio.classes import KINDS_OF_TIER
from portfolio.models import Initiative, Lane, Stage
from portfolio.models.risk import RiskTier
from portfolio.models.stage import ENDED

from .last_words import objections_left
from .lines import key_of
from .models import Condition, GateReview, SignOff, SignOffAnswer, TierConfirmation
from .separation import parties_of, parties_to, words_of
from .standing import standings_of

State, Verdict = SignOff.State, SignOffAnswer.Verdict


class Kind(StrEnum):
    EVIDENCE = "evidence"
    SIGN_OFF = "sign_off"
    OBJECTION = "objection"
    OUTDATED = "outdated"
    CONDITION = "condition"
    UNMET = "unmet"
    LANE = "lane"
    TIER = "tier"
    ENDED = "ended"


# What the next-higher body may override, with a reason. Missing evidence never is.
OVERRIDABLE = (Kind.OBJECTION, Kind.OUTDATED, Kind.CONDITION)


@dataclass(frozen=True)
class Block:
    """One thing in the way. `key` names it when somebody overrides it."""

    what: str
    kind: Kind
    url: str = ""
    key: str = ""

    @property
    def can_be_overridden(self) -> bool:
        return self.kind in OVERRIDABLE


def blocks_of(review: GateReview) -> list[Block]:
    """All that keeps a review from being approved now; a fixed number of queries."""
    return [
        *of_initiative(review.initiative),
        *_of_lane(review),
        *_unmet(review),
        *_of_sign_offs(review),
        *_of_earlier(review),
        *overdue_of(review.initiative),
    ]


def answers_of_tier(initiative: Initiative) -> dict[str, str]:
    """The answers from which the tier follows: what a confirmation rests on."""
    return {code: option for kind in KINDS_OF_TIER for code, option in current_answers(initiative, kind).items()}


def standing_confirmation(initiative: Initiative) -> TierConfirmation | None:
    """The risk function's confirmation of the tier, unless tier or answers have changed since, or whoever gave it has
    become a party.
    """
    latest = TierConfirmation.objects.filter(initiative=initiative).select_related("confirmed_by").first()
    if latest is None or latest.tier != initiative.risk_tier or latest.answers != answers_of_tier(initiative):
        return None
    return None if latest.confirmed_by_id in parties_to(initiative) else latest


def of_initiative(initiative: Initiative) -> Iterator[Block]:
    """What keeps an initiative from going on at all."""
    if initiative.stage in ENDED:
        yield Block(f"The initiative is {initiative.get_stage_display().lower()}", Kind.ENDED, key="ended")
    elif initiative.stage == Stage.PAUSED:
        yield Block("The initiative is paused: a decision to resume comes first", Kind.ENDED, key="ended")
    if initiative.risk_tier == RiskTier.PROHIBITED:
        address = reverse("portfolio:initiative_risk", args=[initiative.reference])
        yield Block("A prohibited use stops it: no gate can be passed while that stands", Kind.TIER, address, "tier")


def _of_lane(review: GateReview) -> Iterator[Block]:
    if review.lane != Lane.FAST:
        return
    initiative = review.initiative
    address = reverse("portfolio:initiative_risk", args=[initiative.reference])
    if initiative.lane != Lane.FAST:
        what = "The fast lane no longer holds: withdraw this review and open one of the full lane"
        yield Block(what, Kind.LANE, initiative.get_absolute_url(), "lane")
    if standing_confirmation(initiative) is None:
        yield Block("The risk function has not confirmed the risk tier", Kind.TIER, address, "tier")


def _unmet(review: GateReview) -> Iterator[Block]:
    for standing in standings_of([review])[review.pk]:
        if not standing.is_settled:
            what = f"{standing.requirement.text}: {standing.says[:1].lower()}{standing.says[1:]}"
            # The row, not the form: who decides is seldom who gives evidence.
            row = f"{review.get_absolute_url()}#{key_of(standing.requirement.code)}"
            yield Block(what, Kind.EVIDENCE, row, f"evidence:{standing.requirement.code}")


def _of_sign_offs(review: GateReview) -> Iterator[Block]:
    address = f"{review.get_absolute_url()}#sign-offs"
    sign_offs = [*review.sign_offs.select_related("function", "answer__answered_by")]
    answered = [each for each in sign_offs if each.answer_id]
    parties = parties_of(review) if answered else frozenset()
    words = words_of(answered) if answered else {}
    for sign_off in sign_offs:
        name, key = sign_off.function.name, str(sign_off.pk)
        if sign_off.state == State.OUTDATED:
            yield Block(f"The sign-off of {name} is outdated", Kind.OUTDATED, address, f"outdated:{key}")
        elif sign_off.state == State.WAITING:
            yield Block(f"{name} has not signed off: its evidence is not complete", Kind.SIGN_OFF, address, key)
        elif sign_off.state == State.OPEN:
            yield Block(f"{name} has not signed off", Kind.SIGN_OFF, address, key)
        elif sign_off.answer is not None and sign_off.answer.verdict == Verdict.OBJECT:
            yield Block(f"{name} objects: {sign_off.answer.reason}", Kind.OBJECTION, address, f"objection:{key}")
        elif sign_off.answer is not None and sign_off.answer.answered_by_id in parties:
            # No party when they answered, one since: they own it now, or submitted it.
            what = f"{sign_off.answer.answered_by} is a party now: somebody else of {name} signs off anew"
            yield Block(what, Kind.SIGN_OFF, address, f"party:{key}")
        elif sign_off.answer is not None and (own := _own(words.get(sign_off.pk, {}), sign_off.answer)):
            what = f"{sign_off.answer.answered_by} {own}, which {name} rests on: somebody else of it signs off anew"
            yield Block(what, Kind.SIGN_OFF, address, f"writer:{key}")


def _own(words: Mapping[str, Collection[int]], answer: SignOffAnswer) -> str:
    """What whoever answered did that their answer rests on."""
    return next((word for word, people in words.items() if answer.answered_by_id in people), "")


def _of_earlier(review: GateReview) -> Iterator[Block]:
    """Objections of functions that this review does not ask: withdrawing the earlier one cleared nothing."""
    for left in objections_left(review):
        address = f"{left.review.get_absolute_url()}#sign-offs"
        what = f"{left.function} objected on an earlier review: {left.answer.reason if left.answer else ''}"
        yield Block(what, Kind.OBJECTION, address, f"objection:{left.pk}")


def overdue_of(initiative: Initiative) -> Iterator[Block]:
    """Conditions of earlier approvals that nobody met in time."""
    for condition in Condition.objects.overdue().filter(initiative=initiative):
        what = f"A condition is overdue since {figures.day(condition.due_on)}: {condition.text}"
        yield Block(what, Kind.CONDITION, condition.get_absolute_url(), f"condition:{condition.pk}")
