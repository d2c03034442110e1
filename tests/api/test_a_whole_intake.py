"""A script with a token does what a business owner and the office do in the browser, and keeps the register in step."""

from typing import Any

import pytest

from portfolio.models import SearchWord
from tests.factories import make_initiative, make_unit

from .conftest import Script, kind, problem

pytestmark = pytest.mark.django_db


def every(script: Script, address: str, **query: Any) -> list[dict[str, Any]]:
    """All rows of a list, page by page, by its own links."""
    page = script.get(address, query).json()
    rows = page["results"]
    while page["next"]:
        page = script.get(page["next"].removeprefix("http://testserver")).json()
        rows += page["results"]
    return rows


def mildest(script: Script) -> dict[str, Any]:
    """An answer to whatever is asked with fixed choices: the first, for a prohibited use that is No."""
    steps = script.get("intakes/questions/").json()["results"]
    asked = [question for step in steps for question in step["questions"]]
    return {each["name"]: each["choices"][0]["value"] for each in asked if each["choices"] and each["is_required"]}


@pytest.fixture
def register(db) -> None:
    unit = make_unit("Plant")
    make_initiative("Delivery date replies for customers", unit=unit, summary="Drafts replies with delivery dates.")
    for number in range(11):
        make_initiative(f"Pump {number}", unit=unit)
    SearchWord.objects.refresh()


def test_a_request_from_its_first_answer_to_the_word_of_the_office(script, requester, office, register):
    mine = script(requester)
    me = mine.get("me/").json()["person"]["id"]
    unit = mine.get("units/", {"q": "Plant"}).json()["results"][0]["id"]

    # Start, leave, and come back to the draft.
    started = mine.post(
        "intakes/", {"answers": {"name": "Delivery date replies", "unit": unit}}, idempotency_key="start-1"
    )
    address = started.headers["Location"]
    assert started.json()["lane"]["lane"] == "full"
    assert mine.post(f"{address}submit/").status_code == 422

    # Answer what is missing; the lane changes as an answer changes.
    known = {
        "business_case": "Clerks look dates up for 30 hours a week.",
        "summary": "Reads the question and drafts a reply with the delivery date.",
        "business_owner": me,
        "outcome": "Customers get a delivery date on the same day.",
        "users": "40 clerks",
        "data_sources": "Order book",
        "data_sensitivity": "internal",
        "jurisdictions": [mine.get("lists/jurisdictions/", {"q": "EU"}).json()["results"][0]["id"]],
        "decisions": [{"name": "Find the order", "cost_of_error": "low", "reversibility": "easy"}],
        "no_tools": True,
        "requested_amount": "30000",
    }
    quiet = {"is_customer_facing": "no", "employee_effect": "none"}
    answered = mine.patch(address, {"answers": mildest(mine) | known | quiet})
    assert (answered.json()["missing"], answered.json()["lane"]["lane"]) == ([], "fast")
    shown = mine.patch(address, {"answers": {"is_customer_facing": "yes"}}).json()["lane"]
    assert (shown["lane"], shown["decided_by"]["code"]) == ("full", "customers")

    # Two scripts write the same draft: the later one reads it again.
    tag = answered.headers["ETag"]
    assert kind(mine.patch(address, {"answers": {"users": "50 clerks"}}, if_match=tag), 412) == "stale"
    tag = mine.get(address).headers["ETag"]
    assert mine.patch(address, {"answers": {"users": "50 clerks"}}, if_match=tag).status_code == 200

    # What is like it, and go on.
    [like] = mine.get(f"{address}duplicates/").json()["results"]
    assert like["initiative"]["name"] == "Delivery date replies for customers"
    assert like["score"] > 0.3
    submitted = mine.post(f"{address}submit/", idempotency_key="submit-1").json()
    assert (submitted["state"], submitted["waits_for"]) == ("submitted", "office")
    assert mine.post(f"{address}submit/", idempotency_key="submit-1").json() == submitted

    # The office asks, gets its answer, and accepts.
    assert [row["id"] for row in every(office, "intakes/", state="submitted")] == [submitted["id"]]
    assert office.post(f"{address}ask/", {"text": "Which order book?"}).json()["waits_for"] == "requester"
    mine.patch(address, {"answers": {"data_sources": "Order book of the plant"}})
    mine.post(f"{address}reply/", {"text": "The plant's."})
    accepted = office.post(f"{address}accept/", {"rationale": "Begin with the workflow."}).json()
    assert (accepted["state"], accepted["questions"][0]["reply"]) == ("accepted", "The plant's.")
    made = mine.get(f"initiatives/{accepted['initiative']['id']}/").json()
    assert (made["stage"], made["lane"], made["lane_decided_by"]) == ("intake", "full", "customers")


def test_the_register_is_read_through_and_changed_without_overwriting(office, script, business_owner, register):
    rows = every(office, "initiatives/", page_size=5, order="name")
    assert len({row["id"] for row in rows}) == len(rows) == 12
    address = f"initiatives/{rows[0]['id']}/"
    read = office.get(address)
    office.patch(f"{address}owners/business/", {"person": business_owner.pk})
    changes = {"requested_amount": "20000.00", "summary": "Drafts replies."}
    late = problem(office.patch(address, changes, if_match=read.headers["ETag"]), 412)
    assert late["detail"] == "Somebody changed it since you read it. Read it again, and decide anew."
    fresh = script(business_owner).get(address).headers["ETag"]
    told = script(business_owner).patch(address, changes, if_match=fresh).json()
    assert (told["requested_amount"], told["currency"], told["summary"]) == ("20000.00", "EUR", "Drafts replies.")
