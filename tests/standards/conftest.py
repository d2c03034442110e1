"""An initiative at low risk, whose business owner answers, and the shipped privacy assessment."""

import pytest

from portfolio.models import Initiative
from standards.actions.answer_checklist import answer_checklist
from standards.models import Standard
from standards.sheets import Line, Sheet, sheet_of
from tests.factories import make_initiative

PRIVACY = "privacy-assessment"
# What the system knows of it, and answers to the rest of the six questions that low risk is asked.
KNOWN = {"data_sensitivity": "internal"}
ANSWERS = {"in-prompts": "no", "purpose-fits": "yes", "retention": "90", "training-use": "yes"}


@pytest.fixture
def initiative(business_owner, technical_owner, risk_owner) -> Initiative:
    owners = {"owner": business_owner, "technical_owner": technical_owner, "risk_owner": risk_owner}
    return make_initiative("Delivery dates", stage="build", risk_tier="low", **owners, **KNOWN)


@pytest.fixture
def privacy(db) -> Standard:
    return Standard.objects.get(slug=PRIVACY)


def values(**answers: str) -> dict[tuple[str, str], str]:
    """Answers by code with underscores for dashes, as the action takes them."""
    return {(code.replace("_", "-"), "value"): value for code, value in answers.items()}


def answered(initiative, standard, actor, answers=ANSWERS) -> Sheet:
    answer_checklist(
        initiative, standard, actor=actor, answers={(code, "value"): each for code, each in answers.items()}
    )
    return sheet(initiative, standard)


def sheet(initiative, standard) -> Sheet:
    found = sheet_of(initiative, standard)
    assert found is not None
    return found


def line(initiative, standard, code) -> Line:
    found = sheet(initiative, standard).line(code)
    assert found is not None
    return found
