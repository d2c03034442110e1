"""Durability in the demonstration: outcomes that held, decayed, and were not measured again; baselines confirmed."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from aiso import clock
from aiso.accounts.models import User
from portfolio.models import OutcomeMetric, Stage, StageChange
from stagegates.models import GateReview

from ..actions.baselines import confirm_baseline
from ..actions.measure import confirm_measurement, record_measurement
from ..actions.schedule_checks import schedule_all_checks
from ..permissions import can_answer_measurement, can_confirm_baseline
from .ledger import MONTHS

METHOD = "Same report as the baseline, mean over the month."
# The way from baseline to target when it is measured again after six months.
FADED = Decimal("0.10")
MOST = 18


def tell_of_lasting_outcomes(people: Mapping[str, User]) -> None:
    """Confirm two of three baselines, launch pilots that claim a benefit and are not under review, and measure every
    other one again; the rest is overdue.
    """
    finance = people["finance-controller"]
    metrics = OutcomeMetric.objects.filter(baseline__isnull=False, initiative__business_owner__is_active=True)
    found = [*metrics.select_related("initiative__business_owner").order_by("pk")]
    for number, metric in enumerate(found[:MOST]):
        if number % 3 and metric.initiative.stage != Stage.INTAKE and can_confirm_baseline(finance, metric):
            confirm_baseline(metric, actor=finance)
    reviewed = GateReview.objects.open().values_list("initiative", flat=True)
    pilots = [each for each in found if each.initiative.stage == Stage.PILOT and each.ledger_entries.exists()]
    launch = clock.months_later(clock.today().replace(day=1), -MONTHS - 3) + timedelta(days=5)
    for number, metric in enumerate(each for each in pilots if each.initiative_id not in {*reviewed}):
        _launch(metric, launch, people["office-lead"])
        if number % 2 == 0:
            _measure(metric, clock.months_later(launch, 6) + timedelta(days=3), finance)
    schedule_all_checks()


def _launch(metric: OutcomeMetric, launch: date, office: User) -> None:
    StageChange.objects.create(
        initiative=metric.initiative,
        stage=Stage.LIMITED_ROLLOUT,
        changed_on=launch,
        source=StageChange.Source.OPENING,
        recorded_by=office,
    )
    metric.initiative.refresh_from_db()


def _measure(metric: OutcomeMetric, day: date, finance: User) -> None:
    owner = metric.initiative.business_owner
    if owner is None or metric.baseline is None or metric.target is None:
        return
    if metric.baseline_on and day < metric.baseline_on:
        return
    value = (metric.baseline + (metric.target - metric.baseline) * FADED).quantize(Decimal("0.01"))
    measured = record_measurement(metric, actor=owner, value=value, measured_on=day, method=METHOD)
    if can_answer_measurement(finance, measured):
        confirm_measurement(measured, actor=finance)
