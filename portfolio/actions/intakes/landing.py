"""The initiative that a request becomes: what was answered is typed in once."""

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from aiso import clock
from aiso.accounts.models import User
from aiso.events.outbox import publish

from ...classes import KINDS_OF_TIER
from ...first_plan import first_amounts, first_days
from ...forms.intake_decisions import DECISIONS
from ...intake_sheet import Sheet
from ...models import DecisionClass, Initiative, Intake, OutcomeMetric, OwnerKind, Ownership, StageChange, Tool
from ...models.decision import Confidence, ReviewCapacity
from ...models.stage import Stage
from ..accept_map import follow_map
from ..answer_questions import write_answers
from ..conclude_lanes import conclude_lane
from ..edit_initiative import CLASSIFYING, SETS, same, write_fields
from ..keep_decisions import write_decision
from ..write_plan import draw_up_plan

PLAIN = (
    "name",
    "summary",
    "outcome",
    "unit",
    "objective",
    "bucket",
    "workflow",
    "is_confidential",
    "employee_effect",
    "data_sensitivity",
    "requested_amount",
)
FLAGS = ("is_customer_facing", "is_rights_impacting", "is_safety_impacting")
METRIC = {
    "metric_name": "name",
    "metric_unit": "unit",
    "metric_direction": "direction",
    "baseline": "baseline",
    "baseline_on": "baseline_on",
    "baseline_source": "baseline_source",
    "target": "target",
    "horizon_on": "horizon_on",
}
# Marks an answer that was not there: an empty one is an answer, too.
UNTOLD = object()


def found_initiative(intake: Intake, sheet: Sheet) -> Initiative:
    """Make the initiative of a complete request, in stage intake since today."""
    _add_tools(sheet.cleaned.get("other_tools") or [], intake.requester)
    told = _fields(sheet)
    plain = {name: value for name, value in told.items() if name not in SETS}
    initiative = Initiative.objects.create(created_by=intake.requester, **plain)
    for name in told.keys() & {*SETS}:
        getattr(initiative, name).set(told[name])
    StageChange.objects.create(
        initiative=initiative,
        stage=Stage.INTAKE,
        changed_on=clock.today(),
        source=StageChange.Source.INTAKE,
        recorded_by=intake.requester,
    )
    _name_owner(initiative, sheet.cleaned["business_owner"])
    nothing = Sheet({})
    _write_metric(initiative, sheet, before=nothing)
    _write_decisions(initiative, sheet, before=nothing)
    _write_answers(initiative, sheet, intake.requester, before=nothing)
    _write_plan(initiative, sheet, intake.requester, before=nothing)
    conclude_lane(initiative)
    # Stage and owners follow from their rows.
    initiative.refresh_from_db()
    return initiative


def update_initiative(intake: Intake, sheet: Sheet, *, before: Sheet) -> None:
    """Take over what the requester changed since the answers `before`; what others changed since stays.

    Unit, confidentiality and business owner are the office's once a request is submitted.
    """
    assert intake.initiative_id is not None
    initiative = Initiative.objects.select_for_update().get(pk=intake.initiative_id)
    _add_tools(sheet.cleaned.get("other_tools") or [], intake.requester)
    was = _fields(before)
    changed = {name: value for name, value in _fields(sheet).items() if not same(was.get(name), value)}
    write_fields(initiative, {name: value for name, value in changed.items() if name not in CLASSIFYING})
    _write_metric(initiative, sheet, before=before)
    _write_decisions(initiative, sheet, before=before)
    _write_answers(initiative, sheet, intake.requester, before=before)
    _write_plan(initiative, sheet, intake.requester, before=before)
    conclude_lane(initiative)
    follow_map(initiative, actor=intake.requester)


def _fields(sheet: Sheet) -> dict[str, Any]:
    """The fields of the initiative that the answers tell; sets as lists."""
    told = sheet.cleaned
    plain = {name: told.get(name) for name in PLAIN}
    flags = {name: sheet.flag(name) for name in FLAGS}
    listed = {name: [*(told.get(name) or ())] for name in SETS if name in told}
    listed["tools"] = [*listed.get("tools", ()), *_other_tools(told.get("other_tools") or [])]
    return plain | flags | listed


def _add_tools(names: list[str], requester: User) -> None:
    """Put the tools that a request names past the list onto it, cleared by nobody; another spelling is the same."""
    for name in names:
        if not Tool.objects.filter(name__iexact=name).exists():
            tool = Tool.objects.create(name=name)
            publish("tool.added", actor=requester, entry=tool)


def _other_tools(names: list[str]) -> list[Tool]:
    spelt = [Q(name__iexact=name) for name in names]
    return [*Tool.objects.filter(reduce(or_, spelt))] if spelt else []


def _name_owner(initiative: Initiative, person: User) -> None:
    """Make `person` the business owner from today."""
    Ownership.objects.create(
        initiative=initiative, kind=OwnerKind.BUSINESS, person=person, started_on=clock.today(), is_deputy=False
    )


def _write_metric(initiative: Initiative, sheet: Sheet, *, before: Sheet) -> None:
    """The outcome metric that the request names, with the answers that changed."""
    told, was = sheet.cleaned, before.cleaned
    changed = {field: told.get(name) for name, field in METRIC.items() if not same(was.get(name), told.get(name))}
    if not told.get("metric_name") or not changed:
        return
    metric = initiative.outcome_metrics.filter(name=was.get("metric_name") or told["metric_name"]).first()
    metric = metric or OutcomeMetric(initiative=initiative)
    for field, value in (changed if metric.pk else {field: told.get(name) for name, field in METRIC.items()}).items():
        setattr(metric, field, value)
    metric.full_clean()
    metric.save()


def _write_decisions(initiative: Initiative, sheet: Sheet, *, before: Sheet) -> None:
    """The decision classes of the table: rows that are new, the answers that changed, and without the rows
    that were taken out. A row that somebody calibrated since stays.
    """
    rows, was = _rows(sheet), _rows(before)
    kept = {each.name: each for each in initiative.decision_classes.all()}
    for name in was.keys() - rows.keys():
        if name in kept and _is_as_asked(kept[name], was[name]):
            kept[name].delete()
    for name, row in rows.items():
        decision = kept.get(name) or DecisionClass(initiative=initiative)
        earlier = was.get(name, {}) if decision.pk else {}
        changed = {field: value for field, value in row.items() if earlier.get(field, UNTOLD) != value}
        for field, value in changed.items():
            setattr(decision, field, value)
        if changed:
            write_decision(decision)


def _write_plan(initiative: Initiative, sheet: Sheet, requester: User, *, before: Sheet) -> None:
    """The first version of the plan. One that somebody refined since stays."""
    told, was = first_amounts(sheet.cleaned), first_amounts(before.cleaned)
    days, earlier = first_days(sheet.cleaned), first_days(before.cleaned)
    if (told, days) != (was, earlier):
        draw_up_plan(initiative, actor=requester, amounts=told, days=days, unless_refined=was)


def _rows(sheet: Sheet) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in sheet.cleaned.get(DECISIONS, [])}


def _is_as_asked(decision: DecisionClass, row: dict[str, Any]) -> bool:
    """Whether a decision class still says what its row said, and nothing more."""
    untouched = decision.confidence == Confidence.UNKNOWN and decision.review_capacity == ReviewCapacity.UNKNOWN
    same_as_row = all(getattr(decision, field) == value for field, value in row.items())
    known_since = (
        decision.owner_id or decision.reviewers is not None or decision.required_data or decision.cost_of_delay
    )
    watched_since = decision.readings.exists() or decision.choices.exists() or decision.step_downs.exists()
    told_since = decision.not_automated_because or known_since or watched_since
    return untouched and not told_since and same_as_row


def _write_answers(initiative: Initiative, sheet: Sheet, requester: User, *, before: Sheet) -> None:
    for kind in KINDS_OF_TIER:
        (answers, reasons), (earlier, earlier_reasons) = sheet.screened(kind), before.screened(kind)
        changed = {
            code: option
            for code, option in answers.items()
            if (option, reasons[code]) != (earlier.get(code, ""), earlier_reasons.get(code, ""))
        }
        write_answers(initiative, actor=requester, kind=kind, answers=changed, reasons=reasons)
