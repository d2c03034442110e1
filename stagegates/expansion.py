"""How far an initiative has grown: the steps in their order, done, asked for and next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q

from aiso.web.figures import local_date
from portfolio.merging import family_of
from portfolio.models import Initiative
from portfolio.models.stage import IN_PRODUCTION

from .models import Expansion, ExpansionRuling
from .models.decision import APPROVING
from .models.expansion import ExpansionQuerySet

Step = Expansion.Step
ORDER = (Step.VOLUME, Step.ADJACENT, Step.UNIT, Step.WORKFLOW)


@dataclass(frozen=True)
class TrackStep:
    """One step of the order. `state` is done, asked, next, skipped or later."""

    step: str
    label: str
    state: str
    done_on: date | None = None
    expansion: Expansion | None = None


def with_rulings(rows: ExpansionQuerySet) -> ExpansionQuerySet:
    rulings = ExpansionRuling.objects.select_related("decision__body").order_by("-pk")
    related = ("initiative", "asked_by", "decision_class", "unit", "workflow")
    found: ExpansionQuerySet = rows.select_related(*related).defer("initiative__search")
    return found.prefetch_related(Prefetch("rulings", rulings))


def expansions_of(initiative: Initiative) -> list[Expansion]:
    """What it asked for, and what was merged into it, which counts in its order; the latest first. Two queries.

    What a confidential one asked stays with that: who sees the survivor need not see it.
    """
    merged = Q(initiative__in=family_of(initiative.pk), initiative__is_confidential=False)
    return [*with_rulings(Expansion.objects.filter(Q(initiative=initiative) | merged))]


def is_done(expansion: Expansion) -> bool:
    return any(each.decision.outcome in APPROVING for each in expansion.rulings.all())


def done_steps(expansions: Sequence[Expansion]) -> set[str]:
    return {each.step for each in expansions if is_done(each)}


def skipped_before(step: str, done: set[str]) -> list[str]:
    """The steps before one that were not done."""
    return [each.value for each in ORDER[: ORDER.index(Step(step))] if each not in done]


def track_of(expansions: Sequence[Expansion]) -> list[TrackStep]:
    done = done_steps(expansions)
    furthest = max((ORDER.index(Step(step)) for step in done), default=-1)
    following = next((each for each in ORDER[furthest + 1 :]), None)
    track = []
    for place, step in enumerate(ORDER):
        own = [each for each in expansions if each.step == step]
        asked = next((each for each in own if each.is_open), None)
        approved = next((each for each in own if is_done(each)), None)
        if asked:
            state = "asked"
        elif approved:
            state = "done"
        elif place < furthest:
            state = "skipped"
        else:
            state = "next" if step == following else "later"
        on = local_date(approved.rulings.all()[0].decision.decided_at) if approved else None
        track.append(TrackStep(step, str(step.label), state, on, asked or approved))
    return track


def why_not_expand(initiative: Initiative) -> str:
    """Why no expansion can be asked for now, in a sentence; empty when it can."""
    if initiative.is_off_register or initiative.stage not in IN_PRODUCTION:
        return "It grows once it is in production: in limited rollout or at scale."
    if Expansion.objects.open().filter(initiative=initiative).exists():
        return "An expansion waits for a decision already."
    return ""
