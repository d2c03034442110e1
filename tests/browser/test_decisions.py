"""Deciding in a real browser: votes in writing, the chair beside them, a condition settled; for everyone."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from aiso import clock
from portfolio.models import Stage
from portfolio.models.risk import RiskTier
from stagegates.actions.ballots import open_ballot
from stagegates.actions.conditions import meet_condition
from stagegates.models import Condition, Decision
from tests.factories import make_initiative, make_person
from tests.stagegates.decisions.conftest import make_review, seat

from .conftest import LOOKS, Visit, axe_findings, overflow


@pytest.fixture
def chair(transactional_db):
    return seat(make_person("Carla Chair"), "portfolio-review", "chair")


@pytest.fixture
def member(transactional_db):
    return seat(make_person("Mario Vote"), "portfolio-review")


@pytest.fixture
def review(transactional_db, business_owner, risk_owner):
    initiative = make_initiative(
        "Pumps", stage=Stage.PILOT, owner=business_owner, risk_owner=risk_owner, risk_tier=RiskTier.MODERATE
    )
    return make_review(initiative, amount=40_000, ask="Two more plants")


@pytest.fixture
def ballot(review, chair, member):
    seat(make_person("Tilda Third"), "portfolio-review")
    return open_ballot(
        review,
        actor=member,
        outcome="approve",
        rationale="The plant stands still.",
        closes_on=clock.today() + timedelta(days=3),
    )


@pytest.mark.parametrize(("on", "theme"), LOOKS)
def test_ballots_are_for_everyone(visit: Visit, ballot, chair, on, theme):
    for address in (ballot.get_absolute_url(), ballot.review.get_absolute_url(), "/decisions/"):
        page = visit(address, as_=chair, on=on, theme=theme)
        assert axe_findings(page) == [], address
        assert overflow(page) <= 0, address


def test_a_vote_against_says_why(visit: Visit, ballot, chair):
    page = visit(ballot.get_absolute_url(), as_=chair)
    page.get_by_label("Against").check()
    page.get_by_role("button", name="Vote").click()
    expect(page.locator(".errs")).to_be_focused()
    assert axe_findings(page) == []
    page.get_by_label("Reason").fill("Wait for the next meeting.")
    page.get_by_role("button", name="Vote").click()
    expect(page.locator("main")).to_contain_text("1 against")
    assert axe_findings(page) == []


def test_the_chair_may_decide_beside_a_ballot(visit: Visit, ballot, chair):
    page = visit(ballot.review.get_absolute_url(), as_=chair)
    expect(page.get_by_role("button", name="Record the decision")).to_be_hidden()
    page.get_by_text("Decide without waiting for the votes").click()
    page.get_by_text("Approve with conditions").click()
    page.get_by_label("Condition 1").fill("Show the fallback.")
    page.get_by_label("Rationale").fill("It cannot wait.")
    page.get_by_role("button", name="Record the decision").click()
    expect(page.locator(".errs")).to_contain_text("Say by when.")
    assert axe_findings(page) == []
    assert not Decision.objects.exists()


@pytest.mark.parametrize(("on", "theme"), LOOKS)
def test_a_condition_is_settled(visit: Visit, review, business_owner, risk_owner, chair, on, theme):
    page = visit(review.get_absolute_url(), as_=chair, on=on, theme=theme)
    page.get_by_text("Approve with conditions").click()
    page.get_by_label("Condition 1").fill("Show the fallback.")
    page.get_by_label("Seen to by").first.fill(risk_owner.email)
    page.locator("#id_condition-0-due_on").fill(str(clock.today() + timedelta(days=9)))
    page.get_by_label("Rationale").fill("It is worth it.")
    page.get_by_role("button", name="Record the decision").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Approved with conditions: ")
    condition = Condition.objects.get()
    meet_condition(condition, actor=risk_owner, note="Tried on Monday.")

    page.goto(condition.get_absolute_url())
    assert axe_findings(page) == []
    assert overflow(page) <= 0
    page.get_by_text("It is not met").first.click()
    page.locator("details[open]").get_by_role("button", name="It is not met").click()
    page.locator("details[open]").get_by_label("Why").fill("Tried without load.")
    page.locator("details[open]").get_by_role("button", name="It is not met").click()
    expect(page.locator("main")).to_contain_text("Tried without load.")
