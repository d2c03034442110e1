"""A whole portfolio review with two people who lead it at once, and a member who follows: from the agenda to the
actions that came of it.
"""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from aiso import clock
from forums.actions.live import start_meeting
from forums.models import Meeting
from portfolio.models import Stage
from stagegates.models import Condition, Decision, GateReview, Tranche
from tests.factories import make_initiative, make_item, make_meeting, make_person, make_seat
from tests.stagegates.decisions.conftest import make_review
from tests.stagegates.meetings.conftest import make_item as make_review_item

from .conftest import Visit, axe_findings, overflow


@pytest.fixture
def people(transactional_db) -> dict[str, Any]:
    found = {
        "chair": make_person("Carla Chair"),
        "secretary": make_person("Selma Minutes"),
        "member": make_person("Milo Member"),
        "away": make_person("Ada Away"),
    }
    for role, person in found.items():
        make_seat("portfolio-review", person, role if role in ("chair", "secretary") else "member")
    return found | {"owner": make_person("Boris Owen")}


def asked(name: str, owner: Any, amount: int) -> GateReview:
    initiative = make_initiative(name, stage=Stage.PILOT, owner=owner, risk_tier="moderate")
    return make_review(initiative, amount=Decimal(amount))


@pytest.fixture
def meeting(people) -> Meeting:
    """A draft with two reviews to decide and one word to speak of."""
    meeting = make_meeting("portfolio-review", starts_at=clock.now() - timedelta(minutes=1), minutes_planned=60)
    for position, (name, amount) in enumerate((("Pump maintenance", 60_000), ("Invoice matching", 20_000)), start=1):
        make_review_item(meeting, asked(name, people["owner"], amount), position=position, title=name)
    make_item(meeting, "Route planning", position=3)
    return meeting


def fit(page: Page) -> None:
    """Nothing that axe calls serious, and nothing wider than its window."""
    assert axe_findings(page) == []
    assert overflow(page) <= 0


def vote_for(page: Page, whose: str = "Your vote") -> None:
    button = page.get_by_role("group", name=whose).get_by_role("button", name="For", exact=True)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")


def choose(page: Page, outcome: str) -> None:
    page.locator("#decision label.out", has=page.locator(f"[value={outcome}]")).click()


def press(page: Page, key: str) -> None:
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press(key)


def test_a_whole_review(visit: Visit, meeting, people):
    here = f"/meetings/{meeting.pk}/"
    lead = visit(here, as_=people["chair"])
    fit(lead)
    lead.get_by_role("button", name="Send agenda").click()
    expect(lead.get_by_role("link", name="Start meeting")).to_be_visible()
    lead.get_by_role("link", name="Pre-read").click()
    expect(lead.locator(".sheet")).to_have_count(3)
    expect(lead.locator("#sheet-1")).to_contain_text("60")
    fit(lead)
    lead.goto(here)
    lead.get_by_role("link", name="Start meeting").click()

    write = visit(f"{here}live/", as_=people["secretary"])
    follow = visit(f"{here}follow/", as_=people["member"])
    expect(follow.locator("#meeting h2")).to_have_text("It has not begun")
    lead.get_by_role("button", name="Start the meeting").click()
    for page in (lead, write, follow):
        expect(page.locator("#item-h")).to_contain_text("Pump maintenance")
        fit(page)
    _gather(write, follow, lead)
    _decide_with_conditions(lead, follow)
    _record_at_once(lead, write, follow)
    _lose_the_connection(lead)
    _close(lead, write, meeting, people["member"])
    mine = visit("/", as_=people["member"])
    expect(mine.locator("main")).to_contain_text("Send the list of pumps")
    fit(mine)


def test_what_is_written_outlives_a_vote_on_it(visit: Visit, meeting, people):
    start_meeting(meeting, actor=people["chair"])
    lead = visit(f"/meetings/{meeting.pk}/live/", as_=people["chair"])
    choose(lead, "approve")
    rationale = lead.locator("#decision").get_by_label("Rationale")
    rationale.press_sequentially("Accuracy holds at 94 %.")
    lead.get_by_role("button", name="Put to the vote").click()
    expect(lead.locator(".motion")).to_contain_text("Approve")
    expect(rationale).to_have_value("Accuracy holds at 94 %.")
    lead.reload()
    expect(rationale).to_have_value("Accuracy holds at 94 %.")
    expect(lead.locator("#decision input:checked")).to_have_value("approve")


def _gather(write: Page, follow: Page, lead: Page) -> None:
    """Who is there, a proxy, and with them the quorum."""
    expect(lead.locator(".livebar")).to_contain_text("no quorum")
    follow.get_by_role("button", name="I am here").click()
    expect(follow.get_by_role("group", name="Your vote")).to_be_visible()
    write.get_by_role("button", name="I am here").click()
    expect(write.locator(".livebar")).to_contain_text("2 of 3 with a vote are here")
    write.get_by_role("link", name="2 of 3 with a vote are here").click()
    dialog = write.locator("#dialog")
    dialog.get_by_label("Who is away").select_option(label="Ada Away")
    dialog.get_by_label("Who votes for them").select_option(label="Milo Member")
    dialog.get_by_role("button", name="Note proxy").click()
    expect(dialog).to_contain_text("Milo Member votes for Ada Away")
    fit(write)
    dialog.get_by_role("button", name="Close").click()
    for page in (lead, follow):
        expect(page.locator(".livebar")).to_contain_text("quorum met, 3 of 3 with a vote are here")
    expect(lead.locator("[data-until]")).to_have_text(re.compile("5[0-9]"))


def _decide_with_conditions(lead: Page, follow: Page) -> None:
    """An outcome put to the vote, votes, then condition, money and rationale in one form."""
    expect(follow.locator("#meeting")).to_contain_text("Nothing is put to the vote yet")
    lead.get_by_role("button", name="Put to the vote").click()
    expect(lead.locator(".errs")).to_contain_text("Choose an outcome first")
    press(lead, "2")
    form = lead.locator("#decision")
    form.get_by_label("Condition 1").first.fill("Prove the fallback")
    form.get_by_label("By", exact=True).first.fill((clock.today() + timedelta(days=30)).isoformat())
    lead.get_by_role("button", name="Put to the vote").click()
    for page in (lead, follow):
        expect(page.locator(".motion")).to_contain_text("Prove the fallback, by")
    expect(lead.locator("#decision input:checked")).to_have_value("conditions")
    fit(lead)
    fit(follow)
    vote_for(follow)
    vote_for(follow, "For Ada Away, by proxy")
    vote_for(lead)
    expect(lead.locator("#meeting")).to_contain_text("3 for, 0 against")
    form.get_by_label("Released now").fill("15,000")
    form.get_by_label("Rationale").fill("Accuracy holds at 94 %.")
    fit(lead)
    form.get_by_role("button", name="Record: ").click()
    for page in (lead, follow):
        expect(page.locator(".live > :last-child .ask")).to_contain_text("3 for, 0 against")
    decision = Decision.objects.get()
    assert (decision.outcome, decision.amount, decision.decided_by.name) == ("conditions", 60_000, "Carla Chair")
    assert decision.in_meeting.voices.filter(proxy__isnull=False).count() == 1
    assert Condition.objects.get().text == "Prove the fallback"
    assert sum(each.released for each in Tranche.objects.all()) == 15_000
    press(lead, "ArrowRight")
    for page in (lead, follow):
        expect(page.locator("#item-h")).to_contain_text("Invoice matching")


def _record_at_once(lead: Page, write: Page, follow: Page) -> None:
    """Chair and secretary fill the same form; who comes second is told, and keeps what they wrote."""
    expect(write.locator("#item-h")).to_contain_text("Invoice matching")
    for page, why in ((lead, "Too little volume for a year."), (write, "We wait for the new contract.")):
        choose(page, "hold")
        page.locator("#decision").get_by_label("Held until").fill((clock.today() + timedelta(days=60)).isoformat())
        page.locator("#decision").get_by_label("Rationale").fill(why)
        page.locator("#decision").get_by_label("By general consent").check()
    # The secretary's screen does not hear of the chair's decision before it sends its own.
    write.route("**/beat/**", lambda route: route.abort())
    lead.get_by_role("button", name="Record: ").click()
    expect(lead.locator(".live > :last-child .ask")).to_contain_text("Held")
    write.get_by_role("button", name="Record: ").click()
    expect(write.locator(".errs")).to_contain_text("Carla Chair was first")
    expect(write.locator("#unsent li")).to_have_text("We wait for the new contract.")
    fit(write)
    write.unroute("**/beat/**")
    expect(follow.locator(".live > :last-child .ask")).to_contain_text("Held")
    press(lead, "ArrowRight")
    expect(write.locator("#item-h")).to_contain_text("Route planning")
    expect(write.locator("#unsent li")).to_have_text("We wait for the new contract.")
    write.get_by_role("button", name="Discard it").click()
    expect(write.locator("#unsent")).to_be_hidden()
    write.reload()
    expect(write.locator("#unsent")).to_be_hidden()
    assert Decision.objects.filter(outcome="hold").count() == 1


def _lose_the_connection(lead: Page) -> None:
    field = lead.locator("#result")
    field.fill("Spoken of")
    lead.context.set_offline(True)
    expect(lead.locator("#offline")).to_be_visible()
    field.press_sequentially(", again in May")
    lead.get_by_role("button", name="Record result").click()
    expect(field).to_have_value("Spoken of, again in May")
    lead.context.set_offline(False)
    expect(lead.locator("#offline")).to_be_hidden()
    lead.get_by_role("button", name="Record result").click()
    expect(lead.locator(".live > :last-child .ask")).to_have_text("Spoken of, again in May")


def _close(lead: Page, write: Page, meeting: Meeting, member: Any) -> None:
    """An action, the end, the minutes and an addendum."""
    here = f"/meetings/{meeting.pk}/"
    write.goto(f"{here}actions/new/")
    write.get_by_label("What is to be done").fill("Send the list of pumps")
    write.get_by_role("combobox", name="Who").fill(member.email)
    write.get_by_label("By", exact=True).fill((clock.today() + timedelta(days=7)).isoformat())
    fit(write)
    write.get_by_role("button", name="Give it").click()
    lead.goto(here)
    lead.get_by_role("link", name="Close").click()
    fit(lead)
    lead.get_by_role("button", name="Close the meeting").click()
    expect(lead.locator("h1")).to_contain_text("Minutes of Portfolio review")
    write.goto(f"{here}minutes/")
    for told in ("Approved with conditions", "Held", "Spoken of, again in May", "Send the list of pumps"):
        expect(write.locator(".minutes")).to_contain_text(told)
    write.get_by_label("What is added").fill("The pumps are those of depot 2.")
    write.get_by_role("button", name="Write the addendum").click()
    fit(write)
    lead.goto(f"{here}minutes/")
    lead.get_by_role("button", name="Sign it").click()
    expect(lead.locator("#addenda-h + .minute")).to_contain_text("signed by Carla Chair")
    fit(lead)
