"""An initiative in pilot with its three owners, and a decision that the tests let surface."""

from datetime import timedelta

import pytest

from aiso import clock
from portfolio.models import DecisionClass, Initiative
from tests.factories import make_decision, make_initiative


@pytest.fixture
def initiative(business_owner, technical_owner, risk_owner) -> Initiative:
    since = clock.today() - timedelta(days=74)
    return make_initiative(
        "Case handling",
        stage="pilot",
        since=since,
        owner=business_owner,
        technical_owner=technical_owner,
        risk_owner=risk_owner,
    )


@pytest.fixture
def surfaced(initiative) -> DecisionClass:
    return make_decision(initiative, "Close a case", cost_of_error="high", volume_per_week=400)


@pytest.fixture
def delegated(initiative) -> DecisionClass:
    return make_decision(initiative, "Sort the mail", volume_per_week=900)
