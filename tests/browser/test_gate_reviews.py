"""A gate review in a real browser: open it, fill its evidence in place, submit it; light, dark and on a phone."""

import re

import pytest

from portfolio.models import Stage
from portfolio.models.risk import RiskTier
from stagegates.actions.open_review import open_review
from stagegates.models import Evidence, GateReview

from ..factories import make_initiative
from .conftest import LOOKS, axe_findings, overflow


@pytest.fixture
def initiative(business_owner, technical_owner, risk_owner):
    return make_initiative(
        "Pumps",
        stage=Stage.DISCOVERY,
        owner=business_owner,
        technical_owner=technical_owner,
        risk_owner=risk_owner,
        risk_tier=RiskTier.MODERATE,
    )


def test_a_review_is_opened_filled_and_submitted(visit, initiative, business_owner):
    page = visit(initiative.get_absolute_url(), as_=business_owner)
    page.get_by_role("link", name="Open review").click()
    page.get_by_label("What is asked").fill("Build the first line")
    page.get_by_role("button", name="Open review").click()
    page.get_by_text("0 of 3 requirements are met").wait_for()

    for text in ("Enough clean production data", "It is known where the data comes from"):
        page.get_by_role("link", name=re.compile(f"Add ?: {text}")).click()
        form = page.locator("form.give")
        form.get_by_label("or link").fill("ftp://files.example.org")
        form.get_by_role("button", name="Give evidence").click()
        form.get_by_text("begins with https://").first.wait_for()
        form.get_by_label("or link").fill("https://files.example.org/profile")
        form.get_by_role("button", name="Give evidence").click()
        form.wait_for(state="detached")
    page.get_by_text("2 of 3 requirements are met").wait_for()
    page.get_by_role("link", name=re.compile("Answer ?: Every data set")).click()
    page.locator("form.give").get_by_label("Answer").fill("Kim owns the logs.")
    page.locator("form.give").get_by_role("button", name="Give evidence").click()

    page.get_by_role("button", name="Submit for decision").click()
    page.get_by_text("Submitted on").wait_for()
    assert GateReview.objects.get().is_ready
    assert Evidence.objects.count() == 3


@pytest.mark.parametrize(("on", "theme"), LOOKS)
def test_the_pages_of_reviews_are_for_everyone(visit, initiative, business_owner, on, theme):
    review = open_review(initiative, actor=business_owner, ask="Build it")

    for address in (review.get_absolute_url(), "/reviews/", f"{initiative.get_absolute_url()}gates/"):
        page = visit(address, as_=business_owner, on=on, theme=theme)
        assert axe_findings(page) == []
        assert overflow(page) == 0
