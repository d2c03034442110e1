"""Agendas in a real browser: put in order by keys and by dragging, and pages that everybody can use."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from forums.models import Meeting
from tests.factories import make_initiative, make_item, make_meeting, make_seat

from .conftest import LOOKS, axe_findings, overflow


@pytest.fixture
def meeting(transactional_db, office_member, business_owner) -> Meeting:
    """A draft with four items, one of them confidential, and one that waits."""
    make_seat("portfolio-review", office_member, "secretary")
    meeting = make_meeting("portfolio-review")
    for name in ("First", "Second", "Third"):
        make_item(meeting, name, initiative=make_initiative(name, owner=business_owner), why="Go on?")
    make_item(meeting, "Secret", initiative=make_initiative("Secret", is_confidential=True))
    make_item(None, "Waits", forum=meeting.forum, put_by=office_member)
    return meeting


def order_on(page: Page) -> Any:
    return page.eval_on_selector_all("tr[data-item] th .lk", "(links) => links.map((link) => link.textContent)")


def test_keys_move_an_item_and_keep_the_focus(visit, meeting, office_member):
    page = visit(f"/meetings/{meeting.pk}/", as_=office_member)
    down = page.get_by_role("button", name="Down: First")
    down.focus()
    for expected in (["Second", "First", "Third", "Secret"], ["Second", "Third", "First", "Secret"]):
        with page.expect_response(lambda answer: answer.url.endswith("/down/")):
            page.keyboard.press("Enter")
        expect(page.locator("tr[data-item] th .lk")).to_have_text(expected)
        expect(down).to_be_focused()
    page.reload()
    assert order_on(page) == ["Second", "Third", "First", "Secret"]


def test_a_row_is_dragged_to_its_place(visit, meeting, office_member):
    page = visit(f"/meetings/{meeting.pk}/", as_=office_member)
    first = page.locator("tr[data-item]").first
    with page.expect_response(lambda answer: answer.url.endswith("/order/")):
        page.locator("tr[data-item]").nth(2).locator("td").first.drag_to(first, target_position={"x": 20, "y": 3})
    expect(page.locator("tr[data-item] th .lk")).to_have_text(["Third", "First", "Second", "Secret"])
    page.reload()
    assert order_on(page) == ["Third", "First", "Second", "Secret"]


def test_what_was_taken_off_comes_back_by_undo(visit, meeting, office_member):
    page = visit(f"/meetings/{meeting.pk}/", as_=office_member)
    page.locator("summary", has_text="More: Second").click()
    page.locator("tr[data-item]", has_text="Second").get_by_role("button", name="Take off").click()
    expect(page.locator("#answer")).to_contain_text("3 items")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#answer")).to_contain_text("4 items")


def test_buttons_work_without_script(visit, meeting, office_member):
    page = visit(f"/meetings/{meeting.pk}/", as_=office_member, script=False)
    page.get_by_role("button", name="Up: Second").click()
    expect(page.locator("tr[data-item] th .lk")).to_have_text(["Second", "First", "Third", "Secret"])


@pytest.mark.parametrize(("on", "theme"), LOOKS)
def test_their_pages_are_for_everyone(visit, meeting, office_lead, on, theme):
    here, item = f"/meetings/{meeting.pk}/", meeting.items.first()
    page = visit(here, as_=office_lead, on=on, theme=theme)
    wrong = []
    for address in (
        *(here, f"{here}pre-read/", f"{here}move/", f"{here}cancel/", f"{here}history/", f"{here}items/new/"),
        *(f"{here}items/{item.pk}/", f"{here}items/{item.pk}/edit/", "/forums/portfolio-review/"),
        *("/forums/portfolio-review/meetings/new/", "/administration/forums/portfolio-review/cadence/"),
        f"/initiatives/{make_initiative().reference}/agenda/",
    ):
        page.goto(address)
        wrong += [f"{address}: {finding}" for finding in axe_findings(page)]
        if overflow(page) > 0:
            wrong.append(f"{address} is wider than its window")
    assert not wrong
