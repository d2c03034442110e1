"""Closing a meeting, its minutes, what is added to them, and that nothing of it changes afterwards."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, connection, transaction
from django.db.utils import InternalError
from django.test.utils import CaptureQueriesContext

from aiso import clock
from aiso.errors import DomainError
from aiso.events.models import Event, Notification
from forums import minutes_parts, minutes_pdf, recusals
from forums.actions.action_items import give_action
from forums.actions.agenda import put_on_agenda
from forums.actions.live import arrive, cast_item_vote, give_proxy, leave, settle_item, start_meeting, write_note
from forums.actions.minutes import close_meeting, sign_addendum, write_addendum
from forums.after_tasks import set_minutes, tell_what_follows
from forums.minutes_content import hash_of
from forums.minutes_parts import Part, fact, register_part
from forums.models import AgendaItem, Meeting, Minutes, VoteChoice
from tests.api.conftest import Script, make_api_token
from tests.factories import make_initiative, make_item, make_meeting, make_person, make_seat

from .conftest import NOON, events

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
DAY = NOON.date()


@pytest.fixture
def secretary(at_noon, review):
    person = make_person("Selma Minutes")
    make_seat(review.slug, person, "secretary")
    return person


@pytest.fixture
def live(meeting, chair, member, secretary) -> Meeting:
    """Under way, with three items; the chair and a member are there."""
    for title in ("First", "Second", "Third"):
        make_item(meeting, title)
    start_meeting(meeting, actor=chair)
    arrive(meeting, actor=member, person=member)
    meeting.refresh_from_db()
    return meeting


@pytest.fixture
def closed(live, chair) -> Minutes:
    first = live.items.get(title="First")
    cast_item_vote(first, actor=chair, choice=VoteChoice.FOR)
    settle_item(first, actor=chair, result="Go on")
    return close_meeting(live, actor=chair)


def minutes_of_secret(meeting, chair, **fields) -> Minutes:
    secret = make_item(meeting, "Project Heron", initiative=make_initiative("Project Heron", is_confidential=True))
    make_item(meeting, "In the open", initiative=make_initiative("Open to all"))
    start_meeting(meeting, actor=chair)
    for item in meeting.items.all():
        settle_item(item, actor=chair, result=f"{item.title} goes on")
    if fields:
        give_action(meeting.forum, actor=chair, meeting=meeting, item=secret, owner=chair, due_on=DAY, **fields)
    return close_meeting(meeting, actor=chair)


def at(minutes: int):
    return clock.fixed_at(NOON + timedelta(minutes=minutes))


def script(person) -> Script:
    return Script(make_api_token(person)[1])


def test_closing_keeps_what_was_recorded(live, chair, member):
    first, second, third = live.items.all()
    cast_item_vote(first, actor=chair, choice=VoteChoice.FOR)
    cast_item_vote(first, actor=member, choice=VoteChoice.AGAINST, reason="Too dear")
    write_note(first, actor=chair, note="Long spoken of.")
    give_action(live.forum, actor=chair, meeting=live, item=first, text="Ask legal", owner=member, due_on=DAY)
    give_action(live.forum, actor=chair, meeting=live, text="Book a room", owner=chair, due_on=DAY)
    settle_item(first, actor=chair, result="Go on")
    with at(90):
        minutes = close_meeting(live, actor=chair)

    content = minutes.content
    told = content["items"][0]
    assert (told["result"], told["note"], told["quorum"]["there"]) == ("Go on", "Long spoken of.", 2)
    assert [(vote["person"]["name"], vote["choice"], vote["reason"]) for vote in told["votes"]] == [
        ("Carla Chair", "for", ""),
        ("Milo Member", "against", "Too dear"),
    ]
    assert [action["text"] for action in told["actions"]] == ["Ask legal"]
    assert [action["text"] for action in content["actions"]] == ["Book a room"]
    assert [each["person"]["name"] for each in content["absent"]] == ["Selma Minutes"]
    assert content["closed_at"] == (NOON + timedelta(minutes=90)).isoformat()
    minutes.refresh_from_db()
    assert minutes.sha256 == hash_of(minutes.content)
    live.refresh_from_db()
    assert (live.state, live.current) == (Meeting.State.CLOSED, None)
    assert [event["put_off"] for event in events("meeting.closed")] == [2]
    assert {second.title, third.title} == {item["title"] for item in content["items"] if item["state"] == "deferred"}


def test_what_was_not_reached_waits_in_the_backlog_and_tells_where_it_came_from(closed):
    waiting = AgendaItem.objects.backlog()

    assert {item.title for item in waiting} == {"Second", "Third"}
    assert {item.came_from.meeting_id for item in waiting} == {closed.meeting_id}


def test_the_time_of_the_item_on_screen_is_counted(live, chair):
    with at(12):
        minutes = close_meeting(live, actor=chair)

    assert minutes.content["items"][0]["minutes_taken"] == 12


def test_minutes_tell_when_somebody_left_and_came_back(live, chair, member):
    with at(20):
        leave(live, actor=chair, person=member)
    with at(30):
        settle_item(live.items.get(title="First"), actor=chair, result="Alone")
    with at(40):
        arrive(live, actor=chair, person=member)
    with at(50):
        settle_item(live.items.get(title="Second"), actor=chair, result="Together")
    with at(60):
        content = close_meeting(live, actor=chair).content

    times = {each["person"]["name"]: each["times"] for each in content["attendance"]}
    assert len(times["Carla Chair"]) == 1
    assert len(times["Milo Member"]) == 2
    assert times["Milo Member"][0] == [NOON.isoformat(), (NOON + timedelta(minutes=20)).isoformat()]
    assert content["items"][0]["quorum"]["there"] == 1


def test_a_proxy_counts_for_the_quorum_while_its_holder_is_there(live, chair, review):
    away = make_person("Ada Away")
    make_seat(review.slug, away)
    give_proxy(live, actor=away, giver=away, holder=chair)
    settle_item(live.items.get(title="First"), actor=chair, result="Go on")

    content = close_meeting(live, actor=chair).content

    assert content["items"][0]["quorum"]["there"] == 3
    assert [(each["giver"]["name"], each["holder"]["name"]) for each in content["proxies"]] == [
        ("Ada Away", "Carla Chair")
    ]


def test_who_has_a_part_stands_there_as_recused(live, chair, member, monkeypatch):
    first = live.items.get(title="First")
    monkeypatch.setattr(recusals, "_finders", [lambda items: {first.pk: {member.pk: "Business owner"}}])

    content = close_meeting(live, actor=chair).content

    votes = content["items"][0]["votes"]
    assert [(vote["person"]["name"], vote["choice"], vote["reason"]) for vote in votes] == [
        ("Milo Member", "recused", "Business owner")
    ]


def test_whoever_may_not_lead_does_not_close(live, member, stranger, auditor):
    for person in (member, stranger, auditor):
        with pytest.raises(PermissionDenied):
            close_meeting(live, actor=person)

    live.refresh_from_db()
    assert live.is_live


def test_a_meeting_is_closed_once_and_only_while_it_runs(closed, chair, review):
    with pytest.raises(DomainError, match="closed already"):
        close_meeting(closed.meeting, actor=chair)
    with pytest.raises(DomainError, match="is draft"):
        close_meeting(make_meeting(review.slug), actor=chair)

    assert Minutes.objects.count() == 1


def test_of_two_people_who_close_at_once_one_wins_and_the_other_is_told(transactional_db, live, chair, secretary):
    together, told = threading.Barrier(2), []

    def close(person):
        together.wait()
        try:
            close_meeting(live, actor=person)
            told.append("closed")
        except DomainError as refused:
            told.append(str(refused))
        finally:
            connection.close()

    threads = [threading.Thread(target=close, args=[person]) for person in (chair, secretary)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert max(told) == "closed"
    assert "closed already" in min(told)
    assert Minutes.objects.count() == 1
    assert Event.objects.filter(name="meeting.closed").count() == 1
    assert AgendaItem.objects.backlog().count() == 3


@pytest.mark.parametrize(
    "deed",
    [
        lambda meeting, item, chair: settle_item(item, actor=chair, result="Other"),
        lambda meeting, item, chair: write_note(item, actor=chair, note="Other"),
        lambda meeting, item, chair: cast_item_vote(item, actor=chair, choice="against"),
        lambda meeting, item, chair: arrive(meeting, actor=chair, person=chair),
        lambda meeting, item, chair: leave(meeting, actor=chair, person=chair),
        lambda meeting, item, chair: put_on_agenda(meeting, actor=chair, title="More"),
        lambda meeting, item, chair: give_action(
            meeting.forum, actor=chair, meeting=meeting, text="More", owner=chair, due_on=DAY
        ),
    ],
)
def test_no_action_changes_what_is_closed(closed, chair, deed):
    meeting = Meeting.objects.get(pk=closed.meeting_id)

    with pytest.raises(DomainError):
        deed(meeting, meeting.items.get(title="First"), chair)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE forums_meeting SET place = 'Elsewhere'",
        "UPDATE forums_meeting SET state = 'in_progress', closed_at = NULL",
        "DELETE FROM forums_meeting",
        "UPDATE forums_agendaitem SET result = 'Other' WHERE title = 'First'",
        "UPDATE forums_agendaitem SET meeting_id = NULL WHERE title = 'First'",
        "UPDATE forums_agendaitem SET meeting_id = {meeting} WHERE meeting_id IS NULL",
        "DELETE FROM forums_agendaitem",
        "UPDATE forums_itemvote SET choice = 'against'",
        "UPDATE forums_itemvote SET item_id = (SELECT min(id) FROM forums_agendaitem WHERE meeting_id IS NULL)",
        "DELETE FROM forums_itemvote",
        "UPDATE forums_attendance SET left_at = NULL, has_vote = false",
        "DELETE FROM forums_attendance",
        "DELETE FROM forums_proxy",
        "UPDATE forums_minutes SET content = '{{}}'",
        "DELETE FROM forums_minutes",
        "TRUNCATE forums_minutes CASCADE",
        "UPDATE forums_addendum SET text = 'Other'",
        "UPDATE forums_addendum SET signed_at = NULL, signed_by_id = NULL",
        "DELETE FROM forums_addendum",
    ],
)
def test_no_statement_changes_what_is_closed(live, chair, review, statement):
    away = make_person("Ada Away")
    make_seat(review.slug, away)
    give_proxy(live, actor=away, giver=away, holder=chair)
    cast_item_vote(live.items.get(title="First"), actor=chair, choice=VoteChoice.FOR)
    settle_item(live.items.get(title="First"), actor=chair, result="Go on")
    minutes = close_meeting(live, actor=chair)
    sign_addendum(write_addendum(minutes, actor=chair, text="As it was."), actor=chair)

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises((ProgrammingError, InternalError)), transaction.atomic():
            cursor.execute(statement.format(meeting=live.pk))


def test_an_addendum_counts_once_the_chair_signs_it(closed, chair, member, secretary, stranger):
    addendum = write_addendum(closed, actor=secretary, text="It was in room 2.")

    assert not closed.addenda.signed().exists()
    assert not closed.addenda.visible_to(stranger).exists()
    for person in (secretary, member, stranger):
        with pytest.raises(PermissionDenied):
            sign_addendum(addendum, actor=person)
    sign_addendum(addendum, actor=chair)
    with pytest.raises(DomainError, match="signed already"):
        sign_addendum(addendum, actor=chair)

    assert [each.signed_by for each in closed.addenda.visible_to(stranger)] == [chair]
    assert [event["addendum"] for event in events("addendum.signed")] == [addendum.pk]
    assert Minutes.objects.get().content == closed.content


def test_whoever_sits_elsewhere_adds_nothing(closed, stranger, office_member, auditor):
    for person in (stranger, office_member, auditor):
        with pytest.raises(PermissionDenied):
            write_addendum(closed, actor=person, text="Mine.")
    with pytest.raises(DomainError):
        write_addendum(closed, actor=closed.made_by, text="  ")


def test_each_is_told_once_what_concerns_them(meeting, chair, member, secretary, business_owner):
    initiative = make_initiative("Pumps", owner=business_owner)
    item = make_item(meeting, "Pumps", initiative=initiative)
    start_meeting(meeting, actor=chair)
    settle_item(item, actor=chair, result="Goes on")
    give_action(meeting.forum, actor=chair, meeting=meeting, text="Ask legal", owner=member, due_on=DAY)
    close_meeting(meeting, actor=chair)
    event = Event.objects.get(name="meeting.closed")

    for _ in range(2):
        tell_what_follows(event.pk)

    told = {note.person: note.text for note in Notification.objects.filter(event=event)}
    assert {*told} == {member, secretary, business_owner}
    assert f"spoke of {initiative.reference}: Goes on" in told[business_owner]
    assert "gave you 1 action" in told[member]


def test_the_chair_is_asked_to_sign_and_members_are_told_of_it(closed, chair, member, secretary):
    addendum = write_addendum(closed, actor=member, text="Room 2.")
    tell_what_follows(Event.objects.get(name="addendum.written").pk)
    sign_addendum(addendum, actor=chair)
    tell_what_follows(Event.objects.get(name="addendum.signed").pk)

    notes = Notification.objects.filter(event__name__startswith="addendum").order_by("pk")
    assert [(note.person, note.kind) for note in notes if note.event.name == "addendum.written"] == [(chair, "request")]
    assert {note.person for note in notes if note.event.name == "addendum.signed"} == {member, secretary}


def test_confidential_outcomes_are_left_out_unless_chosen(client, meeting, chair, stranger):
    minutes = minutes_of_secret(meeting, chair, text="Rename Heron")
    address = minutes.get_absolute_url()
    client.force_login(chair)

    usual, chosen = client.get(address).text, client.get(f"{address}?chosen=1&confidential=1&actions=1").text

    assert "Heron" not in usual
    assert "1 confidential item left out." in usual
    assert "Heron goes on" in chosen
    assert "Rename Heron" in chosen
    assert "left out" not in chosen
    client.force_login(stranger)
    for query in ("", "?chosen=1&confidential=1&actions=1"):
        text = client.get(f"{address}{query}").text
        assert "Heron" not in text
        assert "In the open goes on" in text
        assert "1 confidential item left out." in text


def test_what_became_confidential_since_is_left_out_too(client, meeting, chair, stranger):
    minutes = minutes_of_secret(meeting, chair)
    item = meeting.items.get(title="In the open")
    type(item.initiative).objects.filter(pk=item.initiative_id).update(is_confidential=True)
    client.force_login(stranger)

    text = client.get(minutes.get_absolute_url()).text

    assert "In the open goes on" not in text
    assert "2 confidential items left out." in text


def test_apps_add_to_an_item_and_sums_are_for_those_who_see_money(client, meeting, chair, office_lead, monkeypatch):
    monkeypatch.setattr(minutes_parts, "_parts", {})
    said = [fact("Rationale", "It saves stops."), fact("Money", "60 k€", is_money=True)]
    register_part(Part("decision", tell=lambda items: {item.pk: said for item in items}))
    minutes = minutes_of_secret(meeting, chair)

    seen = {}
    for person in (chair, office_lead):
        client.force_login(person)
        seen[person] = client.get(minutes.get_absolute_url()).text

    assert all("It saves stops." in text for text in seen.values())
    assert "60 k€" in seen[office_lead]
    assert "60 k€" not in seen[chair]


@pytest.mark.parametrize("part", ["attendance", "notes", "votes", "actions"])
def test_the_form_chooses_what_the_minutes_hold(client, live, chair, member, part):
    first = live.items.get(title="First")
    write_note(first, actor=chair, note="Note-of-it")
    cast_item_vote(first, actor=chair, choice=VoteChoice.FOR, reason="Vote-of-it")
    give_action(live.forum, actor=chair, meeting=live, item=first, text="Action-of-it", owner=member, due_on=DAY)
    minutes = close_meeting(live, actor=chair)
    words = {
        "attendance": "Who was there</h2>",
        "notes": "Note-of-it",
        "votes": "Vote-of-it",
        "actions": "Action-of-it",
    }
    client.force_login(chair)

    text = client.get(f"{minutes.get_absolute_url()}?chosen=1&{part}=1").text

    assert [name for name, word in words.items() if word in text] == [part]
    usual = client.get(minutes.get_absolute_url()).text
    assert all(word in usual for word in words.values())


def test_what_was_not_reached_stands_apart(client, live, chair, monkeypatch):
    first, second, third = live.items.all()
    settle_item(first, actor=chair, result="Go on")
    write_note(second, actor=chair, note="Half spoken of.")
    minutes = close_meeting(live, actor=chair)
    set_apart = []
    monkeypatch.setattr(minutes_pdf, "pdf_of", lambda template, told, **_: set_apart.append(told) or b"%PDF")
    client.force_login(chair)

    spoken, _, unreached = client.get(minutes.get_absolute_url()).text.partition("Not reached, back to the backlog")

    assert spoken.count("Took part") == 2
    assert "Half spoken of." in spoken
    assert "Third" in unreached
    assert "Took part" not in unreached
    client.get(f"{minutes.get_absolute_url()}pdf/")
    assert [each["title"] for each in set_apart[0]["unreached"]] == [third.title]
    assert [each["title"] for each in set_apart[0]["items"]] == [first.title, second.title]


def test_a_closed_meeting_counts_what_it_put_off(client, closed, chair):
    client.force_login(chair)
    meeting = closed.meeting
    assert "2 put off" in client.get(closed.get_absolute_url()).text

    page = client.get(meeting.get_absolute_url()).text

    assert "1 of <b>3 items</b> settled, 2 put off." in page
    assert "Taken off and put off" not in page
    pre_read = client.get(f"{meeting.get_absolute_url()}pre-read/").text
    assert [f'id="sheet-{number}"' in pre_read for number in (1, 2, 3, 4)] == [True, True, True, False]
    assert "1 of 3 items settled, 2 put off." in client.get(f"{meeting.get_absolute_url()}follow/").text


HOSTILE = '#panic("out") #eval("1") *bold* `raw` $x$ <label> @ref [a] \\ // no\n= Heading </script><b>'


def test_the_pdf_holds_what_people_wrote_as_text(client, live, chair):
    write_note(live.items.get(title="First"), actor=chair, note=HOSTILE)
    minutes = close_meeting(live, actor=chair)
    sign_addendum(write_addendum(minutes, actor=chair, text=HOSTILE), actor=chair)
    client.force_login(chair)

    response = client.get(f"{minutes.get_absolute_url()}pdf/")

    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")
    assert b"/StructTreeRoot" in response.content
    assert 'filename="minutes-portfolio-review-2026-07-02.pdf"' in response["Content-Disposition"]
    assert "<b>" not in client.get(minutes.get_absolute_url()).text.partition("Heading")[2][:40]


def test_long_minutes_are_set_in_the_background(client, closed, chair, monkeypatch):
    asked = []
    monkeypatch.setattr(minutes_pdf, "MOST_AT_ONCE", 0)
    monkeypatch.setattr(set_minutes, "apply_async", lambda sent, **options: asked.append(sent))
    client.force_login(chair)
    address = f"{closed.get_absolute_url()}pdf/?chosen=1&votes=1"

    waiting = [client.get(address) for _ in range(2)]
    assert [each.status_code for each in waiting] == [202, 202]
    assert client.get(address, headers={"HX-Request": "true"}).status_code == 204
    assert len(asked) == 1
    set_minutes(*asked[0])

    assert client.get(address, headers={"HX-Request": "true"}).status_code == 200
    assert client.get(address).content.startswith(b"%PDF")
    assert client.get(f"{closed.get_absolute_url()}pdf/").status_code == 202


def test_forty_items_cost_no_more_queries_than_two(client, review, chair, member):
    counts = []
    client.force_login(chair)
    for day, size in ((1, 2), (2, 40)):
        meeting = make_meeting(review.slug, starts_at=datetime(2026, 8, day, 9, tzinfo=UTC))
        for number in range(size):
            make_item(meeting, initiative=make_initiative(is_confidential=number % 3 == 0))
        start_meeting(meeting, actor=chair)
        for item in meeting.items.all():
            settle_item(item, actor=chair, result="Go on")
        with CaptureQueriesContext(connection) as closing:
            minutes = close_meeting(meeting, actor=chair)
        spent = len(closing)
        address = f"{minutes.get_absolute_url()}?chosen=1&confidential=1&votes=1"
        client.get(address)
        with CaptureQueriesContext(connection) as reading:
            assert client.get(address).status_code == 200
        counts.append((spent, len(reading)))

    assert counts[0] == counts[1]
    assert counts[0][1] <= 20


def test_the_pages_close_and_add(client, live, chair, member, stranger):
    address = f"/meetings/{live.pk}/close/"
    client.force_login(member)
    assert client.get(address).status_code == 403
    client.force_login(chair)
    assert "3 items go back to the backlog" in client.get(address).text

    response = client.post(address)

    assert response["Location"] == f"/meetings/{live.pk}/minutes/"
    assert client.post(address)["Location"] == f"/meetings/{live.pk}/minutes/"
    client.force_login(member)
    assert client.post(f"/meetings/{live.pk}/minutes/addenda/", {"text": ""}).status_code == 422
    client.post(f"/meetings/{live.pk}/minutes/addenda/", {"text": "Room 2."})
    addendum = live.minutes.addenda.get()
    sign = f"/meetings/{live.pk}/minutes/addenda/{addendum.pk}/sign/"
    assert client.post(sign).status_code == 403
    client.force_login(stranger)
    assert client.post(sign).status_code == 404
    assert "Room 2." not in client.get(f"/meetings/{live.pk}/minutes/").text
    client.force_login(chair)
    client.post(sign)
    client.force_login(stranger)
    assert "Room 2." in client.get(f"/meetings/{live.pk}/minutes/").text


def test_the_api_closes_reads_and_adds(meeting, chair, member, stranger):
    make_item(meeting, "Project Heron", initiative=make_initiative("Project Heron", is_confidential=True))
    make_item(meeting, "In the open")
    start_meeting(meeting, actor=chair)
    address = f"meetings/{meeting.pk}/minutes/"
    assert script(chair).get(address).status_code == 404
    assert script(member).post(address).status_code == 403

    assert script(chair).post(address).status_code == 201
    assert script(chair).post(address).status_code == 409

    told = script(stranger).get(address, {"confidential": "true"}).json()
    assert ([item["title"] for item in told["items"]], told["left_out"]) == (["In the open"], 1)
    full = script(chair).get(address, {"confidential": "true"}).json()
    assert [item["title"] for item in full["items"]] == ["Project Heron", "In the open"]
    addenda = f"meetings/{meeting.pk}/addenda/"
    assert script(stranger).post(addenda, {"text": "Mine."}).status_code == 403
    made = script(member).post(addenda, {"text": "Room 2."}).json()
    assert script(stranger).get(addenda).json()["results"] == []
    assert script(member).post(f"{addenda}{made['id']}/sign/").status_code == 403
    assert script(chair).post(f"{addenda}{made['id']}/sign/").json()["signed_by"]["name"] == "Carla Chair"
    assert [each["text"] for each in script(stranger).get(addenda).json()["results"]] == ["Room 2."]
