"""The two screens of a running meeting: who sees what, what is asked again and again, and what it costs."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aiso import clock
from aiso.accounts.models import Role, User
from forums import deciding, following, item_page
from forums.actions.live import arrive, cast_item_vote, give_proxy, go_on, settle_item, show_item
from forums.beats import beat_of
from forums.item_page import Section
from forums.models import ActionItem
from tests.factories import make_initiative, make_ownership, make_person

from .conftest import add_item, come, seated

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_nine")]
HTMX = {"HTTP_HX_REQUEST": "true"}


def at(name: str, meeting, *more) -> str:
    return reverse(f"forums:{name}", args=[meeting.pk, *more])


def signed(client, person):
    client.force_login(person)
    return client


def beat(client, meeting, screen="follow", seen=None):
    address = at("meeting_beat", meeting, screen)
    return client.get(address, {} if seen is None else {"seen": seen}, **HTMX)


def test_the_chair_leads_and_others_follow(client, running, chair, member):
    page = signed(client, chair).get(at("meeting_live", running)).content.decode()
    assert "Pumps" in page
    assert "Item 1 of 3" in page
    assert 'data-arrow="ArrowRight"' in page
    assert 'id="decision"' in page
    assert 'data-item="Item 1 of 3: Pumps"' in page
    led = signed(client, member).get(at("meeting_live", running), follow=True)
    assert led.redirect_chain == [(at("meeting_follow", running), 302)]
    page = led.content.decode()
    assert "Pumps" in page
    assert 'id="decision"' not in page
    assert "data-arrow" not in page


@pytest.mark.parametrize("leads", [True, False])
def test_forty_items_cost_the_queries_of_three(client, running, chair, member, leads, django_assert_max_num_queries):
    come(running, member)
    signed(client, chair if leads else member)
    address = at("meeting_live" if leads else "meeting_follow", running)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(37):
        add_item(running, f"More {number}", 10 + number, initiative=make_initiative(f"Initiative {number}"))
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    # The sections of the one item on screen are half of them.
    assert len(many) == len(few) <= 30


def test_begins_goes_on_pauses_and_records(client, meeting, chair):
    signed(client, chair)
    assert "Start the meeting" in client.get(at("meeting_live", meeting)).content.decode()
    assert client.post(at("meeting_start", meeting)).url == at("meeting_live", meeting)
    meeting.refresh_from_db()
    pumps = meeting.current
    client.post(at("item_note", meeting, pumps.pk), {f"n{pumps.pk}-note": "Depots agree."}, **HTMX)
    answer = client.post(at("item_record", meeting, pumps.pk), {"result": "Approved"}, **HTMX)
    assert answer.status_code == 200
    assert "Approved" in answer.content.decode()
    client.post(at("meeting_next", meeting), {"seen": pumps.pk}, **HTMX)
    client.post(at("meeting_break", meeting), **HTMX)
    meeting.refresh_from_db()
    pumps.refresh_from_db()
    assert (pumps.note, pumps.result, meeting.current.title) == ("Depots agree.", "Approved", "Invoices")
    assert meeting.paused_at is not None
    client.post(at("meeting_resume", meeting), **HTMX)
    client.post(at("meeting_previous", meeting), **HTMX)
    client.post(at("item_show", meeting, meeting.items.get(title="Routes").pk), **HTMX)
    meeting.refresh_from_db()
    assert (meeting.current.title, meeting.paused_at) == ("Routes", None)
    client.post(at("item_put_off_live", meeting, meeting.current_id), **HTMX)
    assert meeting.items.get(title="Routes").state == "deferred"


@pytest.mark.parametrize("name", ["start", "next", "previous", "break", "resume"])
def test_followers_do_not_lead(client, running, member, name):
    assert signed(client, member).post(at(f"meeting_{name}", running)).status_code == 403


def test_what_is_wrong_comes_back_with_what_was_typed(client, running, pumps, chair, secretary):
    signed(client, chair)
    answer = client.post(at("item_record", running, pumps.pk), {"result": "x" * 201}, **HTMX)
    assert (answer.status_code, "x" * 201 in answer.content.decode()) == (422, True)
    client.post(at("item_record", running, pumps.pk), {"result": "First"}, **HTMX)
    answer = signed(client, secretary).post(at("item_record", running, pumps.pk), {"result": "Second"}, **HTMX)
    assert answer.status_code == 409
    assert "Carla Chair was first, at 09:00: First." in answer.content.decode()


def test_a_decider_draws_the_form(client, running, pumps, chair, monkeypatch):
    def draw(item, person, data):
        return f'<input name="outcome" data-key="1" value="{(data or {}).get("outcome", "")}">'

    monkeypatch.setattr(deciding, "_deciders", {})
    decider = deciding.Decider(
        "by_hand", draw, lambda item, *, actor, data: f"Is {data['outcome']}", lambda *told: "Yes"
    )
    deciding.register_decider(decider)
    page = signed(client, chair).get(at("meeting_live", running)).content.decode()
    assert '<input name="outcome" data-key="1" value="">' in page
    answer = client.post(at("item_record", running, pumps.pk), {"outcome": "approved"}, **HTMX)
    assert "Is approved" in answer.content.decode()


def test_unchanged_is_answered_without_the_database(client, running, member, django_assert_num_queries):
    signed(client, member).get(at("meeting_follow", running))
    number = beat_of(running.pk)
    assert beat(client, running, seen=number).status_code == 204
    with django_assert_num_queries(0):
        answer = beat(client, running, seen=number)
    assert (answer.status_code, answer.content) == (204, b"")


def test_who_was_checked_lately_gets_what_others_were_drawn_without_the_database(
    running, chair, django_capture_on_commit_callbacks, django_assert_num_queries
):
    owner, *others = [make_person(f"Follower {number}", Role.REQUESTER) for number in range(3)]
    make_ownership(add_item(running, "Depots", 9, initiative=make_initiative()).initiative, owner)
    clients = {person: signed(Client(), person) for person in (owner, *others)}
    for each in clients.values():
        beat(each, running)
    with django_capture_on_commit_callbacks(execute=True):
        show_item(running.items.get(title="Depots"), actor=chair)
    first = beat(clients[others[0]], running).content
    with django_assert_num_queries(0):
        assert beat(clients[others[1]], running).content == first
    # Whoever has a part in the item is drawn a screen of their own.
    with CaptureQueriesContext(connection) as queries:
        assert b"Depots" in beat(clients[owner], running).content
    assert queries.captured_queries
    # The half minute is over: each is asked anew who they are.
    cache.delete(following.ticket_of(running.pk, clients[others[1]].cookies["sessionid"].value))
    User.objects.filter(pk=others[1].pk).update(is_active=False, deactivated_at=clock.now())
    assert "/login/" in beat(clients[others[1]], running, seen=beat_of(running.pk)).headers["HX-Redirect"]


def test_who_is_signed_out_hears_nothing_from_the_cache(client, running, member):
    signed(client, member).get(at("meeting_follow", running))
    number = beat_of(running.pk)
    assert beat(client, running, seen=number).status_code == 204
    kept = client.cookies["sessionid"].value
    client.logout()
    for cookie in (kept, "", "x", "0" * 32):
        client.cookies["sessionid"] = cookie
        assert "/login/" in beat(client, running, seen=number).headers["HX-Redirect"]


def test_changed_brings_the_part(client, running, chair, member, django_capture_on_commit_callbacks):
    signed(client, member)
    seen = beat_of(running.pk)
    with django_capture_on_commit_callbacks(execute=True):
        go_on(running, actor=chair)
    answer = beat(client, running, seen=seen)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Item 2 of 3" in page
    assert f"?seen={beat_of(running.pk)}" in page
    assert "<html" not in page


def test_nobody_asks_who_is_not_signed_in(client, running):
    address = at("meeting_beat", running, "follow")
    assert "/login/" in client.get(address, {"seen": beat_of(running.pk)}).url
    assert "/login/" in client.get(address, **HTMX).headers["HX-Redirect"]


def test_there_is_no_other_screen_and_no_other_meeting(client, running, member):
    signed(client, member)
    assert client.get(f"/meetings/{running.pk}/other/beat/").status_code == 404
    assert client.get(f"/meetings/{running.pk + 1}/follow/beat/").status_code == 404
    assert beat(client, running, "live").status_code == 403


def test_at_the_end_nobody_asks_again(client, running, member):
    type(running).objects.filter(pk=running.pk).update(state="closed", closed_at=running.started_at)
    answer = beat(signed(client, member), running)
    assert answer.status_code == 286
    assert "closed" in answer.content.decode()
    assert 'id="beat"' not in answer.content.decode()


def test_a_confidential_item_is_not_shown_to_whoever_may_not_see_it(client, running, chair, member, auditor):
    secret = make_initiative("Hidden merger", is_confidential=True)
    item = add_item(running, "Hidden merger", 9, initiative=secret, result="")
    show_item(item, actor=chair)
    one, two = make_person("One", Role.REQUESTER), make_person("Two", Role.REQUESTER)
    for person in (one, two):
        signed(client, person)
        for answer in (client.get(at("meeting_follow", running)), beat(client, running)):
            page = answer.content.decode()
            assert "Confidential item" in page
            assert "Hidden merger" not in page
            assert secret.reference not in page
    for person in (member, auditor):
        assert "Hidden merger" in signed(client, person).get(at("meeting_follow", running)).content.decode()
        assert "Hidden merger" in beat(signed(client, person), running).content.decode()


def test_what_is_drawn_is_shared_by_those_who_see_the_same(client, running, monkeypatch):
    from forums.views import live

    drawn = []
    part = live._part
    monkeypatch.setattr(live, "_part", lambda *args, **named: drawn.append(args[2]) or part(*args, **named))
    people = [make_person(f"Follower {number}", Role.REQUESTER) for number in range(3)]
    finance = make_person("Finance", Role.FINANCE_CONTROLLER)
    pages = [beat(signed(client, person), running).content for person in (*people, finance)]
    assert drawn == [people[0], finance]
    assert pages[0] == pages[1] == pages[2]


def test_members_share_the_sections_of_the_item(
    client, running, pumps, chair, monkeypatch, django_capture_on_commit_callbacks
):
    drawn = []
    pumps.initiative = make_initiative()
    pumps.save(update_fields=["initiative"])
    monkeypatch.setattr(item_page, "_sections", {})
    told = {pumps.pk: "<p>Told</p>"}
    item_page.register_section(Section("told", "Told", lambda items, person: drawn.append(person) or told))
    members = [seated(f"Member {number}") for number in range(3)]
    auditor = make_person("Auditor", Role.AUDITOR)
    for person in (*members, auditor):
        assert "<p>Told</p>" in beat(signed(client, person), running).content.decode()
    assert drawn == [members[0], auditor]
    make_ownership(pumps.initiative, members[1])
    with django_capture_on_commit_callbacks(execute=True):
        show_item(pumps, actor=chair)
    for person in members:
        beat(signed(client, person), running)
    assert drawn == [members[0], auditor, members[0], members[1]]


def test_a_member_says_they_are_here_then_votes_on_their_own_screen(client, running, pumps, member, other, secretary):
    signed(client, member)
    page = client.get(at("meeting_follow", running)).content.decode()
    assert "I am here" in page
    assert "Your vote" not in page
    client.post(at("meeting_arrive", running), {"at": "follow"})
    give_proxy(running, actor=secretary, giver=other, holder=member)
    page = client.get(at("meeting_follow", running)).content.decode()
    assert "Your vote" in page
    assert "For Mona Member, by proxy" in page
    answer = client.post(at("item_vote", running, pumps.pk), {"choice": "for", "at": "follow"}, **HTMX)
    assert "1 for, 0 against" in answer.content.decode()
    client.post(at("item_vote", running, pumps.pk), {"choice": "against", "person": other.pk})
    assert {vote.person: vote.choice for vote in pumps.votes.all()} == {member: "for", other: "against"}
    assert signed(client, make_person()).post(at("item_vote", running, pumps.pk), {"choice": "for"}).status_code == 403


def test_presence_and_proxies_are_noted_by_who_leads(client, running, chair, member, other, secretary):
    signed(client, secretary)
    page = client.get(at("meeting_presence", running)).content.decode()
    assert "Milo Member" in page
    client.post(at("person_arrive", running), {"seat": member.pk}, **HTMX)
    guest = make_person("Gustav Guest")
    client.post(at("person_arrive", running), {"person": guest.email})
    answer = client.post(at("proxy_give", running), {"giver": other.pk, "holder": member.pk}, **HTMX)
    assert "Milo Member votes for Mona Member" in answer.content.decode()
    client.post(at("proxy_end", running, running.proxies.get().pk))
    client.post(at("person_leave", running), {"seat": guest.pk})
    assert not running.proxies.exists()
    assert {row.person for row in running.attendance.present()} == {chair, member}
    assert client.post(at("proxy_give", running), {"giver": "", "holder": ""}, **HTMX).status_code == 422
    assert signed(client, member).get(at("meeting_presence", running)).status_code == 403


def test_two_who_note_see_each_other_on_the_page(client, running, pumps, chair):
    signed(client, chair)
    name, seen = f"n{pumps.pk}-note", f"initial-n{pumps.pk}-note"
    client.post(at("item_note", running, pumps.pk), {name: "Mine", seen: ""}, **HTMX)
    answer = client.post(at("item_note", running, pumps.pk), {name: "Other", seen: ""}, **HTMX)
    assert answer.status_code == 409
    assert "Somebody else made this" in answer.content.decode()
    pumps.refresh_from_db()
    assert pumps.note == "Mine"


def test_members_see_what_is_put_to_the_vote(client, running, pumps, chair, member):
    arrive(running, actor=member, person=member)
    put = at("item_motion", running, pumps.pk)
    assert "Say first" in signed(client, chair).post(put, {"result": ""}, **HTMX).content.decode()
    answer = client.post(put, {"result": "Buy two"}, **HTMX)
    assert 'data-motion="Put to the vote: Buy two"' in answer.content.decode()
    # Without script what was typed comes back with the page.
    assert ">Buy three</textarea>" in client.post(put, {"result": "Buy three"}).content.decode()
    page = signed(client, member).get(at("meeting_follow", running)).content.decode()
    assert "<b>Buy three</b>" in page
    assert client.post(put, {"result": "Mine"}, **HTMX).status_code == 403
    late = {"choice": "for", "motion": "1"}
    client.post(at("item_vote", running, pumps.pk), late, **HTMX)
    assert not pumps.votes.exists()


def test_a_vote_that_is_refused_is_told(client, running, pumps, member):
    arrive(running, actor=member, person=member)
    answer = signed(client, member).post(at("item_vote", running, pumps.pk), {"choice": "perhaps"}, **HTMX)
    assert "Vote for, against" in answer.headers["HX-Trigger-After-Swap"]
    cast_item_vote(pumps, actor=member, choice="for")


def test_members_give_actions_about_the_item_on_screen(client, running, pumps, chair, member, stranger):
    address = f"{at('meeting_action_give', running)}?item={pumps.pk}"
    assert address in signed(client, member).get(at("meeting_follow", running)).content.decode()
    assert address not in signed(client, stranger).get(at("meeting_follow", running)).content.decode()
    signed(client, chair)
    dialog = client.get(address, HTTP_HX_TARGET="dialog", **HTMX).content.decode()
    assert 'hx-target="#dialog"' in dialog
    sent = {"text": "Order the valve", "owner": member.email, "due_on": "2026-07-20", "item": pumps.pk}
    answer = client.post(address, sent, HTTP_HX_TARGET="dialog", **HTMX)
    assert answer.status_code == 200, answer.content
    assert "close-dialog" in answer.headers["HX-Trigger-After-Swap"]
    assert ActionItem.objects.get().item == pumps
    assert "Order the valve" in client.get(at("meeting_live", running)).content.decode()
    assert client.post(address, sent | {"text": ""}, HTTP_HX_TARGET="dialog", **HTMX).status_code == 422
    assert client.post(address, sent).url == at("meeting_live", running)
    assert signed(client, member).post(address, sent).url == at("meeting_follow", running)


def test_whoever_leads_closes_from_the_screen(client, running, chair, member):
    assert at("meeting_close", running) in signed(client, chair).get(at("meeting_live", running)).content.decode()
    assert (
        at("meeting_close", running) not in signed(client, member).get(at("meeting_follow", running)).content.decode()
    )


def test_a_latecomer_reads_what_came_of_the_items_before(client, running, pumps, chair, stranger):
    settle_item(pumps, actor=chair, result="Three depots, from May on")
    go_on(running, actor=chair)
    page = signed(client, stranger).get(at("meeting_follow", running)).content.decode()
    assert "Three depots, from May on" in page
    assert "Item 2 of 3" in page
