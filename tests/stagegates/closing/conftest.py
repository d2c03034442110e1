"""Initiatives that ended."""

import pytest

from portfolio.models import Initiative, Stage
from stagegates.actions.decide import decide_initiative
from stagegates.models import Closure
from tests.factories import learnt, make_initiative
from tests.stagegates.funding.conftest import *  # noqa: F403 (fixtures of people who decide, and of money)


def end(initiative: Initiative, actor, **more) -> Closure:
    told = {"outcome": "terminate", "rationale": "No value path."} | learnt() | more
    return decide_initiative(initiative, actor=actor, **told).closure


@pytest.fixture
def in_use(business_owner, technical_owner) -> Initiative:
    """At scale, without a risk owner."""
    return make_initiative(
        "Claims triage", stage=Stage.SCALE, owner=business_owner, technical_owner=technical_owner, risk_tier="low"
    )


@pytest.fixture
def ended(in_use, chair) -> Closure:
    return end(in_use, chair)
