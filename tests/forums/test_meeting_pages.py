"""The pages of forums and meetings, who sees what on them, and their API."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aiso import clock
from forums import item_page
from forums.item_page import Section, register_section
from forums.models import AgendaItem
from tests.api.conftest import Script, make_api_token
from tests.factories import make_initiative, make_item, make_meeting

from .conftest import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def secret(meeting) -> AgendaItem:
    initiative = make_initiative("Project Heron", is_confidential=True)
    return make_item(meeting, "Project Heron", initiative=initiative, why="Stop Heron?", source="ready", key="9")


def script(person) -> Script:
    return Script(make_api_token(person)[1])


def queries(client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("who", ["chair", "stranger"])
@pytest.mark.parametrize("page", ["forums:meeting_detail", "forums:pre_read"])
def test_forty_items_cost_no_more_queries_than_one(request, client, meeting, who, page):
    client.force_login(request.getfixturevalue(who))
    address = reverse(page, args=[meeting.pk])
    make_item(meeting, initiative=make_initiative(), put_by=request.getfixturevalue("office_member"))
    client.get(address)
    few = queries(client, address)
    for number in range(39):
        make_item(meeting, initiative=make_initiative(is_confidential=number % 3 == 0))

    assert queries(client, address) == few <= 28


def test_the_forum_page_costs_the_same_however_many_meetings_and_items(client, review, chair, office_member):
    client.force_login(chair)
    make_meeting(review.slug)
    make_item(None, forum=review, initiative=make_initiative())
    client.get(f"/forums/{review.slug}/")
    few = queries(client, f"/forums/{review.slug}/")
    for _ in range(10):
        meeting = make_meeting(review.slug)
        make_item(meeting)
        make_item(None, forum=review, initiative=make_initiative(), put_by=office_member)

    assert queries(client, f"/forums/{review.slug}/") == few <= 22


@pytest.mark.parametrize("page", ["forums:meeting_detail", "forums:pre_read"])
def test_a_confidential_item_tells_strangers_that_it_is_there_and_nothing_else(client, stranger, meeting, secret, page):
    client.force_login(stranger)

    text = client.get(reverse(page, args=[meeting.pk])).text

    assert "Confidential item" in text
    for told in ("Heron", secret.initiative.reference, f"items/{secret.pk}/"):
        assert told not in text


@pytest.mark.parametrize("who", ["chair", "member", "office_member", "auditor"])
def test_members_the_office_and_auditors_see_it(request, client, meeting, secret, who):
    client.force_login(request.getfixturevalue(who))

    assert "Project Heron" in client.get(f"/meetings/{meeting.pk}/").text
    assert client.get(f"/meetings/{meeting.pk}/items/{secret.pk}/").status_code == 200


def test_a_stranger_finds_no_confidential_item_by_any_way(client, stranger, review, meeting, secret):
    client.force_login(stranger)
    waiting = make_item(None, "Heron waits", forum=review, initiative=secret.initiative)

    assert client.get(f"/meetings/{meeting.pk}/items/{secret.pk}/").status_code == 404
    assert client.post(f"/meetings/{meeting.pk}/items/{secret.pk}/take-off/").status_code == 404
    assert "Heron" not in client.get(f"/forums/{review.slug}/").text
    assert "Heron" not in client.get(f"/meetings/{meeting.pk}/history/").text
    api = script(stranger)
    assert "Heron" not in api.get(f"meetings/{meeting.pk}/items/").text
    assert api.get(f"meetings/{meeting.pk}/items/{secret.pk}/").status_code == 404
    assert api.get(f"forums/{review.slug}/backlog/").json()["results"] == []
    assert api.get(f"forums/{review.slug}/backlog/{waiting.pk}/").status_code == 404


def test_the_answer_line_says_whether_it_fits(client, stranger, meeting):
    client.force_login(stranger)
    assert "Nothing stands on the agenda yet" in client.get(f"/meetings/{meeting.pk}/").text
    make_item(meeting, minutes=50)
    make_item(meeting, minutes=20)

    text = client.get(f"/meetings/{meeting.pk}/").text

    assert "<b>2 items</b> take <b>70</b> of 60 minutes, 10 too many; the agenda is not sent yet." in text


def test_an_agenda_that_is_too_long_is_marked_while_it_may_change(client, chair, review, meeting):
    client.force_login(chair)
    here = meeting.get_absolute_url()
    pages = (f"/forums/{review.slug}/", here, f"{here}live/")

    def marks() -> list[int]:
        return [client.get(page).content.decode().count("Too long") for page in pages]

    make_item(meeting, minutes=60)
    assert marks() == [0, 0, 0]
    make_item(meeting, minutes=10)
    assert marks() == [1, 1, 1]
    assert 'class="st risk' in client.get(pages[0]).content.decode()
    meeting.started_at = meeting.closed_at = clock.now()
    meeting.state = meeting.State.CLOSED
    meeting.save()
    assert marks() == [0, 0, 0]


def test_the_primary_button_follows_the_state(client, chair, meeting):
    client.force_login(chair)
    address = f"/meetings/{meeting.pk}/"
    assert "Send agenda" not in client.get(address).text
    make_item(meeting)
    assert "Send agenda" in client.get(address).text

    client.post(f"{address}open/")
    meeting.refresh_from_db()
    text = client.get(address).text
    assert (meeting.state, "Send agenda" in text, "Agenda sent" in text) == ("open", False, True)
    assert "sent before" in client.post(f"{address}open/", follow=True).text


def test_buttons_move_with_and_without_script(client, chair, meeting):
    client.force_login(chair)
    one, two = make_item(meeting, "One"), make_item(meeting, "Two")

    assert client.post(f"/meetings/{meeting.pk}/items/{two.pk}/up/").status_code == 302
    swapped = client.post(f"/meetings/{meeting.pk}/items/{two.pk}/down/", headers=HTMX)

    assert swapped.status_code == 200
    assert "<html" not in swapped.text
    assert f'id="down-{two.pk}"' in swapped.text
    assert swapped.text.index(f"item-{one.pk}") < swapped.text.index(f"item-{two.pk}")

    client.post(f"/meetings/{meeting.pk}/order/", {"item": [two.pk, one.pk]}, headers=HTMX)
    assert [*meeting.items.all()] == [two, one]
    assert client.post(f"/meetings/{meeting.pk}/order/", {"item": ["x", "9" * 30]}, headers=HTMX).status_code == 200


def test_an_item_is_added_edited_put_off_and_taken_off_on_pages(client, chair, meeting, review):
    client.force_login(chair)
    base = f"/meetings/{meeting.pk}/items"
    initiative = make_initiative("Pumps")
    wrong = client.post(f"{base}/new/", {"initiative": "AI-999999", "minutes": 5})
    assert (wrong.status_code, "No initiative" in wrong.text) == (422, True)
    client.post(f"{base}/new/", {"initiative": initiative.reference.lower(), "minutes": 5, "why": "Go on?"})
    item = meeting.items.get()
    assert (item.title, item.initiative, item.minutes) == ("Pumps", initiative, 5)
    assert client.post(f"{base}/new/", {"initiative": initiative.reference, "minutes": 5}).status_code == 422

    seen = {"initial-title": "Pumps", "initial-why": "Go on?", "initial-minutes": "5"}
    assert client.get(f"{base}/{item.pk}/edit/").status_code == 200
    assert client.post(f"{base}/{item.pk}/edit/", seen | {"title": "Pumps", "minutes": 0}).status_code == 422
    client.post(f"{base}/{item.pk}/edit/", seen | {"title": "Pumps", "why": "Stop?", "minutes": 15})
    item.refresh_from_db()
    assert (item.why, item.minutes) == ("Stop?", 15)
    conflict = client.post(f"{base}/{item.pk}/edit/", seen | {"title": "Pumps", "why": "Go on?", "minutes": 20})
    assert conflict.status_code == 409

    client.post(f"{base}/{item.pk}/put-off/", {"to": ""})
    assert [*review.items.backlog()] == [item]
    client.post(f"/meetings/{meeting.pk}/backlog/{item.pk}/take-in/")
    taken = client.post(f"{base}/{item.pk}/take-off/", headers=HTMX)
    assert ("Taken off and put off: 1" in taken.text, meeting.items.to_come().exists()) == (True, False)
    client.post(f"{base}/{item.pk}/put-back/")
    assert meeting.items.to_come().get() == item


def test_the_backlog_is_written_on_the_forum_page(client, member, stranger, review):
    client.force_login(member)
    client.post(f"/forums/{review.slug}/backlog/new/", {"title": "Later", "minutes": 5})
    item = review.items.backlog().get()
    client.force_login(stranger)
    assert client.post(f"/forums/{review.slug}/backlog/{item.pk}/take-off/").status_code == 403
    client.force_login(member)
    client.post(f"/forums/{review.slug}/backlog/{item.pk}/take-off/")
    assert not review.items.backlog().exists()


def test_an_initiative_is_put_on_the_next_agenda_from_its_page(client, business_owner, meeting, review):
    initiative = make_initiative("Pumps", owner=business_owner)
    client.force_login(business_owner)
    address = reverse("forums:initiative_put_on_agenda", args=[initiative.reference])
    assert address in client.get(initiative.get_absolute_url()).text

    assert "2\xa0Jul\xa02026" in client.get(address).text
    client.post(address, {"forum": review.slug, "why": "Go on?", "minutes": 10})

    item = meeting.items.get()
    assert (item.title, item.why, item.put_by) == ("Pumps", "Go on?", business_owner)
    page = client.get(initiative.get_absolute_url()).text
    assert address not in page
    assert "On the agenda of 2\xa0Jul\xa02026" in page
    assert client.post(address, {"forum": review.slug, "minutes": 10}).status_code == 422
    client.post(address, {"forum": "standards-review", "minutes": 10})
    assert AgendaItem.objects.filter(forum__slug="standards-review").backlog().exists()


def test_a_meeting_in_progress_is_not_the_next_one(client, business_owner, meeting, review):
    initiative = make_initiative("Pumps", owner=business_owner)
    make_item(meeting, "First")
    later = make_meeting(review.slug, starts_at=NOON + timedelta(days=30))
    type(meeting).objects.filter(pk=meeting.pk).update(state="in_progress", started_at=NOON)
    client.force_login(business_owner)

    address = reverse("forums:initiative_put_on_agenda", args=[initiative.reference])
    client.post(address, {"forum": review.slug, "minutes": 10})

    assert later.items.get().initiative == initiative


def test_others_are_not_offered_to_put_it_on(client, stranger, meeting):
    initiative, hidden = make_initiative(), make_initiative(is_confidential=True)
    client.force_login(stranger)

    assert "Put on next agenda" not in client.get(initiative.get_absolute_url()).text
    assert client.get(reverse("forums:initiative_put_on_agenda", args=[initiative.reference])).status_code == 403
    assert client.get(reverse("forums:initiative_put_on_agenda", args=[hidden.reference])).status_code == 404


def test_the_pre_read_is_built_of_sections_in_their_order(client, stranger, meeting, monkeypatch):
    monkeypatch.setattr(item_page, "_sections", {})
    asked = []

    def draw(items, person):
        asked.append(len(items))
        return {items[0].pk: f"For {person}", items[1].pk: ""}

    register_section(Section("money", "Money", draw, order=20))
    register_section(Section("ask", "Ask", lambda items, person: {items[0].pk: "First"}, order=10))
    for name in ("One", "Two"):
        make_item(meeting, name)
    client.force_login(stranger)

    text = client.get(f"/meetings/{meeting.pk}/pre-read/").text

    assert text.index(">Ask<") < text.index(">Money<") < text.index("For Nobody Special")
    assert (text.count(">Money<"), asked) == (1, [2])


def test_the_sides_name_the_three_forums(client, stranger, review, meeting):
    client.force_login(stranger)

    text = client.get("/forums/").text

    for slug in ("portfolio-review", "standards-review", "value-and-risk-review"):
        assert f'href="/forums/{slug}/"' in text
    assert f'href="/meetings/{meeting.pk}/"' in text
    delegate = client.get("/forums/fast-lane-delegate/").text
    assert "without meetings" in delegate
    assert "Backlog" not in delegate


def test_the_api_calls_moves_opens_and_cancels(office_member, stranger, review):
    api = script(office_member)
    made = api.post(f"forums/{review.slug}/meetings/", {"starts_at": "2026-07-02T08:00:00Z"})
    address = f"meetings/{made.json()['id']}/"
    assert (made.status_code, made.json()["state"], made.headers["Location"]) == (201, "draft", f"/api/v1/{address}")

    moved = api.patch(address, {"place": "Room 2", "was": {"place": ""}})
    assert (moved.json()["place"], moved.json()["version"]) == ("Room 2", 1)
    assert api.patch(address, {"place": "Room 3", "was": {"place": ""}}).status_code == 409
    assert api.patch(address, {"place": "Room 3"}, if_match='"old"').status_code == 412
    assert api.patch(address, {"starts_at": "2020-01-01T08:00:00Z"}).status_code == 422
    assert api.post(f"{address}open/").status_code == 409

    item = api.post(f"{address}items/", {"title": "One"}).json()
    other = api.post(f"{address}items/", {"initiative": make_initiative("Pumps").reference}).json()
    assert api.post(f"{address}items/", {"initiative": "AI-999999"}).status_code == 422
    assert api.post(f"{address}items/", {}).status_code == 422
    api.post(f"{address}order/", {"items": [other["id"], item["id"]]})
    assert [each["title"] for each in api.get(f"{address}items/").json()["results"]] == ["Pumps", "One"]
    api.post(f"{address}items/{item['id']}/move/", {"places": -1})
    assert [each["title"] for each in api.get(f"{address}items/").json()["results"]] == ["One", "Pumps"]
    changed = api.patch(f"{address}items/{item['id']}/", {"minutes": 25})
    assert changed.json()["minutes"] == 25

    assert api.post(f"{address}open/").json()["state"] == "open"
    assert api.post(f"{address}refresh/").json() == {"put": 0, "taken_off": 0}
    for asked in ("open/", "refresh/"):
        assert script(stranger).post(f"{address}{asked}").status_code == 403
    assert api.post(f"{address}cancel/", {"reason": "Holidays."}).json()["state"] == "cancelled"
    assert api.post(f"{address}cancel/", {"reason": "Holidays."}).status_code == 409
    assert {each["title"] for each in api.get(f"forums/{review.slug}/backlog/").json()["results"]} == {"One", "Pumps"}


def test_the_api_moves_items_between_agendas_and_the_backlog(chair, meeting, review):
    api, item = script(chair), make_item(meeting, "One")
    base = f"meetings/{meeting.pk}/items/{item.pk}/"
    later = make_meeting(review.slug, starts_at=datetime(2026, 8, 6, 8, tzinfo=UTC))

    assert api.post(f"{base}take-off/").json()["state"] == "removed"
    assert api.post(f"{base}put-back/").json()["state"] == "waiting"
    assert api.post(f"{base}put-off/").json()["meeting"] is None
    waiting = f"forums/{review.slug}/backlog/{item.pk}/"
    assert api.post(f"{waiting}take-in/", {"meeting": later.pk}).json()["meeting"] == later.pk
    assert api.post(f"{waiting}take-in/", {"meeting": later.pk}).status_code == 404
    new = api.post(f"forums/{review.slug}/backlog/", {"title": "Two"}).json()
    assert api.post(f"forums/{review.slug}/backlog/{new['id']}/take-off/").json()["state"] == "removed"


def test_the_api_tells_and_changes_when_a_forum_meets(office_lead, office_member, review, closed_days):
    api = script(office_lead)
    address = f"forums/{review.slug}/cadence/"

    assert api.get(address).json()["at"] == "10:00"
    assert api.post(address, {"week": 2, "was": {"week": 1}}).json()["week"] == 2
    assert api.post(address, {"week": 3, "was": {"week": 1}}).status_code == 409
    assert api.post(address, {"week": 9}).status_code == 422
    assert script(office_member).post(address, {"week": 2}).status_code == 403
    assert api.get("forums/fast-lane-delegate/cadence/").status_code == 404
    coming = api.get(f"forums/{review.slug}/meetings/", {"when": "coming"}).json()["results"]
    assert [each["starts_at"][:10] for each in coming] == sorted(each["starts_at"][:10] for each in coming)
    assert clock.now() == NOON
