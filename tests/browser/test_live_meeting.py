"""Two people at one meeting: the chair leads, the other follows, votes and sees the next item come by itself."""

import pytest
from playwright.sync_api import expect

from aiso import clock
from forums.actions.live import settle_item, start_meeting
from forums.models import AgendaItem, Forum, Meeting
from tests.factories import make_initiative, make_person, make_seat

from .conftest import LOOKS, Visit, axe_findings, overflow


@pytest.fixture
def people(transactional_db):
    found = {role: make_person(f"{role.title()} Person") for role in ("chair", "member", "secretary")}
    for role, person in found.items():
        make_seat("portfolio-review", person, role)
    return found


@pytest.fixture
def meeting(people):
    forum = Forum.objects.get(slug="portfolio-review")
    meeting = Meeting.objects.create(forum=forum, starts_at=clock.now(), state="open", minutes_planned=60)
    pumps = make_initiative("Predictive maintenance for pumps", summary="Finds pumps that will fail.")
    for position, (title, initiative) in enumerate(
        (("Predictive maintenance for pumps", None), ("Invoice matching", None), ("Route planning", pumps)), start=1
    ):
        AgendaItem.objects.create(
            forum=forum,
            meeting=meeting,
            title=title,
            initiative=initiative,
            position=position,
            why="Approve limited rollout to 3 depots and release 60 k€.",
        )
    return meeting


def test_a_meeting_of_two(visit: Visit, meeting, people):
    lead = visit(f"/meetings/{meeting.pk}/live/", as_=people["chair"])
    follow = visit(f"/meetings/{meeting.pk}/follow/", as_=people["member"])
    expect(follow.locator("#meeting h2")).to_contain_text("It has not begun")
    lead.get_by_role("button", name="Start the meeting").click()
    expect(lead.locator("#item-h")).to_contain_text("Predictive maintenance")
    expect(follow.locator("#item-h")).to_contain_text("Predictive maintenance")
    follow.get_by_role("button", name="I am here").click()
    expect(follow.get_by_role("group", name="Your vote")).to_be_focused()
    follow.get_by_role("button", name="For", exact=True).click()
    expect(follow.get_by_role("button", name="For", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(lead.locator(".live > :last-child")).to_contain_text("1 for, 0 against")

    lead.locator("#result").fill("Approved, 60 k€")
    lead.locator("#result").press("Control+Enter")
    expect(lead.locator(".live > :last-child .ask")).to_have_text("Approved, 60 k€")
    expect(lead.locator(".live > :last-child .ask")).to_be_focused()
    expect(follow.locator(".live > :last-child .ask")).to_have_text("Approved, 60 k€")
    expect(follow.locator("#told")).to_have_text("Recorded: Approved, 60 k€")
    lead.evaluate("() => document.activeElement.blur()")
    lead.keyboard.press("ArrowRight")
    expect(lead.locator("#item-h")).to_contain_text("Invoice matching")
    expect(follow.locator("#item-h")).to_contain_text("Invoice matching")
    lead.keyboard.press("ArrowLeft")
    expect(lead.locator("#item-h")).to_contain_text("Predictive maintenance")


def test_what_is_typed_outlives_updates_reloads_and_lost_connections(visit: Visit, meeting, people):
    start_meeting(meeting, actor=people["chair"])
    lead = visit(f"/meetings/{meeting.pk}/live/", as_=people["chair"])
    field = lead.locator("#result")
    field.press_sequentially("Accuracy holds")
    # Somebody else's change comes in while one types: neither text nor caret moves.
    other = meeting.items.get(title="Route planning")
    settle_item(other, actor=people["secretary"], result="Later")
    expect(lead.locator(".agenda.done")).to_contain_text("Later")
    expect(field).to_be_focused()
    field.press_sequentially(" at 94 %")
    expect(field).to_have_value("Accuracy holds at 94 %")
    lead.reload()
    expect(lead.locator("#result")).to_have_value("Accuracy holds at 94 %")

    lead.context.set_offline(True)
    expect(lead.locator("#offline")).to_be_visible()
    lead.locator("#result").press_sequentially(", so yes")
    lead.get_by_role("button", name="Record result").click()
    expect(lead.locator("#result")).to_have_value("Accuracy holds at 94 %, so yes")
    lead.context.set_offline(False)
    expect(lead.locator("#offline")).to_be_hidden()
    lead.get_by_role("button", name="Record result").click()
    expect(lead.locator(".live > :last-child .ask")).to_have_text("Accuracy holds at 94 %, so yes")
    assert lead.evaluate("() => Object.keys(localStorage).filter((key) => key.startsWith('aiso:draft:'))") == []


@pytest.mark.parametrize(("on", "theme"), LOOKS)
def test_both_screens_are_fit_for_everybody(visit: Visit, meeting, people, on, theme):
    start_meeting(meeting, actor=people["chair"])
    for screen, person in (("live", "chair"), ("follow", "member")):
        page = visit(f"/meetings/{meeting.pk}/{screen}/", as_=people[person], on=on, theme=theme)
        expect(page.locator("#item-h")).to_be_visible()
        assert axe_findings(page) == []
        assert overflow(page) == 0
    page = visit(f"/meetings/{meeting.pk}/live/", as_=people["chair"], on=on, theme=theme)
    page.get_by_role("link", name="1 of 2 with a vote are here").click()
    expect(page.locator("#dialog #people, #dialog h2").first).to_be_visible()
    page.get_by_role("button", name="Member Person: is there").click()
    expect(page.locator("#dialog")).to_contain_text("2 of 2 with a vote are here")
    assert axe_findings(page) == []


def test_it_works_without_script(visit: Visit, meeting, people):
    page = visit(f"/meetings/{meeting.pk}/live/", as_=people["chair"], script=False)
    page.get_by_role("button", name="Start the meeting").click()
    page.locator("#result").fill("Approved")
    page.get_by_role("button", name="Record result").click()
    page.get_by_role("button", name="Next").click()
    assert "Invoice matching" in page.content()
