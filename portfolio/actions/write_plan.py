"""Writing the plan of an initiative: amounts by month and kind, version by version (DESIGN §4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.conflicts import refuse_conflicts
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..models import Initiative, OutcomeMetric, Plan, PlanLine, PlanMetric
from ..models.plan import COPIED
from ..models.stage import ENDED
from ..permissions import can_edit
from ..plans import MOST_MONTHS, cells_of, latest_plan, months_from
from .edit_initiative import touch

# Fields of a version beside its amounts.
DAYS = ("starts_on", "in_use_on")
REFUSAL = "Its owners and the office write the plan."
METRICS_MOVED = "Outcome metrics changed since the version before was approved."
UNSAID = "This plan was approved. Say why it changes; that makes the next version."
# A cell is a month and a kind; None takes its amount away.
type Wanted = Mapping[tuple[date, str], Decimal | None]


@dataclass(frozen=True)
class Seen:
    """What the actor saw of the plan, as far as they say: amounts that were empty are None."""

    amounts: Wanted = field(default_factory=dict)
    days: Mapping[str, date | None] = field(default_factory=dict)


@transaction.atomic
def write_plan(
    initiative: Initiative,
    *,
    actor: User,
    amounts: Wanted | None = None,
    days: Mapping[str, date | None] | None = None,
    reason: str = "",
    seen: Seen | None = None,
) -> Plan | None:
    """Change amounts and days of the plan; what is not named stays. The first writing makes version 1; None is
    returned where nothing is planned and nothing was told.

    An approved version is frozen: then `reason` makes the next one, and without it this raises DomainError. Raises
    PermissionDenied when `actor` may not, ConflictError when somebody else changed what was `seen`,
    ValidationError for an amount or a month that cannot be, DomainError for an initiative that has ended.
    """
    return _write(_locked(initiative, actor), actor, amounts or {}, days or {}, reason, seen or Seen())


def draw_up_plan(
    initiative: Initiative,
    *,
    actor: User,
    amounts: Wanted,
    days: Mapping[str, date | None],
    unless_refined: Mapping[tuple[date, str], Decimal],
) -> Plan | None:
    """Write the first version from a request, on an initiative that its requester may not edit.

    Leaves alone a plan that holds other amounts than the request gave it before, and one that was approved.
    """
    locked = Initiative.objects.select_for_update().get(pk=initiative.pk)
    plan = latest_plan(locked)
    present = cells_of(plan.lines.all()) if plan else {}
    if plan and (plan.is_frozen or present != unless_refined):
        return None
    return _write(locked, actor, {**dict.fromkeys(present), **amounts}, days, "", Seen())


def _write(
    locked: Initiative, actor: User, amounts: Wanted, days: Mapping[str, date | None], reason: str, seen: Seen
) -> Plan | None:
    plan = latest_plan(locked)
    changes = _changed_amounts(plan, amounts, seen)
    moved = _changed_days(plan, days, seen)
    if not changes and not moved:
        return plan
    if plan is None or plan.is_frozen:
        plan = _next_version(locked, plan, actor, reason)
    for name, day in moved.items():
        setattr(plan, name, day)
    _check_days(plan)
    _write_lines(plan, changes)
    plan.changed_at = clock.now()
    plan.save(update_fields=[*DAYS, "changed_at"])
    _tell("plan.written", actor, plan)
    return plan


@transaction.atomic
def start_plan_version(initiative: Initiative, *, actor: User, reason: str) -> Plan:
    """Begin the version after a frozen one, equal to it so far. Raises DomainError where none is frozen."""
    locked = _locked(initiative, actor)
    plan = latest_plan(locked)
    if plan is None or not plan.is_frozen:
        raise DomainError("No decision has approved this plan yet; change it as it is.")
    plan = _next_version(locked, plan, actor, reason)
    _tell("plan.version_started", actor, plan)
    return plan


def note_metrics_change(initiative: Initiative, *, actor: User, reason: str) -> None:
    """Begin the next version of an approved plan, because an outcome metric changes, which belongs to it.

    Raises DomainError where that needs a reason and none is given. Nothing while no version is frozen.
    """
    locked = Initiative.objects.select_for_update().get(pk=initiative.pk)
    plan = latest_plan(locked)
    if plan is not None and plan.is_frozen:
        _tell("plan.version_started", actor, _next_version(locked, plan, actor, reason))


def freeze_latest(initiative: Initiative, *, actor: User) -> Plan | None:
    """Freeze the newest version with a copy of the outcome metrics, on a locked initiative.

    One that is frozen already is returned as it is, unless the metrics moved since: then they make the next one.
    Without a plan, the metrics alone make version 1; without those there is nothing to freeze.
    """
    plan = latest_plan(initiative)
    metrics = [*initiative.outcome_metrics.all()]
    if plan is None and not metrics:
        return None
    if plan is None or (plan.is_frozen and _moved(plan, metrics)):
        plan = _next_version(initiative, plan, actor, METRICS_MOVED)
    if not plan.is_frozen:
        PlanMetric.objects.bulk_create([_copied(plan, metric) for metric in metrics])
        plan.frozen_at = clock.now()
        plan.save(update_fields=["frozen_at"])
        _tell("plan.frozen", actor, plan)
    return plan


def _moved(plan: Plan, metrics: Sequence[OutcomeMetric]) -> bool:
    """Whether the metrics are no longer those that a frozen version kept."""
    kept = {copy.metric: [getattr(copy, name) for name in COPIED] for copy in plan.metrics.all()}
    return kept != {metric.pk: [getattr(metric, name) for name in COPIED] for metric in metrics}


def _locked(initiative: Initiative, actor: User) -> Initiative:
    """Locked before its plan, as decisions do it: a plan is either written or frozen first."""
    locked = Initiative.objects.select_for_update().get(pk=initiative.pk)
    if not can_edit(actor, locked):
        raise PermissionDenied(REFUSAL)
    if locked.stage in ENDED or locked.is_off_register:
        raise DomainError("This initiative has ended; its plan stays as it was.")
    return locked


def _next_version(initiative: Initiative, before: Plan | None, actor: User, reason: str) -> Plan:
    if before is not None and not reason.strip():
        raise DomainError(UNSAID, field="reason")
    now = clock.now()
    plan = Plan(
        initiative=initiative,
        number=before.number + 1 if before else 1,
        reason=reason.strip() if before else "",
        written_by=actor,
        written_at=now,
        changed_at=now,
        **{name: getattr(before, name, None) for name in DAYS},
    )
    plan.full_clean(exclude=["initiative", "written_by"], validate_constraints=False)
    plan.save()
    lines = [*before.lines.all()] if before else []
    PlanLine.objects.bulk_create(
        PlanLine(plan=plan, month=line.month, kind=line.kind, amount=line.amount) for line in lines
    )
    return plan


def _copied(plan: Plan, metric: OutcomeMetric) -> PlanMetric:
    return PlanMetric(plan=plan, metric=metric.pk, **{name: getattr(metric, name) for name in COPIED})


def _changed_amounts(plan: Plan | None, amounts: Wanted, seen: Seen) -> dict[tuple[date, str], Decimal | None]:
    """Of the cells wanted, those to be written."""
    present = cells_of(plan.lines.all()) if plan else {}
    touched = {cell: to for cell, to in amounts.items() if cell not in seen.amounts or seen.amounts[cell] != to}
    now = {called(*cell): present.get(cell) for cell in touched}
    refuse_conflicts(
        seen={called(*cell): value for cell, value in seen.amounts.items()},
        present=now,
        wanted={called(*cell): to for cell, to in touched.items()},
    )
    return {cell: to for cell, to in touched.items() if present.get(cell) != to}


def _changed_days(plan: Plan | None, days: Mapping[str, date | None], seen: Seen) -> dict[str, date | None]:
    touched = {name: to for name, to in days.items() if name not in seen.days or seen.days[name] != to}
    present = {name: getattr(plan, name, None) for name in touched}
    refuse_conflicts(seen=seen.days, present=present, wanted=touched)
    return {name: to for name, to in touched.items() if present[name] != to}


def called(month: date, kind: str) -> str:
    """How a cell is called in forms and where two people changed it."""
    return f"{month:%Y-%m}-{kind}"


def _write_lines(plan: Plan, changes: Mapping[tuple[date, str], Decimal | None]) -> None:
    kept = {(line.month, line.kind): line for line in plan.lines.all()}
    gone = [kept[cell].pk for cell, to in changes.items() if to is None and cell in kept]
    new: list[PlanLine] = []
    changed: list[PlanLine] = []
    for (month, kind), to in changes.items():
        if to is None:
            continue
        line = kept.get((month, kind)) or PlanLine(plan=plan, month=month, kind=kind)
        line.amount = to
        _check_line(line)
        (changed if line.pk else new).append(line)
    PlanLine.objects.filter(pk__in=gone).delete()
    PlanLine.objects.bulk_create(new)
    PlanLine.objects.bulk_update(changed, ["amount"])
    # What was read before the change would tell the old amounts.
    plan.__dict__.pop("_prefetched_objects_cache", None)
    _check_span(plan)


def _check_line(line: PlanLine) -> None:
    try:
        line.clean_fields(exclude=["plan"])
    except ValidationError as error:
        told = "; ".join(error.messages)
        raise ValidationError({called(line.month, line.kind): f"{line}: {told}"}) from error
    if line.month.day != 1:
        raise ValidationError(f"{line}: a month is given as its first day.")


def _check_span(plan: Plan) -> None:
    months = [*plan.lines.values_list("month", flat=True).order_by("month")]
    if months and len(months_from(months[0], months[-1])) > MOST_MONTHS:
        raise ValidationError(f"A plan holds at most {MOST_MONTHS} months, from its first to its last amount.")


def _check_days(plan: Plan) -> None:
    if plan.starts_on and plan.in_use_on and plan.in_use_on < plan.starts_on:
        raise ValidationError({"in_use_on": "This is before the work begins."})


def _tell(kind: str, actor: User, plan: Plan, **more: Any) -> None:
    touch([plan.initiative_id])
    publish(kind, actor=actor, initiative=plan.initiative_id, plan=plan, **more)
