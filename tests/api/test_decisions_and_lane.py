"""The decisions of an initiative with their autonomy level, its lane, and the money asked for."""

import pytest

from aiso.events.models import Event
from portfolio.models import DecisionClass
from tests.factories import make_initiative

from .conftest import kind, problem

pytestmark = pytest.mark.django_db

EASY = {"name": "Find the order", "cost_of_error": "low", "reversibility": "easy"}
SURE = EASY | {"confidence": "high", "review_capacity": "ample"}


@pytest.fixture
def below(initiative) -> str:
    return f"initiatives/{initiative.reference}/"


@pytest.fixture
def fast(initiative) -> str:
    """All that the fast lane asks for but the tier and a decision."""
    for name, value in {
        "risk_tier": "low",
        "employee_effect": "none",
        "data_sensitivity": "internal",
        "is_customer_facing": False,
        "is_rights_impacting": False,
        "is_safety_impacting": False,
        "requested_amount": 1000,
    }.items():
        setattr(initiative, name, value)
    initiative.save()
    return f"initiatives/{initiative.reference}/"


def test_decisions_tell_their_level_and_why(script, nobody, below, business_owner):
    added = script(business_owner).post(f"{below}decisions/", EASY | {"confidence": "adequate", "volume_per_week": 900})
    assert added.status_code == 201, added.content
    told = nobody.get(added.headers["Location"]).json()
    assert told["autonomy"] == {
        "level": "surface",
        "reason": "Review capacity not known",
        "calibrated": "surface",
        "chosen": None,
        "chosen_until": None,
        "steps_down": 0,
        "tests": {
            "reversibility": "favourable",
            "cost_of_error": "favourable",
            "confidence": "borderline",
            "review_capacity": "weak",
        },
    }
    assert [each["id"] for each in nobody.get(f"{below}decisions/").json()["results"]] == [told["id"]]
    assert Event.objects.get(name="decision_class.added").actor == business_owner


def test_its_level_follows_what_is_changed(office, below):
    address = office.post(f"{below}decisions/", SURE).headers["Location"]
    assert office.get(address).json()["autonomy"]["level"] == "delegate"
    assert office.patch(address, {"is_regulated": True}).json()["autonomy"]["level"] == "keep_human"
    errors = problem(office.patch(address, {"autonomy": "delegate"}), 422)["errors"]
    assert errors == [{"pointer": "/autonomy", "message": "There is no such member."}]


def test_who_says_what_it_decides(nobody, script, auditor, office, below):
    address = office.post(f"{below}decisions/", SURE).headers["Location"]
    for person in (nobody, script(auditor)):
        assert person.get(address).status_code == 200
        assert kind(person.post(f"{below}decisions/", SURE), 403) == "forbidden"
        assert kind(person.patch(address, {"name": "Mine"}), 403) == "forbidden"
        assert kind(person.delete(address), 403) == "forbidden"
    assert DecisionClass.objects.get().name == "Find the order"


def test_decisions_that_cannot_be_right(office, below):
    office.post(f"{below}decisions/", SURE)
    for body in (SURE, {"name": "x"}, EASY | {"name": "y", "cost_of_error": "none"}, EASY | {"volume_per_week": -1}):
        assert kind(office.post(f"{below}decisions/", body), 422) == "invalid"


def test_two_who_change_a_decision(office, below):
    address = office.post(f"{below}decisions/", SURE).headers["Location"]
    stale = office.get(address).headers["ETag"]
    office.patch(address, {"cost_of_error": "medium"})
    assert kind(office.patch(address, {"cost_of_error": "high"}, if_match=stale), 412) == "stale"
    assert kind(office.delete(address, if_match=stale), 412) == "stale"
    late = problem(office.patch(address, {"cost_of_error": "high", "was": {"cost_of_error": "low"}}), 409)
    assert late["changes"]["cost_of_error"] == {"was": "low", "now": "medium", "yours": "high"}


def test_a_decision_is_taken_away_once(office, below):
    address = office.post(f"{below}decisions/", SURE).headers["Location"]
    assert office.delete(address).status_code == 204
    assert kind(office.delete(address), 404) == "not-found"
    assert Event.objects.filter(name="decision_class.removed").count() == 1


def test_a_decision_is_found_below_its_own_initiative_alone(office, below):
    address = office.post(f"{below}decisions/", SURE).headers["Location"]
    other = f"initiatives/{make_initiative().reference}/decisions/{address.rstrip('/').rpartition('/')[2]}/"
    for answer in (office.get(other), office.patch(other, {"name": "x"}), office.delete(other)):
        assert kind(answer, 404) == "not-found"


def test_the_lane_follows_and_says_why(office, nobody, fast):
    told = nobody.get(f"{fast}lane/").json()
    assert (told["lane"], told["decided_by"]["code"], told["decided_by"]["state"]) == ("full", "decisions", "open")
    office.post(f"{fast}decisions/", SURE)
    told = nobody.get(f"{fast}lane/").json()
    assert (told["lane"], told["decided_by"], told["raised_because"]) == ("fast", None, None)
    assert [each["state"] for each in told["conditions"]] == ["holds"] * 10
    assert nobody.get(fast).json()["lane"] == "fast"
    office.patch(fast, {"requested_amount": "9999999"})
    row = office.get("initiatives/").json()["results"][0]
    assert (row["lane"], row["lane_decided_by"], row["requested_amount"]) == ("full", "money", "9999999.00")
    assert row["currency"] == "EUR"


def test_a_case_is_raised_by_its_owners_and_lowered_by_the_risk_function(
    script, nobody, office, fast, business_owner, risk_reviewer
):
    office.post(f"{fast}decisions/", SURE)
    owner, risk, reason = script(business_owner), script(risk_reviewer), {"reason": "First of its kind."}
    assert kind(nobody.post(f"{fast}lane/raise/", reason), 403) == "forbidden"
    assert kind(owner.post(f"{fast}lane/raise/", {"reason": " "}), 422) == "invalid"
    told = owner.post(f"{fast}lane/raise/", reason).json()
    assert (told["lane"], told["decided_by"]["code"], told["raised_because"]) == ("full", "raised", reason["reason"])
    assert kind(owner.post(f"{fast}lane/raise/", reason), 409) == "refused"
    assert kind(office.post(f"{fast}lane/lower/", reason), 403) == "forbidden"
    assert risk.post(f"{fast}lane/lower/", {"reason": "Seen."}).json()["lane"] == "fast"
    assert kind(risk.post(f"{fast}lane/lower/", {"reason": "Seen."}), 409) == "refused"
    done = Event.objects.filter(name__startswith="initiative.lane_").order_by("pk").values_list("name", flat=True)
    assert [*done] == ["initiative.lane_raised", "initiative.lane_lowered"]


def test_a_lane_that_changed_since_is_not_raised(office, fast):
    stale = office.get(f"{fast}lane/").headers["ETag"]
    office.post(f"{fast}decisions/", SURE)
    assert kind(office.post(f"{fast}lane/raise/", {"reason": "x"}, if_match=stale), 412) == "stale"


def test_confidential_ones_keep_theirs(nobody, office, script, auditor, secret):
    below = f"initiatives/{secret.reference}/"
    address = office.post(f"{below}decisions/", SURE).headers["Location"]
    for hidden in (f"{below}decisions/", address, f"{below}lane/"):
        assert kind(nobody.get(hidden), 404) == "not-found"
        assert script(auditor).get(hidden).status_code == 200
    for answer in (
        nobody.post(f"{below}decisions/", SURE),
        nobody.patch(address, {"name": "x"}),
        nobody.delete(address),
        nobody.post(f"{below}lane/raise/", {"reason": "x"}),
        nobody.post(f"{below}lane/lower/", {"reason": "x"}),
    ):
        assert kind(answer, 404) == "not-found"


def test_which_question_set_the_tier_is_told(office, below):
    question = office.get(f"{below}answers/risk_tier/").json()["questions"][0]
    office.patch(f"{below}answers/risk_tier/", {"answers": {question["code"]: question["options"][-1]["code"]}})
    told = office.get(below).json()
    assert (told["risk_tier_set_by"], told["ai_act_set_by"]) == (question["code"], None)


def test_money_asked_for(office, below, initiative):
    assert office.patch(below, {"requested_amount": "30000.5"}).json()["requested_amount"] == "30000.50"
    assert office.patch(below, {"requested_amount": None}).json()["requested_amount"] is None
    for wrong in ("-1", "1e20", "much", True):
        errors = problem(office.patch(below, {"requested_amount": wrong}), 422)["errors"]
        assert [error["pointer"] for error in errors] == ["/requested_amount"]
    made = office.post("initiatives/", {"name": "New", "unit": initiative.unit_id, "requested_amount": 5})
    assert made.json()["requested_amount"] == "5.00"


def test_decisions_take_few_queries_however_many(nobody, office, below, django_assert_num_queries):
    for number in range(20):
        office.post(f"{below}decisions/", SURE | {"name": f"Decision {number}"})
    nobody.get(f"{below}decisions/")
    # Token, roles, the initiative, and the decisions.
    with django_assert_num_queries(4):
        assert len(nobody.get(f"{below}decisions/").json()["results"]) == 20
