"""Scorecards of the demonstration: metrics in several categories, on target, off target, and not measured for long."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from aiso import clock
from aiso.accounts.models import User
from portfolio.actions.measure_outcomes import add_outcome_metric
from portfolio.actions.record_readings import record_reading
from portfolio.models import Initiative, OutcomeMetric
from portfolio.models.stage import IN_PRODUCTION, Stage
from portfolio.plans import latest_plan

from ..actions.measure import record_measurement
from ..kept.recompute import recompute_marked

Category, DOWN, UP = OutcomeMetric.Category, OutcomeMetric.Direction.DOWN, OutcomeMetric.Direction.UP
# Category, name, unit, direction, baseline, target, values of the last months (the latest last), days since the latest.
METRICS = (
    (Category.MODEL_QUALITY, "Answers that an expert calls right", "%", UP, 81, 92, (84, 88, 91, 93), 9),
    (Category.PLATFORM_RELIABILITY, "Answer within two seconds", "% of calls", UP, 90, 99, (97, 99, 96, 95), 6),
    (Category.PROCESS_EFFICIENCY, "Handling time of a case", "minutes", DOWN, 34, 20, (31, 28, 26), 12),
    (Category.ADOPTION_HEALTH, "Teams that work without the old form", "teams", UP, 0, 12, (3, 5), 130),
    (Category.MODEL_QUALITY, "Answers without a source", "%", DOWN, 22, 5, (19, 20), 17),
)
# How many of them each initiative tells.
TOLD = (5, 3, 2, 4, 1, 2)
METHOD = "Sample of 200 cases, looked at by two people who do not know which system answered."
APART = timedelta(days=30)
WEEKS = 4


def tell_of_scorecards(people: Mapping[str, User]) -> None:
    """Of some initiatives from pilot on that have an owner, with readings of a decision of each."""
    stages = (Stage.PILOT, *IN_PRODUCTION)
    rows = Initiative.objects.on_register().filter(stage__in=stages, outcome_metrics__isnull=False)
    owned = rows.filter(business_owner__is_active=True).distinct().order_by("pk")[: len(TOLD)]
    for place, initiative in enumerate(owned):
        for metric in METRICS[: TOLD[place]]:
            _tell(initiative, people["office-lead"], *metric)
        _decide(initiative, people["office-lead"], place)
    recompute_marked()


def _tell(
    initiative: Initiative,
    office: User,
    category: str,
    name: str,
    unit: str,
    direction: str,
    baseline: int,
    target: int,
    values: tuple[int, ...],
    back: int,
) -> None:
    latest, owner = clock.today() - timedelta(days=back), initiative.business_owner
    plan = latest_plan(initiative)
    metric = add_outcome_metric(
        initiative,
        actor=office,
        reason="The scorecard asks for it." if plan and plan.is_frozen else "",
        name=name,
        unit=unit,
        direction=direction,
        category=category,
        baseline=Decimal(baseline),
        baseline_on=latest - APART * (len(values) + 1),
        baseline_source="Invented: sample before the pilot",
        target=Decimal(target),
    )
    for step, value in enumerate(values):
        day = latest - APART * (len(values) - 1 - step)
        record_measurement(metric, actor=owner or office, value=Decimal(value), measured_on=day, method=METHOD)


def _decide(initiative: Initiative, office: User, place: int) -> None:
    """Weeks of one decision, with ever fewer that people decide otherwise."""
    decision = initiative.decision_classes.filter(readings=None).first()
    if decision is None:
        return
    for week in range(WEEKS):
        last = clock.today() - timedelta(days=7 * (WEEKS - 1 - week) + 2)
        record_reading(
            decision,
            actor=office,
            first_day=last - timedelta(days=6),
            last_day=last,
            volume=420 + 30 * week,
            overrides=22 - 5 * week,
            errors=3 + place % 2,
        )
