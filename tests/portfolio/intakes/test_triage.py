"""Triage: accept, ask, decline, join; each leaves its event, and the requester is told."""

import pytest
from django.core.exceptions import PermissionDenied

from aiso.errors import DomainError
from aiso.events.models import Event, Notification
from portfolio.actions.assign_owners import assign_owner
from portfolio.actions.intakes import (
    accept_intake,
    ask_requester,
    decline_intake,
    join_intake,
    reply_to_question,
    submit_intake,
)
from portfolio.intake_work import intakes_of, intakes_waiting
from portfolio.models import Initiative, Intake
from portfolio.tasks import notify_of_intake
from tests.factories import make_initiative, make_person, make_unit

pytestmark = pytest.mark.django_db


def told(name: str) -> dict[str, str]:
    """Who was told what of an event, by person."""
    event = Event.objects.get(name=name)
    notify_of_intake(event.pk)
    return {str(each.person): each.text for each in Notification.objects.filter(event=event)}


def post(client, person, intake, deed: str, **data: str):
    client.force_login(person)
    return client.post(f"{intake.get_absolute_url()}{deed}/", data)


def test_accept(client, submitted, office_member, requester):
    response = post(client, office_member, submitted, "accept", rationale="Good. Next: workflow fit.")

    assert response.headers["Location"] == submitted.get_absolute_url()
    submitted.refresh_from_db()
    assert (submitted.state, submitted.decided_by, submitted.rationale) == (
        "accepted",
        office_member,
        "Good. Next: workflow fit.",
    )
    assert submitted.initiative.stage == "intake"
    assert told("intake.accepted") == {"Rita Quest": f"{submitted} was accepted"}
    client.force_login(requester)
    assert "Good. Next: workflow fit." in client.get(submitted.get_absolute_url()).content.decode()


def test_ask_and_answer(client, submitted, office_member, requester):
    assert post(client, office_member, submitted, "ask", text=" ").status_code == 422
    post(client, office_member, submitted, "ask", text="Which order book?")

    submitted.refresh_from_db()
    assert submitted.state == "asked"
    assert told("intake.asked") == {"Rita Quest": f"The office asks about {submitted}"}
    client.force_login(requester)
    page = client.get(submitted.get_absolute_url()).content.decode()
    assert "Which order book?" in page
    assert "you have it now" in page
    # Answers open again until the reply.
    assert client.get(f"{submitted.get_absolute_url()}steps/data/").status_code == 200
    reply_to_question(submitted, actor=requester, text="The ERP one.")
    assert told("intake.replied") == {"Olga Member": f"Rita Quest replied on {submitted}"}
    accept_intake(submitted, actor=office_member)


def test_decline_needs_a_rationale_and_leaves_the_register(client, submitted, office_member):
    assert post(client, office_member, submitted, "decline").status_code == 422
    with pytest.raises(DomainError, match="Say why"):
        decline_intake(submitted, actor=office_member, rationale=" ")

    post(client, office_member, submitted, "decline", rationale="Exists in the order system.")

    submitted.refresh_from_db()
    assert (submitted.state, submitted.rationale) == ("declined", "Exists in the order system.")
    # A declined intake is an intake's status, not a closed initiative.
    assert (submitted.initiative.stage, submitted.initiative.is_off_register) == ("intake", True)
    assert not Initiative.objects.on_register().exists()
    assert told("intake.declined") == {"Rita Quest": f"{submitted} was declined"}


def test_join_by_the_office(client, submitted, office_member):
    other = make_initiative("Order status bot", stage="pilot")

    post(client, office_member, submitted, "join", to=other.reference.lower(), rationale="Same mailbox.")

    submitted.refresh_from_db()
    assert (submitted.state, submitted.joined_to) == ("joined", other)
    assert submitted.initiative.is_off_register
    assert told("intake.joined") == {"Rita Quest": f"{submitted} was joined"}


def test_join_by_the_requester_while_writing(client, ready, requester, business_owner):
    other = make_initiative("Order status bot", stage="pilot", owner=business_owner)

    post(client, requester, ready, "join", to=other.reference)

    ready.refresh_from_db()
    assert (ready.state, ready.joined_to, ready.initiative) == ("joined", other, None)
    assert told("intake.joined") == {"Boris Owen": f"Rita Quest wanted something like {other.reference} and joined it"}
    assert "Joined to" in client.get(ready.get_absolute_url()).content.decode()


@pytest.mark.parametrize("to", ["AI-999999", "order bot", "AI-99999999999", ""])
def test_join_needs_an_initiative_that_is_there(client, submitted, office_member, to):
    response = post(client, office_member, submitted, "join", to=to)

    assert response.status_code == 422
    submitted.refresh_from_db()
    assert submitted.state == "submitted"


def test_join_refuses_itself_the_ended_and_the_hidden(submitted, office_member, requester):
    ended = make_initiative("Old bot", stage="closed")
    hidden = make_initiative("Secret bot", is_confidential=True)

    for other, actor, refusal in (
        (submitted.initiative, office_member, "Choose another"),
        (ended, office_member, "has ended"),
    ):
        with pytest.raises(DomainError, match=refusal):
            join_intake(submitted, actor=actor, to=other)
    ask_requester(submitted, actor=office_member, text="Is it like the secret one?")
    with pytest.raises(DomainError, match="Choose another"):
        join_intake(submitted, actor=requester, to=hidden)


def test_only_the_office_in_reach_and_never_on_ones_own(client, submitted, ready, stranger, auditor, answers):
    elsewhere = make_person("Far Member", "office_member", role_unit=make_unit("Elsewhere"))
    other = make_initiative("Order status bot")
    deeds = [
        lambda actor: accept_intake(submitted, actor=actor),
        lambda actor: ask_requester(submitted, actor=actor, text="Why?"),
        lambda actor: decline_intake(submitted, actor=actor, rationale="No."),
        lambda actor: join_intake(submitted, actor=actor, to=other),
    ]
    for person in (stranger, auditor, elsewhere, submitted.requester):
        for deed in deeds:
            with pytest.raises(PermissionDenied):
                deed(person)
    assert post(client, stranger, submitted, "accept").status_code == 403


def test_an_office_member_does_not_triage_their_own(office_member, answers):
    from portfolio.actions.intakes import start_intake

    own = submit_intake(start_intake(actor=office_member, answers=answers), actor=office_member)

    with pytest.raises(PermissionDenied):
        accept_intake(own, actor=office_member)


def test_nothing_is_decided_twice(client, submitted, office_member):
    accept_intake(submitted, actor=office_member)

    for deed, data in (("accept", {}), ("decline", {"rationale": "No."}), ("ask", {"text": "Why?"})):
        response = post(client, office_member, submitted, deed, **data)
        assert response.status_code == 422
        assert "accepted" in response.content.decode()


def test_a_draft_is_not_there_for_the_office(client, ready, office_lead):
    assert post(client, office_lead, ready, "accept").status_code == 404


def test_who_sees_it(client, submitted, requester, office_member, auditor, stranger):
    for person in (requester, office_member, auditor, stranger):
        client.force_login(person)
        assert client.get(submitted.get_absolute_url()).status_code == 200

    Initiative.objects.filter(pk=submitted.initiative_id).update(is_confidential=True)
    for person, status in ((requester, 200), (office_member, 200), (auditor, 200), (stranger, 404)):
        client.force_login(person)
        assert client.get(submitted.get_absolute_url()).status_code == status
        listed = client.get("/intakes/?show=all").content.decode()
        assert ("Delivery date replies" in listed) == (status == 200)


def test_the_queue_and_my_work(client, submitted, asked, office_member, requester, django_assert_max_num_queries):
    assert [item.what for item in intakes_of(requester)] == ["The office asks about Delivery date replies"]
    assert intakes_waiting(requester) == 1
    reply_to_question(asked, actor=requester, text="The ERP one.")

    assert [item.what for item in intakes_of(office_member)] == ["Request to triage: Delivery date replies"]
    assert (intakes_waiting(office_member), intakes_waiting(requester)) == (1, 0)
    client.force_login(office_member)
    with django_assert_max_num_queries(16):
        page = client.get("/intakes/").content.decode()
    assert "1 request waits" in page


def test_the_list_shows_states_and_is_empty_politely(client, stranger, submitted, requester):
    client.force_login(stranger)
    assert "No request yet" in client.get("/intakes/?show=mine").content.decode()
    assert "No request is in that state" in client.get("/intakes/?show=all&state=declined").content.decode()
    client.force_login(requester)
    assert "The office" in client.get("/intakes/?show=mine&state=submitted").content.decode()


def test_the_initiative_tells_of_its_requests(client, submitted, office_member):
    other = make_initiative("Order status bot", stage="pilot")
    client.force_login(office_member)
    assert submitted.reference in client.get(submitted.initiative.get_absolute_url()).content.decode()
    assert "Joined to this one" not in client.get(other.get_absolute_url()).content.decode()

    join_intake(submitted, actor=office_member, to=other)

    page = client.get(other.get_absolute_url()).content.decode()
    assert submitted.reference in page
    assert "Joined to this one" in page


def test_the_queue_holds_what_one_may_triage(submitted, office_member):
    here = make_person("Near Member", "office_member", role_unit=submitted.unit)
    elsewhere = make_person("Far Member", "office_member", role_unit=make_unit("Elsewhere"))
    queues = {each: [*Intake.objects.to_triage_by(each)] for each in (office_member, here, elsewhere)}
    assert queues == {office_member: [submitted], here: [submitted], elsewhere: []}

    assign_owner(submitted.initiative, actor=office_member, kind="technical", person=here)

    assert [*Intake.objects.to_triage_by(here)] == []
    assert intakes_waiting(here) == 0
