"""The register of tools, the decisions tab and the lane in a real browser."""

from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from aiso import clock
from portfolio.actions.conclude_lanes import conclude_lanes
from portfolio.models import Initiative, Supplier, Tool
from tests.factories import make_clearance, make_decision, make_entry, make_initiative, make_tool

from .conftest import LOOKS, axe_findings, overflow


@pytest.fixture
def tool(transactional_db, office_member) -> Tool:
    """Approved until soon by legal, refused by procurement, in review with security."""
    supplier = make_entry(Supplier, "Kestrel Cloud", website="https://kestrel.example/", contact="Extension 4410")
    tool = make_tool("Document search", approved=False, supplier=supplier, description="Finds documents.")
    said = {"recorded_by": office_member}
    make_clearance(tool, "legal", expires_on=clock.today() + timedelta(days=12), **said)
    make_clearance(tool, "procurement", status="refused", note="No contract.", **said)
    make_clearance(tool, "security", status="in_review", **said)
    make_tool("Gateway")
    make_tool("Old one", approved=False, is_active=False)
    return tool


@pytest.fixture
def initiative(tool, business_owner) -> Initiative:
    initiative = make_initiative(
        "Delivery dates", stage="pilot", owner=business_owner, risk_tier="low", requested_amount=Decimal(20_000)
    )
    initiative.tools.add(tool)
    make_decision(initiative, "Route a request", volume_per_week=1240)
    make_decision(initiative, "Refuse an application", cost_of_error="very_high", is_regulated=True)
    conclude_lanes([initiative.pk])
    initiative.refresh_from_db()
    return initiative


@pytest.mark.parametrize(("on", "theme"), LOOKS)
def test_pages_of_tools_are_for_everyone(visit, initiative, tool, office_lead, on, theme):
    page = visit("/tools/", as_=office_lead, on=on, theme=theme)
    supplier = tool.supplier.get_absolute_url()
    detail = tool.get_absolute_url()
    wrong = []
    for address in (
        *("/tools/", "/tools/?state=retired", "/tools/?q=nothing", "/tools/?waiting=legal", "/tools/new/"),
        *(detail, f"{detail}edit/", "/tools/suppliers/", "/tools/suppliers/new/", supplier, f"{supplier}edit/"),
        *(f"{initiative.get_absolute_url()}{each}" for each in ("decisions/", "decisions/new/", "lane/raise/", "")),
        *("/register/?col=lane&col=autonomy&col=money", "/register/?edit=money", "/register/?edit=autonomy"),
        "/register/",
    ):
        page.goto(address)
        wrong += [f"{address} {found}" for found in (*axe_findings(page), overflow(page)) if found]
    assert wrong == []


@pytest.mark.parametrize("script", [True, False])
def test_a_reviewer_records_a_word(visit, tool, legal_reviewer, script):
    page = visit("/tools/", as_=legal_reviewer, script=script)
    page.get_by_role("link", name="Document search").click()
    panel = page.locator("#legal")
    panel.get_by_text("Record something new").click()
    panel.get_by_label("Status").select_option("refused")
    panel.get_by_role("button", name="Record").click()

    expect(panel).to_contain_text("Say why it is refused.")
    panel.get_by_label("Note").fill("Data leaves the region.")
    panel.get_by_role("button", name="Record").click()

    expect(page.locator("#legal .pill")).to_have_text("Refused")
    expect(page.locator("#legal")).to_contain_text("Data leaves the region.")
    assert tool.clearances.get(function="legal").status == "refused"


def test_a_tool_is_retired_and_that_is_undone(visit, tool, procurement_reviewer):
    page = visit(tool.get_absolute_url(), as_=procurement_reviewer)
    page.get_by_role("button", name="Retire").click()
    expect(page.locator(".answer")).to_contain_text("Retired")

    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_role("button", name="Retire")).to_be_visible()
    tool.refresh_from_db()
    assert tool.is_active


def test_a_decision_is_added_in_a_dialog_and_undone(visit, initiative, business_owner):
    page = visit(f"{initiative.get_absolute_url()}decisions/", as_=business_owner)
    page.get_by_role("link", name="Add decision").click()
    dialog = page.locator("#dialog")
    expect(dialog.get_by_label("Decision", exact=True)).to_be_focused()
    dialog.get_by_label("Decision", exact=True).fill("Route a request")
    dialog.get_by_label("Cost of error").select_option("high")
    dialog.get_by_label("Can be undone").select_option("hard")
    dialog.get_by_role("button", name="Add decision").click()
    expect(dialog).to_contain_text("a decision of this name already")
    assert axe_findings(page) == []
    dialog.get_by_label("Decision", exact=True).fill("Close a case")
    dialog.get_by_role("button", name="Add decision").click()

    expect(dialog).to_be_hidden()
    row = page.locator(".decisions tr", has_text="Close a case")
    expect(row).to_contain_text("Keep human")
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(row).to_have_count(0)
    assert initiative.decision_classes.count() == 2


def test_a_decision_is_removed_and_the_head_follows(visit, initiative, business_owner):
    page = visit(f"{initiative.get_absolute_url()}decisions/", as_=business_owner)
    expect(page.locator("#marks")).to_contain_text("a decision regulated or blocked")

    page.get_by_role("button", name="Remove Refuse an application").click()

    expect(page.locator(".decisions tbody tr")).to_have_count(1)
    expect(page.locator("#marks")).not_to_contain_text("regulated")


def test_a_term_is_explained_on_tap(visit, initiative, stranger):
    page = visit(f"{initiative.get_absolute_url()}decisions/", as_=stranger, on="tablet")
    page.get_by_role("button", name="Cost of error").click()
    expect(page.locator("#def-cost-of-error")).to_contain_text("What one wrong decision costs")


def test_the_lane_is_raised_from_the_page(visit, initiative, business_owner):
    page = visit(initiative.get_absolute_url(), as_=business_owner)
    page.get_by_role("link", name="Keep it in the full lane").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Why").fill("New ground for us.")
    assert axe_findings(page) == []
    dialog.get_by_role("button", name="Take the full lane").click()

    expect(page.locator("#lane .hit-rule")).to_contain_text("New ground for us.")
    expect(page.locator("#marks")).to_contain_text("raised by hand")


def test_money_edited_in_place_moves_the_lane_beside_it(visit, initiative, business_owner):
    page = visit(initiative.get_absolute_url(), as_=business_owner)
    page.locator("#edit-requested_amount").click()
    page.locator("#fact-requested_amount input[name=requested_amount]").fill("60k")
    page.locator("#fact-requested_amount button").click()

    expect(page.locator("#fact-requested_amount")).to_contain_text("60")
    expect(page.locator("#lane")).to_contain_text("60,000")


def test_a_range_of_money_is_filtered(visit, initiative, office_member):
    page = visit("/register/?edit=money", as_=office_member)
    page.get_by_label("From").fill("15k")
    page.get_by_label("To", exact=True).fill("30k")
    page.get_by_role("button", name="Filter", exact=True).click()

    expect(page.locator(".chip", has_text="Money asked for")).to_contain_text("15,000 to 30,000")
    expect(page.locator("tbody tr")).to_have_count(1)
