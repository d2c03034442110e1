"""Answering a checklist in a real browser."""

import pytest
from playwright.sync_api import expect

from portfolio.models import Initiative
from standards.actions.answer_checklist import answer_checklist, complete_checklist
from standards.models import ChecklistAnswer, Standard
from tests.factories import make_initiative, make_tool

from .conftest import LOOKS, axe_findings, overflow

PRIVACY = "privacy-assessment"
HARD = ("fallback-and-rollback", "model-evaluation")


@pytest.fixture
def initiative(transactional_db, business_owner, technical_owner, risk_owner) -> Initiative:
    owners = {"owner": business_owner, "technical_owner": technical_owner, "risk_owner": risk_owner}
    known = {"risk_tier": "low", "data_sensitivity": "internal", "is_rights_impacting": True}
    row = make_initiative("Delivery dates", stage="build", **known, **owners)
    row.tools.add(make_tool("Document search", approved=False))
    return row


@pytest.fixture
def address(initiative) -> str:
    return f"/initiatives/{initiative.reference}/standards/{PRIVACY}/"


@pytest.fixture
def other(initiative) -> Initiative:
    """At high risk, with a checklist of each standing."""
    other = make_initiative("Claims triage", risk_tier="high", owner=initiative.business_owner)
    fallback = Standard.objects.get(slug="fallback-and-rollback")
    owner = initiative.business_owner
    given = {("minutes-back", "value"): "90", ("capacity", "value"): "no"}
    answer_checklist(other, fallback, actor=owner, answers=given)
    return other


@pytest.mark.parametrize(("on", "theme"), LOOKS)
def test_pages_of_standards_are_for_everyone(visit, initiative, other, address, office_lead, on, theme):
    page = visit("/standards/", as_=office_lead, on=on, theme=theme)
    wrong = []
    for path in (
        *("/standards/", "/standards/new/", f"/standards/{PRIVACY}/", f"/standards/{PRIVACY}/edit/"),
        *(f"/initiatives/{each.reference}/standards/" for each in (initiative, other)),
        *(address, f"{address}read/", address.replace(PRIVACY, "impact-assessment")),
        *(f"/initiatives/{other.reference}/standards/{each}/" for each in HARD),
        f"/administration/configuration/standard-{PRIVACY}/",
    ):
        page.goto(path)
        wrong += [f"{path} {found}" for found in (*axe_findings(page), overflow(page)) if found]
    assert wrong == []


def test_a_low_risk_case_is_answered_in_minutes(visit, initiative, address, business_owner):
    page = visit(f"/initiatives/{initiative.reference}/standards/", as_=business_owner)
    page.locator("tr", has_text="Privacy assessment").get_by_role("link", name="Begin").click()
    expect(page.locator("#progress")).to_contain_text("2 of 6 questions answered")
    expect(page.locator("#q-personal")).to_contain_text("No known from data sensitivity")

    page.locator("#q-in-prompts").get_by_text("No", exact=True).click()
    expect(page.locator("#progress")).to_contain_text("3 of 6 questions answered")
    page.locator("#q-purpose-fits").get_by_text("Yes", exact=True).click()
    page.get_by_label("After how many days are inputs").fill("some")
    expect(page.locator("#q-retention")).to_contain_text("Enter a number.")
    page.get_by_label("After how many days are inputs").fill("90")
    expect(page.locator("#progress")).to_contain_text("5 of 6 questions answered")
    expect(page.locator("#q-retention")).not_to_contain_text("Enter a number.")

    training = page.locator("#q-training-use")
    expect(training.get_by_label("Note", exact=True)).to_be_hidden()
    training.get_by_label("No needs a note").check()
    expect(training.get_by_label("Note", exact=True)).to_be_visible()
    expect(page.locator("#progress")).to_contain_text("1 answer needs a note")
    training.get_by_label("Note", exact=True).fill("Switched off next week.")
    expect(page.locator("#progress")).to_contain_text("it can be completed")
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    assert axe_findings(page) == []

    page.get_by_role("button", name="Complete").click()
    expect(page.locator("tr", has_text="Privacy assessment")).to_contain_text("Complete")


def test_it_works_without_script(visit, initiative, address, business_owner):
    page = visit(address, as_=business_owner, script=False)
    page.locator("#q-in-prompts").get_by_label("No", exact=True).check()
    page.get_by_role("button", name="Complete").click()
    expect(page.locator(".errs")).to_contain_text("3 questions left")
    assert ChecklistAnswer.objects.get().value == "no"
    page.get_by_role("button", name="Save answers").click()
    expect(page.locator("#q-in-prompts").get_by_label("No", exact=True)).to_be_checked()


def test_what_somebody_else_answers_meanwhile_is_shown(visit, initiative, address, business_owner, technical_owner):
    page = visit(address, as_=business_owner)
    privacy = Standard.objects.get(slug=PRIVACY)
    given = {("in-prompts", "value"): "no", ("retention", "value"): "30"}
    answer_checklist(initiative, privacy, actor=technical_owner, answers=given)
    page.get_by_label("After how many days are inputs").fill("60")
    expect(page.locator("#q-retention")).to_contain_text("Yours, “60”, is not saved")
    expect(page.get_by_label("After how many days are inputs")).to_have_value("30")
    expect(page.locator("#q-in-prompts").get_by_label("No", exact=True)).to_be_checked()

    with page.expect_response(lambda answer: "value-retention=60" in (answer.request.post_data or "")):
        page.get_by_label("After how many days are inputs").fill("60")
    expect(page.locator("#progress")).to_contain_text("4 of 6 questions answered")
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    expect(page.locator("#q-retention")).not_to_contain_text("is not saved")
    assert initiative.checklist_answers.get(item="retention").value == "60"


def test_a_changed_answer_opens_it_again(visit, initiative, address, business_owner):
    privacy = Standard.objects.get(slug=PRIVACY)
    answers = {"in-prompts": "no", "purpose-fits": "yes", "retention": "90", "training-use": "yes"}
    given = {(code, "value"): value for code, value in answers.items()}
    answer_checklist(initiative, privacy, actor=business_owner, answers=given)
    complete_checklist(initiative, privacy, actor=business_owner)
    page = visit(address, as_=business_owner)
    expect(page.locator("#progress")).to_contain_text("A changed answer opens it again")
    page.get_by_label("After how many days are inputs").fill("30")
    expect(page.locator("#progress")).to_contain_text("and open again: 1 answer changed since")
