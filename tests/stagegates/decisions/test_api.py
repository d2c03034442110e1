"""Decisions, ballots, conditions and the fast lane over the API: the same deeds, the same rights."""

from datetime import timedelta

import pytest

from aiso import clock
from portfolio.models import Initiative
from stagegates.models import Decision, FastLaneAudit, NamedDecider, TierConfirmation
from tests.api.conftest import Script, kind, make_api_token, problem
from tests.factories import make_person

from .conftest import COMBINED, approve, make_condition, make_review, make_sign_off, seat

pytestmark = pytest.mark.django_db


def script(person) -> Script:
    return Script(make_api_token(person)[1])


def test_a_review_is_decided_once(review, chair, stranger):
    body = {"review": review.pk, "outcome": "approve", "rationale": "Accuracy holds.", "amount": "50000.00"}
    made = script(chair).post("decisions/", body)
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["outcome"], told["amount"], told["body"]["name"], told["way"]) == (
        "approve", "50000.00", "Portfolio review", "chair",
    )  # fmt: skip
    assert script(stranger).get(made.headers["Location"]).json()["amount"] is None
    assert "Carla Chair decided this" in problem(script(chair).post("decisions/", body), 409)["detail"]
    listed = script(stranger).get("decisions/", {"urgent": "true", "outcome": "approve", "count": "true"}).json()
    assert (listed["count"], listed["results"][0]["id"]) == (1, told["id"])
    assert script(stranger).get("decisions/", {"body": "executive-sponsor"}).json()["results"] == []


def test_conditions_and_overrides_in_one_body(review, sponsor, technical_owner):
    sign_off = make_sign_off(review, "legal", "object")
    body = {
        "review": review.pk,
        "outcome": "conditions",
        "rationale": "Go on.",
        "conditions": [
            {"text": "Prove it", "owner": technical_owner.pk, "due_on": (clock.today() + timedelta(days=9)).isoformat()}
        ],
    }
    assert "Legal objects" in problem(script(sponsor).post("decisions/", body), 409)["detail"]
    body["overrides"] = [{"key": f"objection:{sign_off.pk}", "reason": "Carried."}]
    told = script(sponsor).post("decisions/", body).json()
    assert told["overrides"] == [{"what": "Legal objects: Looked at.", "reason": "Carried."}]
    [condition] = script(technical_owner).get("conditions/", {"mine": "true"}).json()["results"]
    assert (condition["text"], condition["state"], condition["decision"]) == ("Prove it", "open", told["id"])


def test_a_sealed_fact_that_changed_refuses_the_approval(client, review, chair):
    """The fact was written past every event: the decision finds it itself."""
    make_sign_off(review, "legal", "approve")
    Initiative.objects.filter(pk=review.initiative_id).update(summary="Something else.")
    body = {"review": review.pk, "outcome": "approve", "rationale": "Go."}

    assert "The sign-off of Legal is outdated" in problem(script(chair).post("decisions/", body), 409)["detail"]
    client.force_login(chair)
    answer = client.post(f"/reviews/{review.pk}/decide/", body)

    assert answer.status_code == 422
    assert "The sign-off of Legal is outdated" in answer.content.decode()
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"outcome": "merge"}, "/survivor"),
        ({"rationale": ""}, "/rationale"),
        ({"review": 0}, "/review"),
        ({"review": 987654}, "/review"),
        ({"amount": "-1"}, "/amount"),
        ({"other": 1}, "/other"),
    ],
)
def test_what_is_wrong_is_named(review, chair, changes, pointer):
    body = {"review": review.pk, "outcome": "approve", "rationale": "Go."} | changes
    assert problem(script(chair).post("decisions/", body), 422)["errors"][0]["pointer"] == pointer


def test_who_may_not(review, member, business_owner, auditor, service_account, stranger):
    body = {"review": review.pk, "outcome": "approve", "rationale": "Go."}
    for person in (member, business_owner, auditor, service_account, stranger):
        assert kind(script(person).post("decisions/", body), 403) == "forbidden"
    review.initiative.is_confidential = True
    review.initiative.save()
    assert problem(script(stranger).post("decisions/", body), 422)["errors"][0]["pointer"] == "/review"


def test_a_vote_in_writing(review, chair, member):
    third = seat(make_person(), "portfolio-review")
    body = {"review": review.pk, "outcome": "approve", "rationale": "Go.", "closes_on": clock.today().isoformat()}
    made = script(member).post("ballots/", body)
    assert made.status_code == 201, made.content
    address = made.headers["Location"]
    for person in (member, chair):
        assert script(person).post(f"{address}vote/", {"choice": "for"}).status_code == 200
    assert kind(script(member).post(f"{address}vote/", {"choice": "for"}), 409)
    told = script(third).post(f"{address}vote/", {"choice": "for"}).json()
    assert told["state"] == "carried"
    assert told["decision"] == Decision.objects.get().pk
    assert [vote["choice"] for vote in told["votes"]] == ["for"] * 3
    assert script(member).get("ballots/", {"state": "open"}).json()["results"] == []
    assert kind(script(member).post(f"{address}withdraw/", {"reason": "No."}), 409)


def test_a_condition_is_settled(review, chair, technical_owner, stranger):
    address = f"conditions/{make_condition(approve(review, chair), technical_owner).pk}/"
    assert kind(script(stranger).post(f"{address}meet/", {"note": "Done."}), 403) == "forbidden"
    assert script(technical_owner).post(f"{address}meet/", {"note": "Done."}).json()["state"] == "claimed"
    assert script(chair).post(f"{address}refuse/", {"reason": "Not all."}).json()["refused_because"] == "Not all."
    assert script(technical_owner).post(f"{address}meet/", {"note": "All."}).json()["state"] == "claimed"
    assert script(chair).post(f"{address}confirm/").json()["state"] == "confirmed"
    assert kind(script(chair).post(f"{address}waive/", {"reason": "Why?"}), 409)
    assert script(stranger).get(address).json()["state"] == "confirmed"


def test_the_fast_lane(quick, delegate, risk_reviewer, office_member, stranger):
    review = make_review(quick, gates=COMBINED, amount=1000)
    assert kind(script(stranger).post("tier-confirmations/", {"review": review.pk}), 403) == "forbidden"
    confirmed = script(risk_reviewer).post("tier-confirmations/", {"review": review.pk, "seen": "low"})
    assert confirmed.status_code == 201, confirmed.content
    assert confirmed.json()["id"] == TierConfirmation.objects.get().pk
    review.body = None
    review.save()
    body = {"review": review.pk, "outcome": "approve", "rationale": "Small and easy.", "seen": None}
    assert script(delegate).post("decisions/", body).status_code == 201
    [audit] = script(office_member).get("fast-lane-audits/").json()["results"]
    assert (audit["id"], audit["is_first"], audit["finding"]) == (FastLaneAudit.objects.get().pk, True, "")
    address = f"fast-lane-audits/{audit['id']}/"
    assert kind(script(delegate).post(f"{address}record/", {"finding": "in_order"}), 403) == "forbidden"
    assert script(office_member).post(f"{address}record/", {"finding": "in_order"}).json()["finding"] == "in_order"
    assert script(stranger).get(address).json()["finding"] == "in_order"


def test_who_decides_is_named(review, business_owner, sponsor, executive):
    seat(business_owner, "portfolio-review")
    body = {"review": review.pk, "person": executive.pk, "reason": "Knows the plant."}
    assert kind(script(executive).post("named-deciders/", body), 403) == "forbidden"
    assert script(sponsor).post("named-deciders/", body).status_code == 201
    assert NamedDecider.objects.get().person == executive


def test_an_initiative_is_paused_and_resumed_without_a_review(
    initiative, chair, stranger, business_owner, service_account
):
    address = f"initiatives/{initiative.reference}/standing-decision/"
    told = script(chair).get(address).json()
    assert (told["body"]["name"], told["may_decide"]) == ("Portfolio review", True)
    assert told["outcomes"] == [
        {"outcome": "pause", "leads_to": "from pilot to paused, until it is resumed; it keeps its place on the way"},
        {"outcome": "terminate", "leads_to": "closes the initiative; it stays on the register with the rationale"},
    ]
    assert script(stranger).get(address).json()["may_decide"] is False
    body = {"outcome": "pause", "rationale": "No staff."}
    for person in (stranger, business_owner, service_account):
        assert kind(script(person).post(address, body), 403) == "forbidden"
    assert kind(script(chair).post(address, {"outcome": "approve", "rationale": "x"}), 422) == "invalid"

    made = script(chair).post(address, body)

    assert made.status_code == 201, made.content
    assert (made.json()["outcome"], made.json()["review"]) == ("pause", None)
    assert script(stranger).get(made.headers["Location"]).json()["rationale"] == "No staff."
    assert kind(script(chair).post(address, body), 409)
    told = script(chair).get(address).json()
    assert told["outcomes"][0] == {"outcome": "resume", "leads_to": "from paused back to pilot"}
    resumed = {"outcome": "resume", "rationale": "Staff is back.", "seen": made.json()["id"]}
    assert script(chair).post(address, resumed).status_code == 201
    initiative.refresh_from_db()
    assert initiative.stage == "pilot"
    assert kind(script(chair).post(address, body | {"seen": made.json()["id"]}), 409)


def test_what_has_a_review_is_not_paused_past_it_and_hidden_ones_are_not_there(review, initiative, chair):
    address = f"initiatives/{initiative.reference}/standing-decision/"
    body = {"outcome": "pause", "rationale": "No staff."}
    assert "A review is open" in problem(script(chair).post(address, body), 409)["detail"]
    review.delete()
    Initiative.objects.filter(pk=initiative.pk).update(is_confidential=True)
    assert script(chair).get(address).status_code == 404
    assert script(chair).post(address, body).status_code == 404
