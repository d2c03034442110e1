"""A request that is complete, and one at each point of its way."""

import pytest

from aiso.web.forms import person_text
from portfolio.actions.intakes import ask_requester, save_answers, start_intake, submit_intake
from portfolio.models import Intake, Jurisdiction, Question
from tests.factories import make_unit


def risk_answers(**others: str) -> dict[str, str]:
    """The mildest answer to every question in force, with `others` by their full name."""
    answers = {}
    for kind, beginning in (("risk_tier", "tier-"), ("prohibited_use", "use-")):
        questions = Question.objects.filter(question_set__kind=kind, question_set__published_at__isnull=False)
        answers |= {f"{beginning}{each.code}": each.options.order_by("position").first().code for each in questions}
    return answers | others


@pytest.fixture
def unit(db):
    return make_unit("Customer service")


@pytest.fixture
def answers(unit, requester) -> dict:
    """Everything that a request needs, in the fast lane."""
    return {
        "name": "Delivery date replies",
        "business_case": "Clerks spend 30 hours a week looking dates up.",
        "summary": "Reads the request and drafts a reply with the delivery date.",
        "unit": str(unit.pk),
        "business_owner": person_text(requester),
        "outcome": "Customers get a date on the same day.",
        "users": "40 clerks",
        "is_customer_facing": "no",
        "employee_effect": "none",
        "jurisdictions": [str(Jurisdiction.objects.get(name="EU").pk)],
        "decisions": [{"name": "Find the order", "cost_of_error": "low", "reversibility": "easy"}],
        "data_sources": "Order book",
        "data_sensitivity": "internal",
        "no_tools": "on",
        "requested_amount": "30k",
        **risk_answers(),
    }


@pytest.fixture
def draft(requester) -> Intake:
    return start_intake(actor=requester)


@pytest.fixture
def ready(draft, requester, answers) -> Intake:
    return save_answers(draft, actor=requester, answers=answers)


@pytest.fixture
def submitted(ready, requester) -> Intake:
    return submit_intake(ready, actor=requester)


@pytest.fixture
def asked(submitted, office_member) -> Intake:
    ask_requester(submitted, actor=office_member, text="Which order book?")
    submitted.refresh_from_db()
    return submitted
