"""A request in a real browser: begun, left, taken up again, submitted, asked about and accepted."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from aiso.accounts.models import User
from portfolio.models import Initiative, Intake, SearchWord
from tests.factories import make_initiative, make_unit

from .conftest import LOOKS, axe_findings, overflow


@pytest.fixture
def requester(transactional_db, business_owner) -> User:
    business_owner.unit = make_unit("Customer service")
    business_owner.save()
    return business_owner


@pytest.fixture
def alike(transactional_db, technical_owner) -> Initiative:
    initiative = make_initiative(
        "Delivery date answers for service customers",
        stage="pilot",
        summary="Finds the order of a request and drafts a reply with its delivery date.",
        owner=technical_owner,
    )
    SearchWord.objects.refresh()
    return initiative


def saved(page: Page) -> None:
    expect(page.locator("#step")).to_have_attribute("data-unsaved", "")


def go_on(page: Page, title: str) -> None:
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("#fh")).to_have_text(title)


def fill_case(page: Page) -> None:
    page.get_by_label("What do you want to call it?").fill("Delivery date replies to service customers")
    page.get_by_label("What is the problem").fill("Clerks spend 30 hours a week looking dates up.")
    page.get_by_label("What would the AI do?").fill("Finds the order and drafts a reply with the delivery date.")
    saved(page)


def fill_rest(page: Page) -> None:
    go_on(page, "Outcome")
    page.get_by_label("What gets better").fill("Customers get a date on the same day.")
    go_on(page, "Users and workflow")
    page.get_by_label("Who would use it").fill("40 clerks")
    page.locator("[name=is_customer_facing][value=no]").check()
    page.locator("[name=employee_effect][value=none]").check()
    where = page.get_by_role("combobox", name=re.compile("Where would"))
    where.fill("EU")
    page.get_by_role("option", name="EU", exact=True).click()
    go_on(page, "Decisions it makes")
    page.get_by_label("Decision, row 2").fill("Which order a request is about")
    page.get_by_label("Decision, row 2").press("Enter")
    expect(page.locator(".errs")).to_contain_text("Each row needs")
    expect(page.get_by_label("Decision, row 1")).to_have_value("Which order a request is about")
    page.get_by_label("An error costs, row 1").select_option("low")
    page.get_by_label("Can be undone, row 1").select_option("easy")
    go_on(page, "Data")
    page.get_by_label("Which data does it need").fill("Order book")
    page.locator("[name=data_sensitivity][value=internal]").check()
    go_on(page, "Risk")
    for asked in page.locator("#step fieldset").all():
        asked.get_by_role("radio").first.check()
    go_on(page, "Tools")
    page.get_by_label("It needs no tool").check()
    go_on(page, "Timeline and money")
    page.get_by_label("How much money").fill("30k")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Review and submit")).to_be_visible()


def test_a_request_from_first_word_to_acceptance(visit, requester, office_member):
    page = visit("/intakes/", as_=requester)
    page.get_by_role("link", name="New request").first.click()
    page.get_by_role("button", name="Start").click()
    fill_case(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Delivery date replies to service customers")

    # Leave in the middle, come back to the draft: nothing is lost.
    page.goto("/")
    page.get_by_role("link", name="Go on").click()
    expect(page.locator("#fh")).to_have_text("Outcome")
    page.locator("#steps").get_by_role("link", name="Business case").click()
    expect(page.get_by_label("What is the problem")).to_have_value("Clerks spend 30 hours a week looking dates up.")

    fill_rest(page)
    expect(page.locator("#title")).to_contain_text("fast lane")
    page.get_by_role("button", name="Submit for triage").click()
    expect(page.locator(".answer")).to_contain_text("the office has it")

    # The office asks, the requester answers in place.
    intake = Intake.objects.get()
    office = visit("/intakes/", as_=office_member)
    office.get_by_role("link", name="Delivery date replies to service customers").click()
    office.locator("summary", has_text="Ask for more").click()
    office.get_by_label("What do you want to know?").fill("Does it read letters, too?")
    office.get_by_role("button", name=re.compile("^Ask")).click()
    expect(office.locator(".answer")).to_contain_text("has it now")
    page.goto(intake.get_absolute_url())
    expect(page.locator(".answer")).to_contain_text("you have it now")
    page.get_by_role("link", name="Change Data").click()
    page.get_by_label("Which data does it need").fill("Order book and scanned letters")
    saved(page)
    page.get_by_role("link", name="reply", exact=True).click()
    page.get_by_label("Your reply").fill("Yes, added.")
    page.get_by_role("button", name="Reply and hand back").click()
    expect(page.locator(".answer")).to_contain_text("the office has it")

    office.goto(intake.get_absolute_url())
    expect(office.locator("main")).to_contain_text("Order book and scanned letters")
    office.locator("summary", has_text="Accept").click()
    office.get_by_role("button", name="Accept the request").click()
    expect(office.locator(".answer")).to_contain_text("Accepted on")
    intake.refresh_from_db()
    assert (intake.state, intake.initiative.stage, intake.initiative.lane) == ("accepted", "intake", "fast")


def test_the_lane_moves_with_an_answer(visit, requester):
    page = visit("/intakes/new/", as_=requester)
    page.get_by_role("button", name="Start").click()
    page.locator("#steps").get_by_role("link", name="Users and workflow").click()
    lane = page.locator("#meaning")
    page.locator("[name=is_customer_facing][value=no]").check()
    expect(lane).to_contain_text("Fast lane possible")

    page.locator("[name=is_customer_facing][value=yes]").check()

    expect(lane).to_contain_text("Full lane so far")
    expect(lane.locator(".hit-rule")).to_contain_text("Not customer-facing: customers see it")
    expect(page.locator("[name=is_customer_facing][value=yes]")).to_be_focused()


def test_a_likely_duplicate_is_joined(visit, requester, alike):
    page = visit("/intakes/new/", as_=requester)
    page.get_by_role("button", name="Start").click()
    fill_case(page)
    shown = page.locator("#meaning")
    expect(shown).to_contain_text(alike.name)
    expect(shown.locator(".word", has_text="Delivery").first).to_be_visible()

    shown.locator("summary", has_text=f"Join {alike.reference} instead").click()
    page.get_by_role("button", name=f"Join {alike.reference}", exact=True).click()

    expect(page.locator(".answer")).to_contain_text(f"Joined to {alike.reference}")
    intake = Intake.objects.get()
    assert (intake.state, intake.joined_to) == ("joined", alike)


@pytest.mark.parametrize(("on", "theme"), LOOKS)
def test_the_pages_are_clean(visit, requester, office_member, theme, on):
    page = visit("/intakes/new/", as_=requester, on=on, theme=theme)
    assert axe_findings(page) == []
    page.get_by_role("button", name="Start").click()
    for slug in ("case", "outcome", "work", "decisions", "data", "risk", "tools", "money"):
        page.goto(re.sub(r"steps/\w+/", f"steps/{slug}/", page.url))
        assert axe_findings(page) == [], slug
        assert overflow(page) == 0, slug
    page.goto(re.sub(r"steps/\w+/", "review/", page.url))
    assert axe_findings(page) == []
    page.goto("/intakes/?show=mine")
    assert axe_findings(page) == []


def test_mistakes_are_named_where_they_are(visit, requester):
    page = visit("/intakes/new/", as_=requester)
    page.get_by_role("button", name="Start").click()
    page.locator("#steps").get_by_role("link", name="Timeline and money").click()
    page.get_by_label("How much money").fill("a lot")
    page.get_by_role("button", name="Continue").click()

    expect(page.locator(".errs")).to_contain_text("How much money")
    expect(page.get_by_label("How much money")).to_have_value("a lot")
    assert axe_findings(page) == []


def test_what_was_typed_before_the_scripts_came_is_saved(visit, requester):
    page = visit("/intakes/new/", as_=requester)
    held: list[Route] = []
    page.route("**/js/parts*.js", lambda route: held.append(route))
    page.get_by_role("button", name="Start").click(no_wait_after=True)
    page.get_by_label("What do you want to call it?").fill("Typed early")
    expect(page.locator("#step")).not_to_have_attribute("data-unsaved", re.compile(".*"))

    held[0].continue_()

    saved(page)
    page.unroute_all()
    page.reload()
    expect(page.get_by_label("What do you want to call it?")).to_have_value("Typed early")


def test_without_script(visit, requester):
    page = visit("/intakes/new/", as_=requester, script=False)
    page.get_by_role("button", name="Start").click()
    page.get_by_label("What do you want to call it?").fill("Typed without script")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Typed without script")
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_label("What do you want to call it?")).to_have_value("Typed without script")
