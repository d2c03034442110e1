"""Action items: given, finished, dropped, passed on and moved; listed, reminded of, and where people work."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aiso import clock
from aiso.errors import DomainError
from aiso.events.models import Event, Notification
from aiso.events.reminders import remind_of
from aiso.web.forms import person_text
from forums import action_work
from forums.action_work import actions_of
from forums.actions.action_items import drop_action, finish_action, give_action, move_action, pass_on_action
from forums.actions.live import start_meeting
from forums.after_tasks import tell_what_follows
from forums.models import ActionItem
from tests.api.conftest import Script, make_api_token
from tests.factories import make_initiative, make_item

from .conftest import NOON, events

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
DUE = NOON.date() + timedelta(days=14)


@pytest.fixture
def given(review, chair, member) -> ActionItem:
    return give_action(review, actor=chair, text="Ask legal", owner=member, due_on=DUE)


@pytest.fixture
def secret(meeting, chair) -> ActionItem:
    """About a confidential initiative that the chair sees as the forum's member."""
    initiative = make_initiative("Project Heron", is_confidential=True)
    item = make_item(meeting, "Project Heron", initiative=initiative)
    start_meeting(meeting, actor=chair)
    told = {"meeting": meeting, "item": item, "owner": chair}
    return give_action(meeting.forum, actor=chair, text="Call it otherwise", due_on=DUE, **told)


def script(person) -> Script:
    return Script(make_api_token(person)[1])


def days_later(days: int):
    return clock.fixed_at(NOON + timedelta(days=days))


def test_an_action_is_given_once_somebody_may(review, chair, member, stranger, auditor, given):
    assert (given.owner, given.due_on, given.state) == (member, DUE, "open")
    assert [event["action_item"] for event in events("action.given")] == [given.pk]
    for person in (stranger, auditor):
        with pytest.raises(PermissionDenied):
            give_action(review, actor=person, text="Mine", owner=person, due_on=DUE)


def test_bad_input_is_refused(review, meeting, chair, member, service_account, stranger, secret):
    good = {"text": "More", "owner": member, "due_on": DUE}
    item = secret.item
    for wrong, told in (
        ({"text": " "}, "what is to be done"),
        ({"due_on": NOON.date() - timedelta(days=1)}, "past"),
        ({"owner": service_account}, "active person"),
        ({"item": item}, "in its meeting"),
        ({"item": item, "meeting": meeting, "owner": stranger}, "may not see"),
        ({"item": make_item(None, forum=review), "meeting": meeting}, "another agenda"),
    ):
        with pytest.raises(DomainError, match=told):
            give_action(review, actor=chair, **good | wrong)


def test_its_owner_finishes_it_once(given, member, stranger):
    with pytest.raises(PermissionDenied):
        finish_action(given, actor=stranger, note="Done.")
    with pytest.raises(DomainError, match="Say what was done"):
        finish_action(given, actor=member, note=" ")

    done = finish_action(given, actor=member, note="They agree.")

    assert (done.state, done.done_note, done.done_by) == ("done", "They agree.", member)
    assert len(events("action.done")) == 1
    for again in (
        lambda: finish_action(given, actor=member, note="Again."),
        lambda: move_action(given, actor=member, due_on=DUE + timedelta(days=1), reason="Later."),
        lambda: pass_on_action(given, actor=member, to=stranger),
    ):
        with pytest.raises(DomainError, match="done already"):
            again()


def test_who_gave_it_drops_it_and_its_owner_does_not(given, chair, member):
    with pytest.raises(PermissionDenied):
        drop_action(given, actor=member, reason="No.")
    with pytest.raises(DomainError, match="Say why"):
        drop_action(given, actor=chair, reason="")

    assert drop_action(given, actor=chair, reason="They came by themselves.").state == "dropped"
    assert len(events("action.dropped")) == 1


def test_passing_on_tells_both(given, chair, member, stranger):
    with pytest.raises(DomainError, match="already"):
        pass_on_action(given, actor=member, to=member)

    pass_on_action(given, actor=chair, to=stranger, reason="On leave.")

    event = Event.objects.get(name="action.passed_on")
    for _ in range(2):
        tell_what_follows(event.pk)
    told = {note.person: note.kind for note in Notification.objects.filter(event=event)}
    assert told == {stranger: "request", member: "news"}


def test_another_day_needs_a_reason_that_history_keeps(client, given, member):
    with pytest.raises(DomainError, match="Say why"):
        move_action(given, actor=member, due_on=DUE + timedelta(days=7), reason=" ")
    with pytest.raises(DomainError, match="Somebody else moved it"):
        move_action(given, actor=member, due_on=DUE + timedelta(days=7), reason="Late.", seen=NOON.date())

    moved = move_action(given, actor=member, due_on=DUE + timedelta(days=7), reason="Legal is away.", seen=DUE)

    assert moved.due_on == DUE + timedelta(days=7)
    assert events("action.moved")[0]["was_due_on"] == DUE.isoformat()
    client.force_login(member)
    assert "Legal is away." in client.get(f"{given.get_absolute_url()}history/").text


def test_an_action_about_what_one_may_not_see_is_not_there(client, secret, given, chair, stranger):
    assert {*ActionItem.objects.visible_to(stranger)} == {given}
    assert {*ActionItem.objects.visible_to(chair)} == {given, secret}
    client.force_login(stranger)
    assert client.get(secret.get_absolute_url()).status_code == 404
    assert "Call it otherwise" not in client.get("/actions/?state=open").text


def test_the_list_has_tabs_filters_and_files(client, review, given, chair, member, stranger):
    done = give_action(review, actor=chair, text="Book a room", owner=stranger, due_on=DUE)
    finish_action(done, actor=stranger, note="Booked.")
    client.force_login(member)

    with days_later(20):
        seen = {
            state: [
                name for name in ("Ask legal", "Book a room") if name in client.get(f"/actions/?state={state}").text
            ]
            for state in ("mine", "forums", "overdue", "open", "settled")
        }
        chosen = client.get(f"/actions/?state=settled&owner={member.pk}").text
        csv = b"".join(client.get("/actions/export/?state=settled&format=csv").streaming_content).decode()
        xlsx = client.get("/actions/export/?state=open&format=xlsx").content

    assert seen == {
        "mine": ["Ask legal"],
        "forums": ["Ask legal"],
        "overdue": ["Ask legal"],
        "open": ["Ask legal"],
        "settled": ["Book a room"],
    }
    assert "No action stands here" in chosen
    assert "Booked." in csv
    assert "Ask legal" not in csv
    assert xlsx.startswith(b"PK")


def test_fifty_actions_cost_no_more_queries_than_two(client, review, chair, member):
    client.force_login(member)
    counts = []
    for number in range(50):
        give_action(review, actor=chair, text=f"Thing {number}", owner=member, due_on=DUE)
        if number in (1, 49):
            client.get("/actions/")
            with CaptureQueriesContext(connection) as captured:
                client.get("/actions/")
            counts.append(len(captured))

    assert counts[0] == counts[1] <= 16


def test_owners_are_reminded_before_and_after_and_the_forum_when_it_is_long_late(given, chair, member, monkeypatch):
    # The office's calendar is not in force yet on the day that these tests hold.
    monkeypatch.setattr(action_work, "due_after", lambda start, days: start.date() + timedelta(days=days))

    def people(step: str) -> set:
        return {note.person for note in Notification.objects.filter(event__payload__step=step)}

    assert remind_of("actions") == 0
    for days, step, told in ((13, "before", {member}), (15, "late", {member}), (21, "long late", {chair})):
        with days_later(days):
            assert remind_of("actions") == 1
            assert remind_of("actions") == 0
        assert people(step) == told


def test_my_work_and_the_initiative_show_what_is_open(client, secret, chair, office_lead):
    initiative = secret.item.initiative
    assert [(work.what, work.due) for work in actions_of(chair)] == [("Action: Call it otherwise", DUE)]
    client.force_login(office_lead)
    page = client.get(initiative.get_absolute_url()).text
    assert "Call it otherwise" in page

    finish_action(secret, actor=chair, note="Renamed.")

    assert [*actions_of(chair)] == []
    assert "Call it otherwise" not in client.get(initiative.get_absolute_url()).text


def test_the_pages_do_all_of_it(client, review, chair, member, stranger):
    address = f"/forums/{review.slug}/actions/new/"
    body = {"text": "Ask legal", "owner": person_text(member), "due_on": DUE.isoformat()}
    client.force_login(stranger)
    assert client.post(address, body).status_code == 403
    client.force_login(chair)
    assert client.post(address, body | {"text": ""}).status_code == 422
    client.post(address, body)
    action = ActionItem.objects.get()
    here = action.get_absolute_url()

    client.force_login(stranger)
    assert client.post(f"{here}finish/", {"note": "Mine."}).status_code == 403
    client.force_login(member)
    assert client.post(f"{here}drop/", {"reason": "No."}).status_code == 403
    assert client.post(f"{here}move/", {"due_on": "2026-01-01", "reason": "Late."}).status_code == 422
    client.post(f"{here}move/", {"due_on": "2026-08-01", "reason": "Late."})
    client.post(f"{here}pass-on/", {"to": person_text(stranger)})
    client.force_login(stranger)
    client.post(f"{here}finish/", {"note": "Agreed."})

    action.refresh_from_db()
    assert (action.owner, str(action.due_on), action.state) == (stranger, "2026-08-01", "done")
    assert "Agreed." in client.get(here).text
    assert client.post(f"{here}finish/", {"note": "Again."}).status_code == 422


def test_the_api_does_all_of_it(review, chair, member, stranger):
    body = {"forum": review.slug, "text": "Ask legal", "owner": member.pk, "due_on": DUE.isoformat()}
    assert script(stranger).post("actions/", body).status_code == 403
    assert script(chair).post("actions/", body | {"due_on": "2026-01-01"}).status_code == 422
    made = script(chair).post("actions/", body).json()
    here = f"actions/{made['id']}/"
    assert script(stranger).post(f"{here}finish/", {"note": "Mine."}).status_code == 403
    assert script(member).post(f"{here}drop/", {"reason": "No."}).status_code == 403
    assert script(member).post(f"{here}move/", {"due_on": "2026-08-01", "reason": "Late."}).status_code == 200
    assert script(member).post(f"{here}pass-on/", {"to": stranger.pk}).json()["owner"]["id"] == stranger.pk
    assert script(stranger).post(f"{here}finish/", {"note": "Agreed."}).json()["state"] == "done"
    assert script(stranger).post(f"{here}finish/", {"note": "Again."}).status_code == 409
    assert [each["id"] for each in script(member).get("actions/", {"state": "settled"}).json()["results"]] == [
        made["id"]
    ]
    assert script(member).get("actions/", {"state": "mine"}).json()["results"] == []


def test_the_history_of_one_given_in_a_meeting_names_it(client, secret, chair):
    client.force_login(chair)
    page = client.get(f"{secret.get_absolute_url()}history/")
    assert page.status_code == 200
    assert str(secret.meeting) in page.text
