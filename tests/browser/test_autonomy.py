"""The table of a workflow's decisions, and two owners who accept the map."""

import pytest
from playwright.sync_api import expect

from aiso.accounts.models import Role
from portfolio.autonomy_map import standing_of
from portfolio.models import Workflow
from tests.factories import make_decision, make_entry, make_initiative, make_person

from .conftest import axe_findings, overflow


@pytest.fixture
def people(transactional_db):
    return make_person("Boris Owen", Role.BUSINESS_OWNER), make_person("Rolf Owen", Role.RISK_OWNER)


@pytest.fixture
def initiative(people):
    business, risk = people
    workflow = make_entry(Workflow, "Claims")
    initiative = make_initiative("Case handling", stage="build", owner=business, risk_owner=risk, workflow=workflow)
    make_decision(initiative, "Sort the mail", volume_per_week=900)
    make_decision(initiative, "Close a case", cost_of_error="high", volume_per_week=400, reviewers=1)
    return initiative


def test_the_table_is_edited_with_what_is_wrong_beside_its_cell(visit, initiative, people):
    page = visit(f"/workflows/{initiative.workflow_id}/decisions/", as_=people[0])
    expect(page.locator("tr", has=page.get_by_label("Decision of Close a case"))).to_contain_text("Rubber stamp")
    page.get_by_label("Reviewers of Close a case").fill("8")
    page.get_by_label("Times a week of Sort the mail").fill("-4")
    page.get_by_role("button", name="Save the table").click()

    wrong = page.locator("tr.wrong")
    expect(wrong).to_contain_text("greater than or equal to 0")
    expect(page.locator(".errs")).to_contain_text("1 other row is saved")
    assert axe_findings(page) == []
    page.get_by_label("Times a week of Sort the mail").fill("40")
    page.get_by_label("Cost of error of Sort the mail").select_option("medium")
    page.get_by_role("button", name="Save the table").click()

    row = page.locator("tr", has=page.get_by_label("Decision of Sort the mail"))
    expect(row).to_contain_text("Delegate with audit")
    assert {*initiative.decision_classes.values_list("volume_per_week", "reviewers")} == {(40, None), (400, 8)}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_owners_accept_and_a_change_reopens_it(visit, initiative, people, theme):
    tab = f"{initiative.get_absolute_url()}decisions/"
    business, risk = people
    page = visit(tab, as_=business, theme=theme)
    page.get_by_role("button", name="Accept as business owner").click()
    expect(page.locator("#map")).to_contain_text("by Boris Owen")
    expect(page.locator("#accept-business")).to_be_focused()
    other = visit(tab, as_=risk, theme=theme)
    other.get_by_role("button", name="Accept as risk owner").click()
    expect(other.locator("#map")).to_contain_text("accepted these levels")
    assert standing_of(initiative).is_accepted
    assert axe_findings(other) == []

    page.goto(f"/workflows/{initiative.workflow_id}/decisions/")
    page.get_by_label("Cost of error of Sort the mail").select_option("very_high")
    page.get_by_role("button", name="Save the table").click()
    row = page.locator("tr", has=page.get_by_label("Decision of Sort the mail"))
    expect(row).to_contain_text("Keep human")

    other.goto(tab)
    expect(other.locator("#map")).to_contain_text("“Sort the mail” went from delegate to keep human.")
    expect(other.get_by_role("button", name="Accept as risk owner")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_table_is_for_everyone(visit, initiative, people, theme):
    page = visit(f"/workflows/{initiative.workflow_id}/decisions/", as_=people[0], theme=theme)
    expect(page.get_by_label("Reviewers of Sort the mail")).to_be_editable()
    assert axe_findings(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_fit_a_phone(visit, initiative, people, theme):
    decision = initiative.decision_classes.first()
    for address in (
        "/workflows/",
        f"/workflows/{initiative.workflow_id}/decisions/",
        "/decision-classes/import/",
        f"{initiative.get_absolute_url()}decisions/{decision.pk}/level/",
    ):
        page = visit(address, as_=people[0], on="phone", theme=theme)
        assert overflow(page) == 0, address
        assert axe_findings(page) == [], address


def test_the_table_is_saved_without_script(visit, initiative, people):
    page = visit(f"/workflows/{initiative.workflow_id}/decisions/", as_=people[0], script=False)
    page.get_by_label("Reviewers of Sort the mail").fill("5")
    page.get_by_role("button", name="Save the table").click()
    expect(page.get_by_label("Reviewers of Sort the mail")).to_have_value("5")
