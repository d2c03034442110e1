"""What must be true of a decision just made, told by plain reckoning from what was asked and who is who."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from aiso import clock
from aiso.web.figures import local_date
from portfolio.models import Intake, Ownership, Stage
from portfolio.models.stage import ENDED, IN_PRODUCTION, PATH
from stagegates.actions.ruling import Ruling
from stagegates.models import Condition, Decision, Evidence, GateReview, Merge, SignOffAnswer

APPROVING = ("approve", "conditions")
GATES = ("workflow-fit", "data-fit", "autonomy-fit", "production-fit", "value-fit")
# Where each gate leads, by its code.
LEADS = dict(zip(GATES, PATH[1:], strict=True))
# What the portfolio review approves for an initiative of high risk in a year.
AT_HIGH_RISK = Decimal(1_000_000)


def parties(initiative: int, since: date | None = None, *others: int | None) -> set[int]:
    """Who requested it, and who owned it or deputised on any day since one, today unless told; and some others."""
    owned = Ownership.objects.filter(initiative=initiative).exclude(ended_on__lt=since or clock.today())
    requested = Intake.objects.filter(initiative=initiative).values_list("requester", flat=True)
    return {*owned.values_list("person", flat=True), *requested, *(each for each in others if each)}


def parties_of(review: GateReview) -> set[int]:
    return parties(review.initiative_id, local_date(review.opened_at), review.opened_by_id, review.submitted_by_id)


def kept_from_deciding(review: GateReview) -> set[int]:
    """Its parties, and who waived something of it."""
    waived = review.requirements.exclude(waived_by=None)
    return parties_of(review).union(waived.values_list("waived_by", flat=True))


def asked_of(decision: Decision) -> Any:
    """The request or the expansion that it answers."""
    ruling = getattr(decision, "on_funding", None) or getattr(decision, "on_expansion", None)
    return ruling and ruling.request


def parties_of_decision(decision: Decision) -> set[int]:
    if decision.review:
        found = kept_from_deciding(decision.review)
    elif asked := asked_of(decision):
        found = parties(decision.initiative_id, local_date(asked.asked_at), asked.asked_by_id)
    else:
        found = parties(decision.initiative_id)
    merge = Merge.objects.filter(decision=decision) | Merge.objects.filter(undone_by=decision)
    return found.union(*(parties(each.survivor_id) for each in merge))


def check_as_asked(decision: Decision, ruling: Ruling) -> None:
    """It says what was asked for, and leaves what belongs to it and nothing else."""
    is_approving = decision.outcome in APPROVING
    about = decision.review or asked_of(decision)
    amount = about.amount if about and is_approving else None
    conditions = len(ruling.conditions) if decision.outcome == "conditions" else 0
    assert (decision.outcome, decision.amount) == (ruling.outcome, amount)
    assert decision.conditions.count() == conditions
    assert (decision.hold_until is not None) == (decision.outcome == "hold")
    assert hasattr(decision, "closure") == (decision.outcome == "terminate")
    assert hasattr(decision, "approved_plan") == is_approving
    assert not is_approving or decision.approved_plan.plan.is_frozen
    assert is_approving or not decision.tranches.filter(moved_from=None).exists()
    assert {each["reason"] for each in decision.overrides} <= {"It must be.", "One class is all there is."}


def check_first(decision: Decision) -> None:
    """Nobody decided it before: what came before on it held it, and this one supersedes that."""
    if about := decision.review or asked_of(decision):
        before = [each for each in about.decisions.order_by("pk") if each.pk < decision.pk]
        assert all(each.outcome == "hold" for each in before)
        assert decision.supersedes == (before[-1] if before else None)
        assert (about.closed_at is None) == (decision.outcome == "hold")


def check_stage(decision: Decision, stages: list[str]) -> None:
    """The stage is where the decision leads, and moved by it alone; `stages` are all that it was in, and grow."""
    goal = goal_of(decision, stages)
    moved = [*decision.stage_changes.values_list("stage_change__stage", "stage_change__initiative")]
    assert moved == ([] if goal == stages[-1] else [(goal, decision.initiative_id)])
    if goal != stages[-1]:
        stages.append(goal)


def goal_of(decision: Decision, stages: list[str]) -> str:
    review, present = decision.review, stages[-1]
    ends = {"terminate": Stage.CLOSED, "merge": Stage.MERGED, "pause": Stage.PAUSED}
    if decision.outcome in ends:
        return ends[decision.outcome]
    if decision.outcome == "undo_merge":
        return stages[-2]
    if decision.outcome == "resume":
        return next(each for each in reversed(stages) if each in PATH)
    if review and decision.outcome in APPROVING:
        return LEADS[review.gates[-1]]
    if review and decision.outcome == "send_back":
        before = PATH[PATH.index(LEADS[decision.back_to]) - 1]
        return min(before, Stage(present), key=PATH.index)
    return present


def check_duties(decision: Decision, voters: set[int]) -> None:
    """Whoever decided or voted is of a body, and no party to it."""
    kept = parties_of_decision(decision)
    assert decision.decided_by_id in voters - kept
    if record := getattr(decision, "in_meeting", None):
        spoke = record.voices.exclude(choice="recused")
        assert not kept & {*spoke.values_list("person", flat=True)}
        assert record.present >= record.needed
        assert record.by_consent or record.agree > record.against
        assert record.by_consent or record.item.motion.startswith(decision.get_outcome_display())


def check_body(decision: Decision) -> None:
    """Up to an amount the portfolio review decides, together with what was approved in the year before."""
    if decision.outcome not in APPROVING or decision.initiative.risk_tier != "high":
        return
    year = clock.now() - timedelta(days=365)
    known = Decision.objects.filter(initiative=decision.initiative, outcome__in=APPROVING, decided_at__gt=year)
    before = known.filter(pk__lt=decision.pk).exclude(superseded_by__pk__lt=decision.pk)
    approved = sum((each.amount or 0 for each in [decision, *before]), Decimal(0))
    assert approved <= AT_HIGH_RISK or decision.body.slug == "executive-sponsor"


def check_way_was_free(decision: Decision, present: str, rests_on: dict[int, int]) -> None:
    """An approval went past nothing, but what a higher body overrode. `present` is the stage before it."""
    if decision.outcome not in APPROVING:
        return
    assert present not in (*ENDED, Stage.PAUSED)
    found = [*in_the_way(decision, rests_on)]
    overridden = sorted(each["kind"] for each in decision.overrides if each["kind"] != "skipped_step")
    assert sorted(found) == overridden
    assert not overridden or decision.body.slug == "executive-sponsor"
    skipped = {each["key"] for each in decision.overrides if each["kind"] == "skipped_step"}
    expansion = getattr(decision, "on_expansion", None)
    assert expansion is None or present in IN_PRODUCTION
    assert skipped == {f"step:{each}" for each in (expansion.request.skips if expansion else ())}


def in_the_way(decision: Decision, rests_on: dict[int, int]) -> list[str]:
    """What stood in the way, by its kind. `rests_on` is the evidence on which each answer rests, by their ids."""
    overdue = Condition.objects.filter(initiative=decision.initiative, due_on__lt=clock.today())
    overdue = overdue.filter(confirmed_at=None, waived_at=None)
    found = ["condition" for _ in overdue]
    review = decision.review
    if review is None:
        return found
    for requirement in review.requirements.filter(evidence="statement", waived_because=""):
        assert shown(review.initiative_id, requirement.code)
    for sign_off in review.sign_offs.select_related("answer"):
        answer = sign_off.answer
        assert answer, "a function has not signed off"
        if is_outdated(answer, review, rests_on):
            found.append("outdated")
        elif answer.verdict == "object":
            found.append("objection")
    return found


def is_outdated(answer: SignOffAnswer, review: GateReview, rests_on: dict[int, int]) -> bool:
    return rests_on[answer.pk] != shown_for(review)


def shown_for(review: GateReview) -> int:
    """The id of the evidence that its sign-off rests on, 0 while there is none."""
    code = review.requirements.filter(evidence="statement").values_list("code", flat=True).first()
    return shown(review.initiative_id, code) if code else 0


def shown(initiative: int, code: str) -> int:
    latest = Evidence.objects.filter(initiative=initiative, code=code).order_by("-version").first()
    return latest.pk if latest and latest.withdrawn_at is None else 0
