"""Minutes over the API: what they hold is chosen there too, and they come as a PDF."""

from datetime import UTC, datetime

import pytest

from forums import minutes_pdf
from forums.actions.action_items import give_action
from forums.actions.live import cast_item_vote, settle_item, start_meeting, write_note
from forums.actions.minutes import close_meeting
from forums.after_tasks import set_minutes
from forums.models import Minutes, VoteChoice
from tests.api.conftest import Script, kind, make_api_token
from tests.factories import make_initiative, make_item

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def script(person) -> Script:
    return Script(make_api_token(person)[1])


@pytest.fixture
def closed(meeting, chair, member) -> Minutes:
    """With a confidential item and an open one, a note, a vote and actions."""
    make_item(meeting, "Project Heron", initiative=make_initiative("Project Heron", is_confidential=True))
    first = make_item(meeting, "In the open")
    start_meeting(meeting, actor=chair)
    meeting.refresh_from_db()
    first.refresh_from_db()
    cast_item_vote(first, actor=chair, choice=VoteChoice.FOR)
    write_note(first, actor=chair, note="Long spoken of.")
    due = datetime(2026, 7, 20, tzinfo=UTC).date()
    give_action(meeting.forum, actor=chair, meeting=meeting, item=first, text="Ask legal", owner=member, due_on=due)
    give_action(meeting.forum, actor=chair, meeting=meeting, text="Book a room", owner=chair, due_on=due)
    for item in meeting.items.all():
        settle_item(item, actor=chair, result="Go on")
    return close_meeting(meeting, actor=chair)


def test_they_hold_all_but_confidential_outcomes_unless_chosen(closed, chair):
    told = script(chair).get(f"meetings/{closed.meeting_id}/minutes/").json()
    [item] = told["items"]
    assert (item["title"], item["note"], len(item["votes"]), len(item["actions"])) == (
        "In the open", "Long spoken of.", 1, 1,
    )  # fmt: skip
    assert (len(told["attendance"]), len(told["absent"]), len(told["actions"]), told["left_out"]) == (1, 1, 1, 1)


@pytest.mark.parametrize("part", ["attendance", "notes", "votes", "actions"])
def test_what_they_need_not_hold_is_left_out(closed, chair, part):
    told = script(chair).get(f"meetings/{closed.meeting_id}/minutes/", {"without": part, "confidential": "1"}).json()
    item = told["items"][1]
    held = {
        "attendance": bool(told["attendance"] or told["absent"] or told["proxies"]),
        "notes": bool(item["note"]),
        "votes": bool(item["votes"]),
        "actions": bool(item["actions"] or told["actions"]),
    }
    assert held == {name: name != part for name in held}
    assert told["left_out"] == 0


def test_several_parts_and_unknown_ones(closed, chair):
    address = f"meetings/{closed.meeting_id}/minutes/"
    told = script(chair).get(address, {"without": ["votes", "notes"]}).json()
    assert (told["items"][0]["votes"], told["items"][0]["note"], len(told["items"][0]["actions"])) == ([], "", 1)
    assert kind(script(chair).get(address, {"without": "items"}), 400) == "parameter"


def test_the_pdf_is_that_of_the_page(client, closed, chair, stranger, service_account):
    client.force_login(chair)
    page = client.get(f"{closed.get_absolute_url()}pdf/?chosen=1&attendance=1&actions=1&confidential=1")
    chosen = {"without": ["votes", "notes"], "confidential": "1"}
    address = f"meetings/{closed.meeting_id}/minutes/pdf/"

    told = script(chair).get(address, chosen, accept="application/pdf")

    assert (told.status_code, told["Content-Type"]) == (200, "application/pdf")
    assert (told.content, told["Content-Disposition"]) == (page.content, page["Content-Disposition"])
    plain = script(stranger).get(address, {"confidential": "1"})
    assert plain.content == script(service_account).get(address).content
    assert plain.content != told.content


def test_no_pdf_before_it_is_closed(meeting, chair):
    told = script(chair).get(f"meetings/{meeting.pk}/minutes/pdf/", accept="application/pdf")
    assert kind(told, 404) == "not-found"


def test_long_ones_are_waited_for(closed, chair, monkeypatch):
    asked = []
    monkeypatch.setattr(minutes_pdf, "MOST_AT_ONCE", 0)
    monkeypatch.setattr(set_minutes, "apply_async", lambda sent, **options: asked.append(sent))
    address = f"meetings/{closed.meeting_id}/minutes/pdf/"
    first = script(chair).get(address, {"without": "votes"})
    assert (first.status_code, first["Retry-After"], first.content) == (202, "2", b"")
    assert script(chair).get(address, {"without": "votes"}).status_code == 202
    assert len(asked) == 1

    set_minutes(*asked[0])

    assert script(chair).get(address, {"without": "votes"}).content.startswith(b"%PDF")
    assert script(chair).get(address).status_code == 202
