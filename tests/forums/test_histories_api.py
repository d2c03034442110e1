"""Histories that pages show, over the API: of a meeting, a forum and an action, with the same left out."""

from datetime import timedelta

import pytest

from forums.actions.action_items import give_action, move_action
from forums.actions.keep_forums import change_forum
from forums.actions.live import arrive, start_meeting
from forums.actions.meetings import move_meeting
from tests.api.conftest import Script, kind, make_api_token
from tests.factories import make_initiative, make_item

from .conftest import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def script(person) -> Script:
    return Script(make_api_token(person)[1])


def lines_of(told) -> list[dict]:
    return [line for entry in told.json()["results"] for line in entry["lines"]]


def fields_of(told) -> set[str]:
    return {change["field"] for line in lines_of(told) for change in line["changes"]}


def test_of_a_meeting(meeting, chair, member, stranger, service_account):
    item = make_item(meeting, "Project Heron", initiative=make_initiative("Project Heron", is_confidential=True))
    move_meeting(meeting, actor=chair, starts_at=NOON + timedelta(hours=1), place="Room 4")
    meeting.refresh_from_db()
    start_meeting(meeting, actor=chair)
    arrive(meeting, actor=member, person=member)

    for person in (stranger, service_account):
        told = script(person).get(f"meetings/{meeting.pk}/history/")
        assert "Room 4" in str(told.json())
        assert any("Milo Member" in str(line) for line in lines_of(told))
        # What is on screen may be confidential.
        assert "Current" not in fields_of(told)
        assert "Heron" not in str(told.json())
    assert item.title == "Project Heron"
    assert kind(script(stranger).get("meetings/999999/history/"), 404) == "not-found"


def test_of_a_forum_for_the_office_and_auditors(review, office_lead, office_member, auditor, stranger, chair):
    change_forum(review, actor=office_lead, quorum_least=3)

    for person in (office_member, auditor):
        told = script(person).get(f"forums/{review.slug}/history/")
        assert "Quorum, at least" in fields_of(told)
    for person in (stranger, chair):
        assert kind(script(person).get(f"forums/{review.slug}/history/"), 403) == "forbidden"


def test_of_an_action(review, chair, member, stranger):
    due = NOON.date() + timedelta(days=9)
    action = give_action(review, actor=chair, text="Ask legal", owner=member, due_on=due)
    move_action(action, actor=member, due_on=due + timedelta(days=2), reason="Legal is away.")

    told = script(stranger).get(f"actions/{action.pk}/history/")

    assert {"Item"}.isdisjoint(fields_of(told))
    assert any(change["before"] and change["now"] for line in lines_of(told) for change in line["changes"])


def test_a_history_goes_on_where_it_ended_and_refuses_other_places(meeting, chair, stranger, monkeypatch):
    from forums import histories

    for minute in range(3):
        move_meeting(meeting, actor=chair, starts_at=NOON + timedelta(days=2, minutes=minute))
        meeting.refresh_from_db()
    whole = histories.history_of

    monkeypatch.setattr(histories, "history_of", lambda *args, **named: whole(*args, **named, size=2))
    first = script(stranger).get(f"meetings/{meeting.pk}/history/").json()
    second = script(stranger).get(first["next"]).json()
    assert first["results"]
    assert second["results"]
    assert first["results"][-1]["at"] >= second["results"][0]["at"]
    bad = script(stranger).get(f"meetings/{meeting.pk}/history/", {"after": "nowhere"})
    assert kind(bad, 400) == "parameter"
