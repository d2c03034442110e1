from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aiso import clock
from aiso.accounts.models import User
from portfolio.actions.report_incidents import report_incident
from portfolio.models import DecisionClass, Incident, Initiative
from tests.factories import make_decision, make_initiative

# A Tuesday, after the rules that the migrations shipped began to hold.
NOON = datetime(2027, 6, 15, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_noon():
    with clock.fixed_at(NOON):
        yield


@pytest.fixture
def initiative(business_owner, technical_owner, risk_owner) -> Initiative:
    return make_initiative(
        "Invoice routing", stage="pilot", owner=business_owner, technical_owner=technical_owner, risk_owner=risk_owner
    )


@pytest.fixture
def decision(initiative) -> DecisionClass:
    return make_decision(initiative, "Which team gets an invoice")


@pytest.fixture
def told(technical_owner) -> dict[str, Any]:
    """What a report says beside its severity."""
    return {
        "title": "Invoices went to the wrong team",
        "what_happened": "Since the release of Monday, one invoice in five.",
        "happened_at": NOON - timedelta(hours=6),
        "detected_at": NOON - timedelta(hours=1),
        "detection": "user",
        "support_owner": technical_owner,
    }


@pytest.fixture
def report(initiative, business_owner, told):
    """`report("severe", decisions=[...])`, by its business owner."""

    def deed(severity: str = "major", actor: User | None = None, **more: Any) -> Incident:
        return report_incident(initiative, actor=actor or business_owner, severity=severity, **told | more)

    return deed


@pytest.fixture
def incident(report) -> Incident:
    return report()
