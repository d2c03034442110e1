"""Levels, readings, steps down and the accepted map of decisions."""

import pytest

from portfolio.models import OwnerKind
from tests.factories import make_decision, make_initiative, make_ownership, make_person

from .conftest import kind, problem

pytestmark = pytest.mark.django_db
MAY = {"first_day": "2026-05-01", "last_day": "2026-05-31", "volume": 200, "overrides": 60, "errors": 1}


@pytest.fixture
def decision(initiative, risk_owner):
    make_ownership(initiative, risk_owner, OwnerKind.RISK)
    return make_decision(initiative, "Close a case", cost_of_error="high")


@pytest.fixture
def below(initiative, decision) -> str:
    return f"initiatives/{initiative.reference}/decisions/{decision.pk}/"


def test_a_bolder_level_is_asked_for_and_agreed_to(script, nobody, below, business_owner, risk_owner):
    owner, risk = script(business_owner), script(risk_owner)
    missing = problem(owner.post(f"{below}levels/", {"level": "delegate"}), 422)
    assert "show why it is safe" in missing["errors"][0]["message"]
    asked = owner.post(f"{below}levels/", {"level": "delegate", "evidence": "Trial", "owner": 1})
    assert kind(asked, 422) == "invalid"
    address = owner.post(f"{below}levels/", {"level": "delegate", "evidence": "Trial"}).headers["Location"]
    assert nobody.get(address).json()["lacks"] == ["the risk owner’s consent"]
    assert kind(owner.post(f"{address}agree/"), 403) == "forbidden"
    assert risk.post(f"{address}agree/").json()["agreed_at"]
    told = nobody.get(below).json()["autonomy"]
    assert (told["level"], told["calibrated"], told["chosen"]) == ("delegate", "surface", "delegate")
    assert kind(nobody.post(f"{address}end/", {"because": "No"}), 403) == "forbidden"
    assert owner.post(f"{address}end/", {"because": "Over"}).json()["ended_because"] == "Over"
    assert problem(risk.post(f"{address}agree/"), 409)
    assert nobody.get(f"{below}levels/").json()["results"][0]["level"] == "delegate"


def test_a_reading_steps_down_and_that_is_answered(script, nobody, below, business_owner, risk_owner):
    owner = script(business_owner)
    assert kind(nobody.post(f"{below}readings/", MAY), 403) == "forbidden"
    assert kind(owner.post(f"{below}readings/", MAY | {"overrides": 201}), 422) == "invalid"
    assert kind(owner.post(f"{below}readings/", MAY | {"first_day": "2999-01-01"}), 422) == "invalid"
    made = owner.post(f"{below}readings/", MAY)
    assert made.status_code == 201
    assert nobody.get(made.headers["Location"]).json()["override_rate"] == "0.3000"
    [step] = nobody.get(f"{below}steps-down/").json()["results"]
    assert (step["from_level"], step["to_level"], step["answer"]) == ("surface", "keep_human", None)
    address = f"{below}steps-down/{step['id']}/"
    assert nobody.get(address).json() == step
    assert kind(owner.post(f"{address}answer/", {"answer": "lifted", "reason": "Fixed"}), 403) == "forbidden"
    lifted = script(risk_owner).post(f"{address}answer/", {"answer": "lifted", "reason": "Fixed"})
    assert lifted.json()["answer"] == "lifted"
    assert nobody.get(below).json()["autonomy"]["level"] == "surface"


def test_a_correction_keeps_what_was_read(script, below, business_owner):
    owner = script(business_owner)
    owner.post(f"{below}readings/", MAY | {"overrides": 3})
    owner.post(f"{below}readings/", MAY | {"overrides": 4})
    first, second = owner.get(f"{below}readings/").json()["results"]
    assert (first["overrides"], second["overrides"]) == (3, 4)
    assert first["superseded_at"]
    assert second["superseded_at"] is None


def test_the_map_is_accepted_by_two_and_reopened(script, nobody, office, initiative, below, business_owner, risk_owner):
    address = f"initiatives/{initiative.reference}/autonomy-map/"
    read = nobody.get(address).json()
    assert (read["is_accepted"], read["decisions"]) == (False, 1)
    for person in (office, nobody):
        assert kind(person.post(f"{address}accept/", {"role": "business"}), 403) == "forbidden"
    script(business_owner).post(f"{address}accept/", {"role": "business", "fingerprint": read["fingerprint"]})
    assert kind(script(business_owner).post(f"{address}accept/", {"role": "risk"}), 403) == "forbidden"
    told = script(risk_owner).post(f"{address}accept/", {"role": "risk"}).json()
    assert (told["is_accepted"], told["risk"]["person"]["name"]) == (True, "Rolf Owen")
    office.patch(below, {"cost_of_error": "low"})
    told = nobody.get(address).json()
    assert (told["is_accepted"], told["changes"]) == (False, ["“Close a case” went from surface to delegate."])
    stale = script(risk_owner).post(f"{address}accept/", {"role": "risk", "fingerprint": read["fingerprint"]})
    assert problem(stale, 409)


def test_a_program_agrees_answers_and_accepts_nothing(script, initiative, below, decision, business_owner):
    program = make_person("Program", "service_account", is_service_account=True)
    make_ownership(initiative, program, OwnerKind.RISK, is_deputy=True)
    address = script(business_owner).post(f"{below}levels/", {"level": "delegate", "evidence": "x"}).headers["Location"]
    assert kind(script(program).post(f"{address}agree/"), 403) == "forbidden"
    accept = f"initiatives/{initiative.reference}/autonomy-map/accept/"
    assert kind(script(program).post(accept, {"role": "risk"}), 403) == "forbidden"


def test_the_inventory_over_all_that_one_sees(nobody, office, initiative, decision):
    make_decision(make_initiative("Secret", is_confidential=True), "Hidden")
    listed = make_decision(make_initiative("Other"), "Dismiss", not_automated_because="Works agreement")
    assert [each["name"] for each in nobody.get("decision-classes/").json()["results"]] == ["Close a case", "Dismiss"]
    assert len(office.get("decision-classes/").json()["results"]) == 3
    [only] = nobody.get("decision-classes/?not_yet_automated=true").json()["results"]
    assert (only["id"], only["initiative"]) == (listed.pk, listed.initiative.reference)
    assert nobody.get("decision-classes/?stepped_down=true&workflow=1").json()["results"] == []


def test_what_is_said_of_a_decision_more(office, below, business_owner):
    told = {"owner": business_owner.pk, "reviewers": 3, "cost_of_delay": "high", "required_data": "The claim"}
    answer = office.patch(below, told).json()
    assert answer["owner"]["name"] == "Boris Owen"
    assert {name: answer[name] for name in ("reviewers", "cost_of_delay", "required_data")} == {
        "reviewers": 3,
        "cost_of_delay": "high",
        "required_data": "The claim",
    }
    assert kind(office.patch(below, {"owner": 999999}), 422) == "invalid"
