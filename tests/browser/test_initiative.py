"""The initiative page in a real browser: editing in place, dialogs, two people, mentions, and without script."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from aiso import clock
from portfolio.models import Bucket, Initiative
from tests.factories import make_comment, make_initiative

from .conftest import LOOKS, WIDE, axe_findings, overflow

TABS = ("", "owners/", "risk/", "decisions/", "outcomes/", "discussion/", "files/", "history/")


@pytest.fixture
def initiative(transactional_db, business_owner, technical_owner) -> Initiative:
    since = clock.today() - timedelta(days=74)
    initiative = make_initiative(
        "Predictive maintenance", stage="pilot", since=since, owner=business_owner, technical_owner=technical_owner
    )
    make_comment(initiative, business_owner, "It runs since **Monday**:\n\n- 31 alarms\n\n`vib > 4.5`")
    initiative.outcome_metrics.create(name="Unplanned stops", unit="a month", direction="down", target=9)
    initiative.links.create(name="Plan", address="https://example.org/plan")
    return initiative


def saved(page: Page) -> None:
    expect(page.locator(".toast-line:visible")).to_be_visible()


def test_a_fact_is_edited_where_it_stands_and_undone(visit, initiative, office_member):
    page = visit(initiative.get_absolute_url(), as_=office_member)
    page.locator("#edit-bucket").click()
    choice = page.locator("#fact-bucket select")
    expect(choice).to_be_focused()

    page.keyboard.press("Escape")
    expect(page.locator("#fact-bucket form")).to_have_count(0)
    expect(page.locator("#edit-bucket")).to_be_focused()
    page.locator("#edit-bucket").click()
    choice.select_option(label="Customer operations")
    page.locator("#fact-bucket button").click()

    expect(page.locator("#edit-bucket")).to_contain_text("Customer operations")
    expect(page.locator("#missing")).not_to_contain_text("bucket")
    expect(page.locator("#edit-bucket")).to_be_focused()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#edit-bucket")).to_contain_text("None")
    expect(page.locator("#missing")).to_contain_text("bucket")


def test_a_gap_is_closed_in_a_dialog(visit, initiative, office_member, stranger):
    page = visit(initiative.get_absolute_url(), as_=office_member)
    page.get_by_role("link", name="Assign : Risk owner").or_(
        page.get_by_role("link", name="Assign: Risk owner")
    ).click()
    field = page.locator("#dialog input[role=combobox]")
    expect(field).to_be_focused()

    field.press_sequentially("nobody s")
    page.get_by_role("option", name="Nobody Special").click()
    page.locator("#dialog").get_by_role("button", name="Save").click()

    expect(page.locator("#dialog")).to_be_hidden()
    expect(page.locator(".cards")).to_contain_text("Nobody Special")
    saved(page)
    assert axe_findings(page) == []
    initiative.refresh_from_db()
    assert initiative.risk_owner == stranger


def test_errors_stay_in_the_dialog(visit, initiative, office_member):
    page = visit(f"{initiative.get_absolute_url()}outcomes/", as_=office_member)
    page.get_by_role("link", name="Add metric").click()
    page.locator("#dialog [name=name]").fill("Fix rate")
    page.locator("#dialog [name=unit]").fill("%")
    page.locator("#dialog [name=baseline]").fill("71")
    page.locator("#dialog").get_by_role("button", name="Add metric").click()

    expect(page.locator("#dialog")).to_contain_text("needs its date and source")
    assert axe_findings(page) == []
    page.locator("#dialog [name=baseline_on]").fill("2026-01-05")
    page.locator("#dialog [name=baseline_source]").fill("Log")
    page.locator("#dialog").get_by_role("button", name="Add metric").click()
    expect(page.locator("#dialog")).to_be_hidden()
    expect(page.locator("#tab")).to_contain_text("Fix rate")


def test_two_people_see_each_others_value(visit, initiative, office_member, office_lead):
    first = visit(initiative.get_absolute_url(), as_=office_member)
    second = visit(initiative.get_absolute_url(), as_=office_lead)
    for page in (first, second):
        page.locator("#edit-bucket").click()
        expect(page.locator("#fact-bucket select")).to_be_visible()
    first.locator("#fact-bucket select").select_option(label="Customer operations")
    first.locator("#fact-bucket button").click()
    saved(first)

    second.locator("#fact-bucket select").select_option(label="Knowledge retrieval")
    second.locator("#fact-bucket button").click()
    expect(second.locator(".choice")).to_contain_text("Olga Member changed it")
    assert axe_findings(second) == []
    second.get_by_label("Take yours").check()
    second.locator("#fact-bucket button").click()

    saved(second)
    initiative.refresh_from_db()
    assert initiative.bucket == Bucket.objects.get(name="Knowledge retrieval")


def test_a_risk_answer_counts_at_once_and_keeps_the_place(visit, initiative, office_member):
    page = visit(f"{initiative.get_absolute_url()}risk/", as_=office_member)
    answer = page.locator("#a-risk_tier-cost-of-error-much")

    answer.check()

    expect(page.locator("#risk_tier")).to_contain_text("High")
    expect(page.locator("#a-risk_tier-cost-of-error-much")).to_be_focused()
    expect(page.locator("#q-risk_tier-cost-of-error")).to_have_class("ask-one sets-it")
    saved(page)


def test_tabs_change_without_a_jump_and_back_again(visit, initiative, stranger):
    page = visit(initiative.get_absolute_url(), as_=stranger)

    page.locator("#tab-discussion").click()
    expect(page.locator(".talk")).to_be_visible()
    page.wait_for_url("**/discussion/")
    expect(page).to_have_title(
        "Discussion: AI-0001 Predictive maintenance · AI Scaling Office".replace("AI-0001", initiative.reference)
    )
    page.go_back()
    expect(page.locator(".facts")).to_be_visible()


def test_people_are_suggested_after_an_at_sign(visit, initiative, stranger, business_owner):
    page = visit(f"{initiative.get_absolute_url()}discussion/", as_=stranger)
    area = page.locator(".say textarea")

    area.press_sequentially("Thanks @bor")
    expect(page.get_by_role("option", name="Boris Owen")).to_be_visible()
    area.press("Enter")
    expect(area).to_have_value(f"Thanks @{business_owner.email} ")
    page.locator(".say button").click()

    expect(page.locator(".at-person")).to_have_text("@Boris Owen")
    expect(area).to_have_value("")


def test_without_script_every_deed_is_a_page(visit, initiative, office_member):
    page = visit(initiative.get_absolute_url(), as_=office_member, script=False)
    page.locator("#edit-summary").click()
    page.locator("[name=summary]").fill("Fewer stops.")
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator("#fact-summary")).to_contain_text("Fewer stops.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#fact-summary")).to_contain_text("No summary yet.")

    page.locator("#tab-risk").click()
    page.locator("#a-risk_tier-safety-direct").check()
    page.get_by_role("button", name="Save answers").first.click()
    expect(page.locator("#risk_tier")).to_contain_text("Critical")


def test_the_drawer_previews_from_the_register_and_a_cell_is_edited(visit, initiative, office_member):
    page = visit("/register/", as_=office_member)
    page.set_viewport_size(WIDE)
    page.get_by_role("link", name=f"Preview {initiative.reference}").click()
    expect(page.locator("#drawer")).to_contain_text("In pilot for 74 days")
    assert axe_findings(page) == []
    page.keyboard.press("Escape")

    page.locator(f"#row-{initiative.pk} a[hx-get*='edit/bucket']").click()
    page.locator(f"#row-{initiative.pk} select").select_option(label="Customer operations")
    page.locator(f"#row-{initiative.pk} form button").click()
    expect(page.locator(f"#row-{initiative.pk}")).to_contain_text("Customer operations")
    expect(page.locator(f"#row-{initiative.pk} form")).to_have_count(0)


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize(("on", "theme"), LOOKS)
def test_every_tab_is_for_everyone(visit, initiative, office_member, tab, on, theme):
    page = visit(f"{initiative.get_absolute_url()}{tab}", as_=office_member, on=on, theme=theme)

    assert axe_findings(page) == []
    assert overflow(page) <= 0


@pytest.mark.parametrize("form", ["edit/", "edit/owners/", "edit/priority/", "owners/risk/", "outcomes/new/"])
@pytest.mark.parametrize(("on", "theme"), LOOKS)
def test_every_form_is_for_everyone(visit, initiative, office_member, form, on, theme):
    page = visit(f"{initiative.get_absolute_url()}{form}", as_=office_member, on=on, theme=theme)

    assert axe_findings(page) == []
    assert overflow(page) <= 0
