"""Requests by script: a complete draft in the fast lane, and one that was submitted."""

import pytest

from portfolio.models import Jurisdiction, Question
from tests.factories import make_unit

from ..conftest import Script


def mildest() -> dict[str, str]:
    """The first option of every risk question in force, and No to every prohibited use."""
    found = {}
    for of, beginning in (("risk_tier", "tier-"), ("prohibited_use", "use-")):
        questions = Question.objects.filter(question_set__kind=of, question_set__published_at__isnull=False)
        found |= {f"{beginning}{each.code}": each.options.order_by("position").first().code for each in questions}
    return found


@pytest.fixture
def answers(requester) -> dict:
    """Everything that a request needs, in the fast lane."""
    return {
        "name": "Delivery date replies",
        "business_case": "Clerks spend 30 hours a week looking dates up.",
        "summary": "Reads the request and drafts a reply with the delivery date.",
        "unit": make_unit("Customer service").pk,
        "business_owner": requester.pk,
        "outcome": "Customers get a date on the same day.",
        "users": "40 clerks",
        "is_customer_facing": "no",
        "employee_effect": "none",
        "jurisdictions": [Jurisdiction.objects.get(name="EU").pk],
        "decisions": [
            {"name": "Find the order", "volume_per_week": 900, "cost_of_error": "low", "reversibility": "easy"}
        ],
        "data_sources": "Order book",
        "data_sensitivity": "internal",
        "no_tools": True,
        "requested_amount": "30000.00",
        **mildest(),
    }


@pytest.fixture
def mine(script, requester) -> Script:
    return script(requester)


@pytest.fixture
def draft(mine, answers) -> str:
    """The address of a complete draft."""
    return str(mine.post("intakes/", {"answers": answers}).headers["Location"])


@pytest.fixture
def submitted(mine, draft) -> str:
    assert mine.post(f"{draft}submit/").status_code == 200
    return draft
