"""All of it in the pages: a review is opened and evidenced, two functions sign, an answer changes, one seal breaks."""

import re

import pytest
from playwright.sync_api import Page, expect

from aiso.accounts.models import Role
from aiso.events.models import Event
from portfolio.models import Jurisdiction, Stage
from portfolio.models.risk import RiskTier
from stagegates.models import GateReview, SignOff
from stagegates.sign_off_tasks import follow_changes
from tests.factories import make_initiative, make_person
from tests.stagegates.sign_offs.factories import answer_all, sign_off_of

from .conftest import Visit, axe_findings

PRIVACY = "privacy-assessment"


@pytest.fixture
def initiative(business_owner, technical_owner, risk_owner):
    """At data fit in the EU, where the data function and privacy sign off, the second on its assessment."""
    row = make_initiative(
        "Pumps",
        stage=Stage.DISCOVERY,
        owner=business_owner,
        technical_owner=technical_owner,
        risk_owner=risk_owner,
        risk_tier=RiskTier.MODERATE,
    )
    row.jurisdictions.add(Jurisdiction.objects.get(name="EU"))
    answer_all(row, business_owner, PRIVACY, retention="90")
    return row


def work() -> None:
    """What the worker does of its own accord after each change."""
    for event in Event.objects.order_by("pk"):
        follow_changes(event.pk)


def give(page: Page, verb: str, text: str, field: str, value: str) -> None:
    page.get_by_role("link", name=re.compile(f"{verb} ?: {text}")).click()
    form = page.locator("form.give")
    form.get_by_label(field).fill(value)
    form.get_by_role("button", name="Give evidence").click()
    form.wait_for(state="detached")


def sign(page: Page, review: GateReview, function: str) -> None:
    """As somebody of the function, on the page of the review, which follows at once."""
    page.goto(review.get_absolute_url())
    card = page.locator("section.sign-off", has=page.get_by_role("heading", name=function))
    card.locator("summary", has_text="Answer").click()
    card.get_by_label("Approve", exact=True).check()
    expect(card.get_by_label("Condition 1")).to_be_hidden()
    card.get_by_label("Reason").fill(f"Looked at by {function}.")
    card.get_by_role("button", name="Record the answer").click()
    expect(card.locator(".panel-h")).to_contain_text("Approves")
    expect(page.locator(".req-m", has_text=function).first).to_contain_text("approves")
    expect(page.locator("#decision")).not_to_contain_text(f"{function} has not signed off")


def test_an_answer_changed_in_the_page_reopens_the_one_sign_off_that_rested_on_it(
    visit: Visit, initiative, business_owner
):
    owner = visit(f"{initiative.get_absolute_url()}reviews/open/", as_=business_owner)
    owner.get_by_label("What is asked").fill("Build the first line")
    owner.get_by_role("button", name="Open review").click()
    give(owner, "Add", "Enough clean production data", "or link", "https://files.example.org/profile")
    give(owner, "Add", "It is known where the data comes from", "or link", "https://files.example.org/lineage")
    give(owner, "Answer", "Every data set has an owner", "Answer", "Kim owns the logs.")
    owner.get_by_text("4 of 4 requirements are met").wait_for()
    work()
    review = GateReview.objects.get()
    data = visit("/", as_=make_person("Dana Data", Role.DATA_REVIEWER))
    privacy = visit("/", as_=make_person("Petra Law", Role.PRIVACY_REVIEWER))
    sign(data, review, "Data")
    sign(privacy, review, "Privacy")

    owner.goto(f"/initiatives/{initiative.reference}/standards/{PRIVACY}/")
    owner.get_by_label("After how many days are inputs").fill("3650")
    expect(owner.locator("#progress")).to_contain_text("1 answer changed since")
    work()

    assert sign_off_of(review, "data").state == SignOff.State.ANSWERED
    assert sign_off_of(review, "privacy").state == SignOff.State.OUTDATED
    owner.goto(review.get_absolute_url())
    expect(owner.locator("main .answer").first).to_contain_text("3 of 4 requirements are met")
    broken = owner.locator("section.sign-off", has=owner.get_by_role("heading", name="Privacy"))
    expect(broken.locator(".note")).to_contain_text("3,650 days")
    standing = owner.locator("section.sign-off", has=owner.get_by_role("heading", name="Data"))
    expect(standing.locator(".panel-h")).to_contain_text("Approves")
    expect(standing.locator(".note")).to_have_count(0)
    assert axe_findings(owner) == []


def test_submitting_leads_to_who_decides(visit: Visit, initiative, business_owner):
    page = visit(f"{initiative.get_absolute_url()}reviews/open/", as_=business_owner)
    expect(page.locator(".req-m", has_text="Procurement")).to_have_count(0)
    page.get_by_role("button", name="Open review").click()
    give(page, "Add", "Enough clean production data", "or link", "https://files.example.org/profile")
    give(page, "Add", "It is known where the data comes from", "or link", "https://files.example.org/lineage")
    give(page, "Answer", "Every data set has an owner", "Answer", "Kim owns the logs.")
    page.get_by_role("button", name="Submit for decision").click()
    expect(page.locator("#decision")).to_be_focused()
