"""Money that was approved, some of it released."""

from decimal import Decimal

import pytest

from portfolio.models import Initiative
from stagegates.models import Envelope, Tranche
from tests.factories import fund
from tests.stagegates.decisions.conftest import *  # noqa: F403 (fixtures of people who decide)

from .factories import approved


@pytest.fixture
def envelope(initiative: Initiative) -> Envelope:
    """Of 500,000, whatever asked for money before."""
    envelope = fund(initiative)
    Envelope.objects.filter(pk=envelope.pk).update(amount=500_000)
    envelope.refresh_from_db()
    return envelope


@pytest.fixture
def tranches(review, envelope, chair, technical_owner) -> list[Tranche]:
    """20,000 released and 40,000 withheld, of an envelope of 500,000."""
    return approved(review, chair, technical_owner, release_now=Decimal(20_000))


@pytest.fixture
def released(tranches) -> Tranche:
    return tranches[0]


@pytest.fixture
def withheld(tranches) -> Tranche:
    return tranches[1]
