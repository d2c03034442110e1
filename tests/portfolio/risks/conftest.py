from datetime import UTC, date, datetime

import pytest

from aiso import clock
from portfolio.models import Initiative, Risk
from tests.factories import make_initiative, make_risk

# After the rules that the migrations shipped began to hold.
NOON = datetime(2027, 6, 15, 12, tzinfo=UTC)
TODAY = date(2027, 6, 15)


@pytest.fixture(autouse=True)
def _at_noon():
    with clock.fixed_at(NOON):
        yield


@pytest.fixture
def initiative(business_owner, risk_owner) -> Initiative:
    return make_initiative("Predictive maintenance", stage="pilot", owner=business_owner, risk_owner=risk_owner)


@pytest.fixture
def risk(initiative, technical_owner) -> Risk:
    """Within appetite after treatment: 2 × 3."""
    return make_risk(initiative, technical_owner, "Wrong orders")


@pytest.fixture
def grave(initiative, technical_owner) -> Risk:
    """Above appetite after treatment: 4 × 5."""
    levels = {"likelihood": 5, "impact": 5, "residual_likelihood": 4, "residual_impact": 5}
    return make_risk(initiative, technical_owner, "Hurt people", **levels)
