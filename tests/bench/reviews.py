"""The page of a gate review, with sign-offs that are open, whatever the size of the register."""

from django.test import Client

from aiso.accounts.models import User
from portfolio.models.risk import RiskTier
from stagegates.actions.open_review import open_review
from stagegates.models import GateReview
from tests.factories import make_decision, make_initiative

from .measure import Ask

# Reviews that are looked at in turn, of the most that a gate asks: critical risk at production fit.
REVIEWS = 20


def review_asks() -> dict[str, Ask]:
    """The page and the list, as the office."""
    office = User.objects.get(email="office@example.org")
    reviews = [make_review(office) for _ in range(REVIEWS)]
    client = Client()
    client.force_login(office)
    return {
        "gate review": lambda n: client.get(f"/reviews/{reviews[n % REVIEWS].pk}/"),
        "gate reviews": lambda n: client.get("/reviews/"),
    }


def make_review(office: User) -> GateReview:
    initiative = make_initiative(
        unit=office.unit, stage="pilot", owner=office, technical_owner=office, risk_owner=office,
        risk_tier=RiskTier.CRITICAL,
    )  # fmt: skip
    make_decision(initiative)
    return open_review(initiative, actor=office, ask="Go live in one region.")
