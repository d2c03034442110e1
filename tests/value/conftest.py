from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from aiso import clock
from portfolio.models import Initiative, OutcomeMetric
from tests.factories import make_initiative
from value import tasks
from value.actions.catalogue import add_catalogue_metric, approve_unit_value, match_metric
from value.actions.measure import record_measurement
from value.kept import asking
from value.models import CatalogueMetric, Measurement

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
DAY = date(2026, 6, 10)


@pytest.fixture(autouse=True)
def at_noon():
    with clock.fixed_at(NOON):
        yield


@pytest.fixture
def initiative(business_owner) -> Initiative:
    return make_initiative(owner=business_owner)


@pytest.fixture
def metric(initiative) -> OutcomeMetric:
    """From 14 down to 9 stops a month."""
    return OutcomeMetric.objects.create(
        initiative=initiative,
        name="Stops a month",
        unit="stops",
        direction="down",
        baseline=Decimal(14),
        baseline_on=date(2026, 3, 3),
        baseline_source="maintenance log",
        target=Decimal(9),
    )


@pytest.fixture
def measurement(metric, business_owner) -> Measurement:
    return record_measurement(
        metric, actor=business_owner, value=Decimal(12), measured_on=DAY, method="Log of the month"
    )


@pytest.fixture
def hours(office_lead, finance_controller) -> CatalogueMetric:
    """Hours saved, of which finance says that one is worth 40 € of freed capacity."""
    found = add_catalogue_metric(actor=office_lead, name="Hours saved", unit="hours", direction="up")
    approve_unit_value(
        found,
        actor=finance_controller,
        amount=Decimal(40),
        benefit_type="capacity",
        starts_on=date(2026, 1, 1),
        method="Mean cost of an hour in the units concerned, without overheads.",
        evidence="Controlling, cost rates of 2026",
    )
    return found


@pytest.fixture
def saved(initiative, hours, business_owner) -> OutcomeMetric:
    """An outcome metric that is the catalogue's hours."""
    found = OutcomeMetric.objects.create(
        initiative=initiative, name="Hours saved a month", unit="hours", direction="up"
    )
    match_metric(found, hours, actor=business_owner)
    return found


@pytest.fixture
def asked(monkeypatch) -> list[list[str]]:
    """What the background is asked for, where all is too much to be counted at once."""
    sent: list[list[str]] = []
    monkeypatch.setattr(asking, "AT_ONCE", -1)
    monkeypatch.setattr(tasks.look_back, "apply_async", lambda told, **options: sent.append(told))
    return sent
