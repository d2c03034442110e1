"""Initiatives with owners, and reviews of theirs."""

from typing import Any

import pytest

from portfolio.models import Initiative, Stage
from portfolio.models.risk import RiskTier
from stagegates.actions.open_review import open_review
from stagegates.models import GateReview

from ..factories import make_initiative


@pytest.fixture
def owned(business_owner, technical_owner, risk_owner):
    """Makes initiatives that the three owners own."""

    def make(stage: Stage = Stage.DISCOVERY, tier: str = RiskTier.MODERATE, **fields: Any) -> Initiative:
        owners = {"owner": business_owner, "technical_owner": technical_owner, "risk_owner": risk_owner}
        return make_initiative(stage=stage, risk_tier=tier, **owners | fields)

    return make


@pytest.fixture
def initiative(owned) -> Initiative:
    """In discovery: data fit comes next, which asks for two documents and an answer."""
    return owned()


@pytest.fixture
def review(initiative, business_owner) -> GateReview:
    return open_review(initiative, actor=business_owner, ask="Build it")
