"""The plan as approved against the plan as it is now (DESIGN §4)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from aiso.accounts.models import User
from aiso.web import figures
from portfolio.actions.write_plan import freeze_latest
from portfolio.models import Initiative, OutcomeMetric, Plan, PlanKind, PlanMetric
from portfolio.models.plan import BENEFITS
from portfolio.plans import PlanFigures, cells_of, figures_of

from .models import ApprovedPlan, Decision

type Value = Decimal | date | None


@dataclass(frozen=True)
class Compared:
    """One figure of the plan, as approved and now; None is not planned. `unit` is empty for dates and for money,
    which is in the reporting currency.
    """

    label: str
    unit: str
    approved: Value
    now: Value
    is_money: bool = False
    is_month: bool = False

    @property
    def is_changed(self) -> bool:
        return self.approved != self.now

    @property
    def told_approved(self) -> str:
        return self._told(self.approved)

    @property
    def told_now(self) -> str:
        return self._told(self.now)

    def _told(self, value: Value) -> str:
        if value is None:
            return "none"
        if isinstance(value, date):
            return f"{value:%b %Y}" if self.is_month else figures.day(value)
        return figures.exact_money(value) if self.is_money else figures.measured(value)


@dataclass(frozen=True)
class Approval:
    """What was approved last of one initiative, what is planned now, and the versions written since."""

    decision: Decision
    plan: Plan
    now: Plan
    later: list[Plan]
    rows: list[Compared] = field(default_factory=list)

    def rows_for(self, *, sees_money: bool) -> list[Compared]:
        """What a reader may see of it."""
        return [row for row in self.rows if sees_money or not row.is_money]


def freeze_plan(decision: Decision, *, actor: User) -> ApprovedPlan | None:
    """Freeze the plan that an approving decision approves, on a locked initiative; nothing for other outcomes, and
    for an initiative that has neither plan nor metric.
    """
    if not decision.is_approving:
        return None
    plan = freeze_latest(decision.initiative, actor=actor)
    return ApprovedPlan.objects.create(decision=decision, plan=plan) if plan else None


def against_now(initiatives: Sequence[Initiative]) -> dict[int, list[Compared]]:
    """Each figure as approved and now, by the initiative's id; empty where no plan was approved. Five queries."""
    found = approvals_of(initiatives)
    return {each.pk: found[each.pk].rows if each.pk in found else [] for each in initiatives}


def approvals_of(initiatives: Sequence[Initiative]) -> dict[int, Approval]:
    """What was approved last, by the initiative's id, of those that have an approved plan. Five queries."""
    ids = [each.pk for each in initiatives]
    approved = ApprovedPlan.objects.filter(plan__initiative__in=ids).newest()
    rows = [*approved.select_related("plan", "decision__body")]
    versions = _since(rows)
    metrics = _by(OutcomeMetric.objects.filter(initiative__in=versions), "initiative_id")
    copies = _by(PlanMetric.objects.filter(plan__in=[row.plan_id for row in rows]), "plan_id")
    return {pk: _approval(row, versions[pk], copies, metrics) for row in rows for pk in [row.plan.initiative_id]}


def _since(rows: Sequence[ApprovedPlan]) -> dict[int, list[Plan]]:
    """The versions from the approved one on, the oldest first, by initiative. Two queries."""
    numbers = {row.plan.initiative_id: row.plan.number for row in rows}
    plans = Plan.objects.filter(initiative__in=numbers).select_related("written_by").prefetch_related("lines")
    found: dict[int, list[Plan]] = {pk: [] for pk in numbers}
    for plan in plans.order_by("number"):
        if plan.number >= numbers[plan.initiative_id]:
            found[plan.initiative_id].append(plan)
    return found


def _by[Row: (OutcomeMetric, PlanMetric)](rows: Iterable[Row], key: str) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found


def _approval(
    row: ApprovedPlan,
    versions: Sequence[Plan],
    copies: Mapping[int, list[PlanMetric]],
    metrics: Mapping[int, list[OutcomeMetric]],
) -> Approval:
    approved, *later = versions
    now = later[-1] if later else approved
    before = {copy.metric: copy for copy in copies.get(approved.pk, ())}
    present = {metric.pk: metric for metric in metrics.get(approved.initiative_id, ())}
    rows = [*_metric_rows(before, present), *_money_rows(_figures(approved), _figures(now)), *_days(approved, now)]
    return Approval(row.decision, approved, now, [*later], rows)


def _figures(plan: Plan) -> PlanFigures:
    return figures_of(cells_of(plan.lines.all()))


def _metric_rows(before: Mapping[int, PlanMetric], present: Mapping[int, OutcomeMetric]) -> Iterable[Compared]:
    """Baseline, target and target day of each metric that was approved or is there now."""
    for pk in dict.fromkeys([*before, *present]):
        was, now = before.get(pk), present.get(pk)
        named = now or was
        assert named is not None
        for field_name, label in (("baseline", "baseline"), ("target", "target"), ("horizon_on", "target date")):
            approved, today = getattr(was, field_name, None), getattr(now, field_name, None)
            if approved is not None or today is not None:
                unit = "" if field_name == "horizon_on" else named.unit
                yield Compared(f"{named.name}, {label}", unit, approved, today)


def _money_rows(approved: PlanFigures, now: PlanFigures) -> Iterable[Compared]:
    """Each kind of benefit by itself, and both costs."""
    for kind in BENEFITS:
        if kind in approved.a_year or kind in now.a_year:
            yield _money(f"First-year benefit, {kind.label.lower()}", approved.a_year.get(kind), now.a_year.get(kind))
    build, run = PlanKind.BUILD_COST, PlanKind.RUN_COST
    if build in approved.totals or build in now.totals:
        yield _money("Build cost", approved.totals.get(build), now.totals.get(build))
    if run in approved.a_year or run in now.a_year:
        yield _money("First-year run cost", approved.a_year.get(run), now.a_year.get(run))
    for label, name in (("Benefit from", "benefit_from"), ("Built until", "built_until")):
        if getattr(approved, name) or getattr(now, name):
            yield Compared(label, "", getattr(approved, name), getattr(now, name), is_month=True, is_money=True)


def _money(label: str, approved: Decimal | None, now: Decimal | None) -> Compared:
    return Compared(label, "", approved, now, is_money=True)


def _days(approved: Plan, now: Plan) -> Iterable[Compared]:
    for name, label in (("starts_on", "Work begins"), ("in_use_on", "In use")):
        if getattr(approved, name) or getattr(now, name):
            yield Compared(label, "", getattr(approved, name), getattr(now, name))
