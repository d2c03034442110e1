"""Requests by script: who reads them, what the office asks and decides, and lists of them."""

import pytest

from aiso.accounts.models import Role
from aiso.events.models import Event
from portfolio.actions.intakes import start_intake
from portfolio.models import Initiative, Intake
from tests.factories import make_initiative, make_person, make_unit

from ..conftest import kind, problem

pytestmark = pytest.mark.django_db


def pointers(answer) -> list[str]:
    return [error["pointer"] for error in problem(answer, 422)["errors"]]


def events() -> list[str]:
    return [*Event.objects.filter(name__startswith="intake.").order_by("pk").values_list("name", flat=True)]


def test_a_draft_is_its_requesters_alone(draft, office, nobody, script, auditor, office_lead):
    for person in (office, nobody, script(auditor), script(office_lead)):
        for answer in (
            person.get(draft),
            person.get(f"{draft}duplicates/"),
            person.patch(draft, {"answers": {"name": "Mine"}}),
            *(person.post(f"{draft}{deed}/") for deed in ("submit", "withdraw", "accept")),
            person.post(f"{draft}ask/", {"text": "What?"}),
            person.post(f"{draft}decline/", {"rationale": "No."}),
            person.post(f"{draft}reply/", {"text": "That."}),
            person.post(f"{draft}join/", {"to": make_initiative().reference}),
        ):
            assert kind(answer, 404) == "not-found"
        assert person.get("intakes/").json()["results"] == []
    assert Intake.objects.get().state == "draft"


def test_auditors_ask_for_nothing(script, auditor, service_account):
    assert kind(script(auditor).post("intakes/", {}), 403) == "forbidden"
    assert script(service_account).post("intakes/", {}).status_code == 201


def test_once_submitted_others_read_it_and_change_nothing(submitted, nobody, office, mine, requester):
    for person in (nobody, office):
        assert person.get(submitted).json()["waits_for"] == "office"
        assert kind(person.patch(submitted, {"answers": {"name": "Mine"}}), 403) == "forbidden"
        assert kind(person.post(f"{submitted}withdraw/"), 403) == "forbidden"
        assert kind(person.post(f"{submitted}reply/", {"text": "That."}), 403) == "forbidden"
    for person in (nobody, mine):
        assert kind(person.post(f"{submitted}accept/"), 403) == "forbidden"
        assert kind(person.post(f"{submitted}ask/", {"text": "What?"}), 403) == "forbidden"
        assert kind(person.post(f"{submitted}decline/", {"rationale": "No."}), 403) == "forbidden"
    assert kind(nobody.post(f"{submitted}join/", {"to": make_initiative().reference}), 403) == "forbidden"
    assert kind(mine.patch(submitted, {"answers": {"name": "Late"}}), 409) == "refused"


def test_a_confidential_request_hides_with_its_initiative(mine, draft, nobody, office):
    mine.patch(draft, {"answers": {"is_confidential": True}})
    assert mine.post(f"{draft}submit/").json()["initiative"]
    assert kind(nobody.get(draft), 404) == "not-found"
    assert nobody.get("intakes/").json()["results"] == []
    assert office.get(draft).status_code == 200


def test_the_office_asks_and_the_requester_replies(mine, office, submitted, office_member):
    asked = office.post(f"{submitted}ask/", {"text": "Which order book?"}).json()
    assert (asked["state"], asked["waits_for"]) == ("asked", "requester")
    assert asked["questions"][0]["asked_by"]["id"] == office_member.pk
    assert kind(office.post(f"{submitted}ask/", {"text": "And?"}), 409) == "refused"
    mine.patch(submitted, {"answers": {"data_sources": "Order book of the north", "name": ""}})
    assert pointers(mine.post(f"{submitted}reply/", {"text": "The northern one."})) == ["/answers/name"]
    mine.patch(submitted, {"answers": {"name": "Northern replies"}})
    assert pointers(mine.post(f"{submitted}reply/", {"text": " "})) == ["/text"]
    told = mine.post(f"{submitted}reply/", {"text": "The northern one."}).json()
    assert (told["state"], told["questions"][0]["reply"]) == ("submitted", "The northern one.")
    assert told["initiative"]["name"] == "Northern replies"
    assert kind(mine.post(f"{submitted}reply/", {"text": "Again."}), 409) == "refused"
    assert events()[-2:] == ["intake.asked", "intake.replied"]


def test_the_office_accepts_once(office, submitted, office_member):
    told = office.post(f"{submitted}accept/", {"rationale": "Begin."}).json()
    assert (told["state"], told["waits_for"], told["rationale"]) == ("accepted", None, "Begin.")
    assert told["decided_by"]["id"] == office_member.pk
    assert kind(office.post(f"{submitted}accept/"), 409) == "refused"
    assert Event.objects.get(name="intake.accepted").actor == office_member


def test_what_is_not_ruled_out_is_not_accepted(mine, draft, office, answers):
    use = next(name for name in answers if name.startswith("use-"))
    mine.patch(draft, {"answers": {use: "not-sure", f"{use}-reason": "It may."}})
    mine.post(f"{draft}submit/")
    assert kind(office.post(f"{draft}accept/"), 409) == "refused"


def test_the_office_declines_with_a_rationale(office, mine, submitted):
    assert pointers(office.post(f"{submitted}decline/", {})) == ["/rationale"]
    assert office.post(f"{submitted}decline/", {"rationale": "It is there."}).json()["state"] == "declined"
    assert mine.get(submitted).json()["rationale"] == "It is there."
    assert not Initiative.objects.on_register().exists()
    assert events()[-1] == "intake.declined"


def test_an_office_of_another_unit_decides_nothing(script, submitted):
    elsewhere = script(make_person("Ola Member", Role.OFFICE_MEMBER, role_unit=make_unit("Plant")))
    assert elsewhere.get(submitted).status_code == 200
    assert kind(elsewhere.post(f"{submitted}accept/"), 403) == "forbidden"


def test_a_requester_joins_another_instead(mine, draft, business_owner):
    other = make_initiative("Replies", owner=business_owner)
    assert pointers(mine.post(f"{draft}join/", {"to": "AI-999999"})) == ["/to"]
    assert pointers(mine.post(f"{draft}join/", {"to": 5})) == ["/to"]
    ended = make_initiative("Gone", stage="closed")
    assert pointers(mine.post(f"{draft}join/", {"to": ended.reference})) == ["/to"]
    told = mine.post(f"{draft}join/", {"to": other.reference}).json()
    assert (told["state"], told["joined_to"]) == ("joined", {"id": other.reference, "name": "Replies"})
    assert events()[-1] == "intake.joined"


def test_nobody_joins_or_is_told_of_what_they_may_not_see(mine, office, submitted):
    hidden = make_initiative("Project Nightingale", is_confidential=True)
    assert pointers(mine.post(f"{submitted}join/", {"to": hidden.reference})) == ["/to"]
    assert office.post(f"{submitted}join/", {"to": hidden.reference}).json()["joined_to"]["id"] == hidden.reference
    for told in (mine.get(submitted), mine.get("intakes/")):
        assert "Nightingale" not in told.content.decode()
        assert hidden.reference not in told.content.decode()


def test_withdrawn_is_withdrawn(mine, submitted):
    assert mine.post(f"{submitted}withdraw/").json()["state"] == "withdrawn"
    assert kind(mine.post(f"{submitted}withdraw/"), 409) == "refused"
    assert events()[-1] == "intake.withdrawn"


def test_requests_are_filtered_and_paged(mine, office, draft, submitted, requester, office_member):
    other = start_intake(actor=office_member, answers={"name": "Mine"})
    own = mine.get("intakes/").json()["results"]
    assert [row["name"] for row in own] == ["Delivery date replies"]
    assert [row["id"] for row in office.get("intakes/").json()["results"]] == [other.reference, own[0]["id"]]
    assert [row["id"] for row in office.get("intakes/", {"mine": "true"}).json()["results"]] == [other.reference]
    assert [row["id"] for row in office.get("intakes/", {"state": "submitted"}).json()["results"]] == [own[0]["id"]]
    unit = Intake.objects.get(requester=requester).unit
    above = make_unit("Service")
    unit.parent = above
    unit.save()
    assert len(office.get("intakes/", {"unit": above.pk}).json()["results"]) == 1
    assert office.get("intakes/", {"unit": make_unit().pk}).json()["results"] == []
    first = office.get("intakes/", {"page_size": 1, "count": "true"}).json()
    assert first["count"] == 2
    rest = office.get(first["next"].removeprefix("http://testserver")).json()
    assert [row["id"] for row in rest["results"]] == [own[0]["id"]]


def test_requests_take_few_queries_however_many(office, requester, django_assert_num_queries):
    def add(number: int) -> None:
        told = {"initiative": make_initiative(), "unit": make_unit(), "joined_to": make_initiative()}
        Intake.objects.create(requester=requester, state="joined", submitted_at="2026-01-01T00:00Z", **told)

    add(0)
    office.get("intakes/")
    # The token with its person, the roles, the requests, and the initiatives that they may name.
    with django_assert_num_queries(4):
        office.get("intakes/")
    for number in range(20):
        add(number)
    with django_assert_num_queries(4):
        assert len(office.get("intakes/").json()["results"]) == 21
