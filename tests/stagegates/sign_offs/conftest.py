import pytest

from aiso import clock
from portfolio.models import Stage
from tests.api.conftest import Script, make_api_token
from tests.factories import make_initiative

from .factories import MONDAY


@pytest.fixture
def monday():
    """Holds the clock at a Monday morning."""
    with clock.fixed_at(MONDAY):
        yield MONDAY


@pytest.fixture
def initiative(db, monday, business_owner, technical_owner, risk_owner):
    return make_initiative(
        "Predictive maintenance",
        stage=Stage.PILOT,
        owner=business_owner,
        technical_owner=technical_owner,
        risk_owner=risk_owner,
        summary="Finds pumps that will fail.",
        data_sensitivity="internal",
        employee_effect="assists",
        is_customer_facing=False,
        risk_tier="",
    )


@pytest.fixture
def script():
    """Asks the API as somebody: `script(person).get("sign-offs/")`."""

    def asks_as(person):
        return Script(make_api_token(person)[1])

    return asks_as
