"""The initiative that a request becomes: what was answered is typed in once."""

from typing import Any

from django.db.models import QuerySet

from aiso import clock
from aiso.accounts.models import User

from ...forms.intake import DECISIONS
from ...intake_sheet import Sheet
from ...models import DecisionClass, Initiative, Intake, OutcomeMetric, OwnerKind, Ownership, QuestionSet, StageChange
from ...models.stage import Stage
from ..answer_questions import write_answers
from ..conclude_lanes import conclude_lane
from ..edit_initiative import SETS, same, write_fields
from ..keep_decisions import write_decision

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
    "metric_unit": "unit",
    "metric_direction": "direction",
    "baseline": "baseline",
    "baseline_on": "baseline_on",
    "baseline_source": "baseline_source",
    "target": "target",
    "horizon_on": "horizon_on",
}
QUESTIONS = (QuestionSet.Kind.RISK_TIER, QuestionSet.Kind.PROHIBITED_USE)


def found_initiative(intake: Intake, sheet: Sheet) -> Initiative:
    """Make the initiative of a complete request, in stage intake since today."""
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
    _write_metric(initiative, sheet)
    _write_decisions(initiative, sheet, before=None)
    _write_answers(initiative, sheet, intake.requester)
    conclude_lane(initiative)
    # Stage and owners follow from their rows.
    initiative.refresh_from_db()
    return initiative


def update_initiative(intake: Intake, sheet: Sheet, *, before: Sheet) -> None:
    """Take over what the requester changed since the answers `before`; what others changed otherwise stays."""
    assert intake.initiative_id is not None
    initiative = Initiative.objects.select_for_update().get(pk=intake.initiative_id)
    was = _fields(before)
    changed = {name: value for name, value in _fields(sheet).items() if not same(was.get(name), value)}
    write_fields(initiative, changed)
    if sheet.cleaned["business_owner"] != before.cleaned.get("business_owner"):
        _name_owner(initiative, sheet.cleaned["business_owner"])
    _write_metric(initiative, sheet)
    _write_decisions(initiative, sheet, before=before)
    _write_answers(initiative, sheet, intake.requester)
    conclude_lane(initiative)


def _fields(sheet: Sheet) -> dict[str, Any]:
    """The fields of the initiative that the answers tell; sets as lists."""
    told = sheet.cleaned
    plain = {name: told.get(name) for name in PLAIN}
    flags = {name: sheet.flag(name) for name in FLAGS}
    listed = {name: [*(told.get(name) or ())] for name in SETS if name in told}
    return plain | flags | listed


def _name_owner(initiative: Initiative, person: User) -> None:
    """Make `person` the business owner from today, in place of whoever the request named before."""
    current = Ownership.objects.current().principals().filter(initiative=initiative, kind=OwnerKind.BUSINESS)
    _end(current.exclude(person=person))
    if not current.filter(person=person).exists():
        Ownership.objects.create(
            initiative=initiative, kind=OwnerKind.BUSINESS, person=person, started_on=clock.today(), is_deputy=False
        )


def _end(ownerships: QuerySet[Ownership]) -> None:
    for ownership in ownerships:
        ownership.ended_on = clock.today()
        ownership.save(update_fields=["ended_on"])


def _write_metric(initiative: Initiative, sheet: Sheet) -> None:
    """The outcome metric, when the request names one; an earlier one of that name is brought up to date."""
    told = sheet.cleaned
    if not told.get("metric_name"):
        return
    metric = initiative.outcome_metrics.filter(name=told["metric_name"]).first()
    metric = metric or OutcomeMetric(initiative=initiative, name=told["metric_name"])
    for answer, field in METRIC.items():
        setattr(metric, field, told.get(answer))
    metric.full_clean()
    metric.save()


def _write_decisions(initiative: Initiative, sheet: Sheet, *, before: Sheet | None) -> None:
    """The decision classes of the table. A row that was taken out of it goes, unless somebody calibrated it since."""
    rows = {row["name"]: row for row in sheet.cleaned[DECISIONS]}
    if before is not None:
        gone = {row["name"] for row in before.cleaned.get(DECISIONS, [])} - rows.keys()
        initiative.decision_classes.filter(name__in=gone).delete()
    kept = {each.name: each for each in initiative.decision_classes.all()}
    for name, row in rows.items():
        decision = kept.get(name) or DecisionClass(initiative=initiative)
        for field, value in row.items():
            setattr(decision, field, value)
        write_decision(decision)


def _write_answers(initiative: Initiative, sheet: Sheet, requester: User) -> None:
    for kind in QUESTIONS:
        answers, reasons = sheet.screened(kind)
        write_answers(initiative, actor=requester, kind=kind, answers=answers, reasons=reasons)
