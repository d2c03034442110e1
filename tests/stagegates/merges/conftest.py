"""Two initiatives that are one: the first has money, decisions and things that are worked on."""

from decimal import Decimal

import pytest

from portfolio.models import Initiative, Stage
from stagegates.models import Tranche
from tests.factories import make_barrier, make_comment, make_decision, make_initiative, make_tool
from tests.stagegates.decisions.conftest import *  # noqa: F403 (fixtures of people who decide)
from tests.stagegates.funding.conftest import envelope, tranches  # noqa: F401
from tests.stagegates.funding.factories import spend


@pytest.fixture
def survivor(office_lead) -> Initiative:
    """In build, of moderate risk, owned by nobody who decides."""
    return make_initiative("Predict failures", stage=Stage.BUILD, owner=office_lead, risk_tier="moderate")


@pytest.fixture
def worked_on(initiative, survivor, technical_owner) -> Initiative:
    """The initiative with something of each kind that moves; a decision class and a tool that the survivor has too."""
    for name in ("Which part next", "When to stop"):
        make_decision(initiative, name)
    make_decision(survivor, "When to stop")
    make_barrier(initiative, technical_owner, "No access to the logs")
    make_comment(initiative, technical_owner)
    initiative.outcome_metrics.create(name="Stops", unit="a week", direction="down")
    shared = make_tool("Shared")
    initiative.tools.add(shared, make_tool("Own"))
    survivor.tools.add(shared)
    return initiative


@pytest.fixture
def funded(tranches, finance_controller) -> list[Tranche]:  # noqa: F811
    """20,000 released, of which 5,000 are spent, and 40,000 withheld."""
    spend(tranches[0], finance_controller, Decimal(5_000))
    return tranches


@pytest.fixture
def merged(initiative, survivor, chair):
    from stagegates.actions.merge import merge_into

    return merge_into(initiative, actor=chair, survivor=survivor, rationale="The same thing twice.").merge
