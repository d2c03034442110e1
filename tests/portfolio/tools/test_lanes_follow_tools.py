"""The lanes of initiatives follow what is said of their tools, at once and over night."""

from datetime import timedelta
from decimal import Decimal

import pytest

from aiso import clock
from portfolio import tasks
from portfolio.actions.conclude_lanes import conclude_lanes
from portfolio.actions.keep_tools import clear_tool
from portfolio.models import Initiative, Tool
from tests.factories import make_decision, make_initiative, make_tool
from tests.portfolio.initiative.forms import events

pytestmark = pytest.mark.django_db
SIMPLE = {
    "risk_tier": "low",
    "is_rights_impacting": False,
    "is_safety_impacting": False,
    "is_customer_facing": False,
    "employee_effect": "none",
    "data_sensitivity": "internal",
    "requested_amount": Decimal(10_000),
}


@pytest.fixture
def tool(db) -> Tool:
    return make_tool("Gateway")


@pytest.fixture
def simple(tool) -> Initiative:
    """In the fast lane, with one tool."""
    initiative = make_initiative("Simple", **SIMPLE)
    initiative.tools.add(tool)
    make_decision(initiative)
    conclude_lanes([initiative.pk])
    return initiative


def lane(initiative: Initiative) -> tuple[str, str]:
    initiative.refresh_from_db()
    return (initiative.lane, initiative.lane_decided_by)


def test_a_refusal_leads_to_the_full_lane_and_back(simple, tool, office_lead):
    other = make_initiative("Not using it", **SIMPLE)
    assert lane(simple) == ("fast", "")

    clear_tool(tool, actor=office_lead, function="legal", status="refused", note="No contract.")
    for _ in range(2):
        tasks.conclude_lanes_of_tool(events("tool.cleared")[-1].pk)
    assert lane(simple) == ("full", "tools")
    assert lane(other) == ("full", "")

    clear_tool(tool, actor=office_lead, function="legal", status="approved")
    tasks.conclude_lanes_of_tool(events("tool.cleared")[-1].pk)
    assert lane(simple) == ("fast", "")


def test_the_event_has_its_task(simple, tool, office_lead):
    """An event that somebody listens to waits for the relay."""
    clear_tool(tool, actor=office_lead, function="legal", status="in_review")

    assert events("tool.cleared")[0].relayed_at is None


def test_an_approval_that_ends_counts_from_the_next_day(simple, tool):
    last = clock.today() + timedelta(days=3)
    tool.clearances.filter(function="legal").update(expires_on=last)
    tool.clearances.update(decided_on=clock.today() - timedelta(days=90))

    def night(day) -> tuple[str, str]:
        with clock.fixed_at(clock.now() + (day - clock.today())):
            tasks.conclude_lanes_of_the_night()
            tasks.conclude_lanes_of_the_night()
        return lane(simple)

    assert night(last) == ("fast", "")
    assert night(last + timedelta(days=1)) == ("full", "tools")


def test_nights_without_a_worker_are_made_up_for(simple, tool):
    tool.clearances.update(
        decided_on=clock.today() - timedelta(days=90), expires_on=clock.today() - timedelta(days=tasks.NIGHTS)
    )

    tasks.conclude_lanes_of_the_night()

    assert lane(simple) == ("full", "tools")


def test_one_in_the_full_lane_for_no_reason_is_concluded(db):
    initiative = make_initiative(**SIMPLE)

    tasks.conclude_lanes_of_the_night()

    assert lane(initiative) == ("full", "decisions")
