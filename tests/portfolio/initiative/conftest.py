"""An initiative with its owner, and requests as htmx makes them."""

from datetime import timedelta

import pytest

from aiso import clock
from portfolio.models import Initiative
from tests.factories import make_initiative


@pytest.fixture
def initiative(business_owner, technical_owner) -> Initiative:
    """In pilot for 74 days, owned in the business and in technology, by nobody for its risk."""
    since = clock.today() - timedelta(days=74)
    return make_initiative(
        "Predictive maintenance", stage="pilot", since=since, owner=business_owner, technical_owner=technical_owner
    )


@pytest.fixture
def secret(initiative: Initiative) -> Initiative:
    """The same initiative, which only its owners and the office see."""
    initiative.is_confidential = True
    initiative.save(update_fields=["is_confidential"])
    return initiative
