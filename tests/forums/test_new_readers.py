"""A confidential initiative comes on an agenda only after the form told who will then see it."""

import pytest
from django.urls import reverse

from aiso.errors import DomainError
from forums.actions.agenda import put_in_backlog, put_on_agenda
from forums.new_readers import new_readers
from tests.api.conftest import Script, make_api_token, problem
from tests.factories import make_initiative, make_item, make_ownership, make_person, make_seat

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def heron(business_owner):
    return make_initiative("Project Heron", owner=business_owner, is_confidential=True)


def test_those_with_a_seat_who_do_not_see_it(review, chair, member, heron, office_lead):
    make_seat(review.slug, office_lead)
    make_seat(review.slug, make_person("Gerd Gone", is_active=False))
    assert new_readers(review, heron) == [chair, member]
    make_ownership(heron, member, is_deputy=True)
    assert new_readers(review, heron) == [chair]
    assert new_readers(review, make_initiative("Pumps")) == []
    make_item(None, "Project Heron", forum=review, initiative=heron)
    assert new_readers(review, heron) == []


def test_from_its_own_page(client, business_owner, meeting, review, chair, member, heron):
    client.force_login(business_owner)
    address = reverse("forums:initiative_put_on_agenda", args=[heron.reference])
    sent = {"forum": review.slug, "why": "Go on?", "minutes": 10}
    assert "let_see" not in client.get(address).text

    warned = client.post(address, sent)

    assert warned.status_code == 422
    assert "Carla Chair, Milo Member of the" in warned.text
    assert 'name="let_see"' in warned.text
    assert "Go on?" in warned.text
    assert not meeting.items.exists()
    assert client.post(address, sent | {"let_see": "on"}).status_code == 302
    assert meeting.items.get().initiative == heron


@pytest.mark.parametrize("where", ["agenda", "backlog"])
def test_from_the_page_of_the_meeting_and_of_the_forum(client, office_member, meeting, review, chair, member, where):
    heron = make_initiative("Project Heron", is_confidential=True)
    client.force_login(office_member)
    address = f"/meetings/{meeting.pk}/items/new/" if where == "agenda" else f"/forums/{review.slug}/backlog/new/"
    sent = {"initiative": heron.reference, "minutes": 10}

    assert "Milo Member" in client.post(address, sent).text
    assert not review.items.exists()
    # Another mistake does not lose what was agreed to.
    wrong = client.post(address, sent | {"minutes": 0, "let_see": "on"})
    assert (wrong.status_code, 'name="let_see"' in wrong.text, "do not see it now" in wrong.text) == (422, True, False)
    assert client.post(address, sent | {"let_see": "on"}).status_code == 302
    assert review.items.get().initiative == heron


def test_nobody_is_asked_where_nothing_becomes_known(client, office_member, meeting, review, member):
    pumps = make_initiative("Pumps")
    client.force_login(office_member)
    sent = {"initiative": pumps.reference, "minutes": 10}
    assert client.post(f"/meetings/{meeting.pk}/items/new/", sent).status_code == 302
    assert client.post(f"/meetings/{meeting.pk}/items/new/", {"title": "A word", "minutes": 5}).status_code == 302
    assert review.items.count() == 2


def test_the_actions_ask_too(office_member, meeting, review, chair, member, heron):
    for put, where in ((put_on_agenda, meeting), (put_in_backlog, review)):
        with pytest.raises(DomainError, match=r"Carla Chair, Milo Member of the .* do not see it now") as refused:
            put(where, actor=office_member, initiative=heron)
        assert refused.value.field == "let_see"
    assert not review.items.exists()
    put_in_backlog(review, actor=office_member, initiative=heron, let_see=True)


@pytest.mark.parametrize("where", ["agenda", "backlog"])
def test_from_a_program(business_owner, meeting, review, member, heron, where):
    script = Script(make_api_token(business_owner)[1])
    address = f"meetings/{meeting.pk}/items/" if where == "agenda" else f"forums/{review.slug}/backlog/"
    for sent in ({}, {"let_see": False}):
        [error] = problem(script.post(address, {"initiative": heron.reference} | sent), 422)["errors"]
        assert error["pointer"] == "/let_see"
        assert "Milo Member of the" in error["message"]
    assert not review.items.exists()
    assert script.post(address, {"initiative": heron.reference, "let_see": True}).status_code == 201
    assert review.items.get().initiative == heron
