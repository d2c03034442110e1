"""Durability in the demonstration: outcomes that held, decayed, and were not measured again; baselines confirmed."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from aiso import clock
from aiso.accounts.models import User
from portfolio.models import OutcomeMetric, Stage, StageChange

from ..actions.baselines import confirm_baseline
from ..actions.measure import confirm_measurement, record_measurement
from ..actions.schedule_checks import schedule_all_checks
from ..permissions import can_answer_measurement, can_confirm_baseline

METHOD = "Same report as the baseline, mean over the month."
# Days before today: the launch, and what is measured after its first check was due.
LAUNCHED, AGAIN = 190, (95, 60)
# The way from baseline to target, measured again: one outcome holds, one is left to be overdue, one decays.
WAYS = (("0.40", "0.40"), (), ("0.60", "0.35"))
MOST = 18


def tell_of_lasting_outcomes(people: Mapping[str, User]) -> None:
    """Confirm two of three baselines, launch the first pilots that claim a benefit, and measure some of them again."""
    finance = people["finance-controller"]
    metrics = OutcomeMetric.objects.filter(baseline__isnull=False, initiative__business_owner__is_active=True)
    found = [*metrics.select_related("initiative__business_owner").order_by("pk")]
    for number, metric in enumerate(found[:MOST]):
        if number % 3 and metric.initiative.stage != Stage.INTAKE and can_confirm_baseline(finance, metric):
            confirm_baseline(metric, actor=finance)
    pilots = [each for each in found if each.initiative.stage == Stage.PILOT and each.ledger_entries.exists()]
    for metric, ways in zip(pilots, WAYS, strict=False):
        _launch(metric, people["office-lead"])
        for days, way in zip(AGAIN, ways, strict=False):
            _measure(metric, days, Decimal(way), finance)
    schedule_all_checks()


def _launch(metric: OutcomeMetric, office: User) -> None:
    StageChange.objects.create(
        initiative=metric.initiative,
        stage=Stage.LIMITED_ROLLOUT,
        changed_on=clock.today() - timedelta(days=LAUNCHED),
        source=StageChange.Source.OPENING,
        recorded_by=office,
    )
    metric.initiative.refresh_from_db()


def _measure(metric: OutcomeMetric, days: int, way: Decimal, finance: User) -> None:
    day, owner = clock.today() - timedelta(days=days), metric.initiative.business_owner
    if owner is None or metric.baseline is None or metric.target is None:
        return
    if metric.baseline_on and day < metric.baseline_on:
        return
    value = (metric.baseline + (metric.target - metric.baseline) * way).quantize(Decimal("0.01"))
    measured = record_measurement(metric, actor=owner, value=value, measured_on=day, method=METHOD)
    if can_answer_measurement(finance, measured):
        confirm_measurement(measured, actor=finance)
