"""Requests by script: written, checked, submitted; and stale or repeated calls."""

import pytest

from aiso.events.models import Event
from portfolio import duplicates
from portfolio.actions.intakes import save_answers, start_intake
from portfolio.models import Initiative, Intake, Tool
from tests.factories import make_entry, make_initiative, make_unit

from ..conftest import kind, problem
from .conftest import mildest

pytestmark = pytest.mark.django_db


def pointers(answer) -> list[str]:
    return [error["pointer"] for error in problem(answer, 422)["errors"]]


def events() -> list[str]:
    return [*Event.objects.filter(name__startswith="intake.").order_by("pk").values_list("name", flat=True)]


def test_a_draft_is_started_with_what_is_known(mine, requester):
    started = mine.post("intakes/", {"answers": {"name": "Replies"}})
    told = started.json()
    assert started.status_code == 201, told
    assert (told["name"], told["state"], told["waits_for"]) == ("Replies", "draft", "requester")
    assert told["requester"] == {"id": requester.pk, "name": requester.name}
    assert started.headers["Location"] == f"/api/v1/intakes/{told['id']}/"
    assert mine.get(started.headers["Location"]).headers["ETag"] == started.headers["ETag"]
    assert events() == ["intake.started"]
    assert mine.post("intakes/", {}).json()["name"] == "Untitled request"


def test_answers_come_back_as_they_were_sent(mine, answers, draft):
    told = mine.get(draft).json()["answers"]
    sent = answers | {"requested_amount": "30000.00"}
    assert told == sent
    again = mine.patch(draft, {"answers": told})
    assert again.json()["answers"] == sent


def test_answers_are_kept_one_by_one_and_taken_back(mine, requester):
    address = mine.post("intakes/", {"answers": {"name": "Replies", "is_confidential": True}}).headers["Location"]
    told = mine.patch(address, {"answers": {"baseline": 12.5, "baseline_on": "2026-01-31", "target": "9"}}).json()
    assert told["answers"] == {
        "name": "Replies",
        "is_confidential": True,
        "baseline": "12.5",
        "baseline_on": "2026-01-31",
        "target": "9",
    }
    told = mine.patch(address, {"answers": {"baseline": None, "is_confidential": False}}).json()["answers"]
    assert (told["baseline"], told["is_confidential"], told["name"]) == (None, False, "Replies")


def test_what_is_missing_is_told_by_step_and_question(mine):
    told = mine.post("intakes/", {"answers": {"name": "Replies", "unit": make_unit().pk}}).json()
    missing = {each["question"]: each for each in told["missing"]}
    assert {"business_case", "business_owner", "decisions", "requested_amount", "tier-personal-data"} <= {*missing}
    assert not {"name", "unit", "objective", "__all__"} & {*missing}
    assert missing["users"]["step"] == "work"
    assert missing["decisions"]["message"] == "Name at least one decision, even a small one."


def test_the_lane_follows_the_answers(mine, draft):
    told = mine.get(draft).json()
    assert (told["missing"], told["lane"]["lane"], told["lane"]["decided_by"]) == ([], "fast", None)
    lane = mine.patch(draft, {"answers": {"employee_effect": "evaluates"}}).json()["lane"]
    assert (lane["lane"], lane["decided_by"]["code"], lane["decided_by"]["state"]) == ("full", "employees", "fails")
    lane = mine.patch(draft, {"answers": {"employee_effect": None}}).json()["lane"]
    assert (lane["lane"], lane["decided_by"]["code"], lane["decided_by"]["state"]) == ("full", "employees", "open")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("name", 5),
        ("name", "x" * 301),
        ("unit", "1"),
        ("unit", 10**9),
        ("unit", True),
        ("business_owner", "rita.quest@example.org"),
        ("business_owner", 10**9),
        ("is_confidential", "yes"),
        ("is_customer_facing", "perhaps"),
        ("is_customer_facing", ""),
        ("baseline", "many"),
        ("baseline", "NaN"),
        ("baseline", True),
        ("baseline_on", "31.1.2026"),
        ("jurisdictions", [10**9]),
        ("jurisdictions", None),
        ("requested_amount", -1),
        ("tier-personal-data", "never-heard-of"),
        ("tier-no-such-question", "yes"),
        ("is_safety_impacting", "yes"),
        ("no_such_question", "x"),
    ],
)
def test_an_answer_that_cannot_be_right_is_pointed_at(mine, draft, name, wrong):
    before = mine.get(draft).json()
    assert pointers(mine.patch(draft, {"answers": {"name": "Changed"} | {name: wrong}})) == [f"/answers/{name}"]
    assert mine.get(draft).json() == before


def test_rows_that_cannot_be_right_are_pointed_at(mine, draft):
    rows = [{"name": "Fine"}, {"name": "Not", "volume_per_week": "many", "costs": "low"}]
    assert pointers(mine.patch(draft, {"answers": {"decisions": rows}})) == ["/answers/decisions/1/costs"]
    del rows[1]["costs"]
    assert pointers(mine.patch(draft, {"answers": {"decisions": rows}})) == ["/answers/decisions/1/volume_per_week"]
    assert pointers(mine.patch(draft, {"answers": {"decisions": "none"}})) == ["/answers/decisions"]
    told = mine.patch(draft, {"answers": {"decisions": rows[:1]}}).json()
    assert told["answers"]["decisions"] == rows[:1]
    assert [each["question"] for each in told["missing"]] == ["decisions"]


def test_answers_typed_on_a_page_are_told_as_they_were_typed(mine, requester):
    intake = start_intake(actor=requester, answers={"baseline": "about ten", "baseline_on": "soon", "unit": "zz"})
    intake = save_answers(intake, actor=requester, answers={"business_owner": "Nobody Known", "jurisdictions": ["x"]})
    told = mine.get(f"intakes/{intake.reference}/").json()
    assert told["answers"] == {
        "baseline": "about ten",
        "baseline_on": "soon",
        "unit": "zz",
        "business_owner": "Nobody Known",
        "jurisdictions": ["x"],
    }
    assert "baseline" in [each["question"] for each in told["missing"]]


def test_all_that_is_asked_is_told(nobody):
    steps = nobody.get("intakes/questions/").json()["results"]
    assert [step["id"] for step in steps] == [
        "case", "outcome", "work", "decisions", "data", "risk", "tools", "money",
    ]  # fmt: skip
    asked = {question["name"]: question for step in steps for question in step["questions"]}
    assert {*mildest()} <= {*asked}
    assert asked["unit"]["choose_from"] == "/api/v1/units/"
    assert asked["employee_effect"]["choices"][0] == {"value": "none", "label": "None"}
    assert [each["name"] for each in asked["decisions"]["columns"]][:2] == ["name", "volume_per_week"]
    assert (asked["requested_amount"]["type"], asked["requested_amount"]["is_required"]) == ("money", True)
    for name in {each["choose_from"] for each in asked.values()} - {None}:
        assert nobody.get(name).status_code == 200, name
    for name, question in asked.items():
        if name.startswith(("tier-", "use-")) and not name.endswith("-reason"):
            assert question["type"] == "choice"
            assert question["choices"]


def test_submitting_makes_an_initiative(mine, nobody, draft, requester):
    told = mine.post(f"{draft}submit/").json()
    assert (told["state"], told["waits_for"]) == ("submitted", "office")
    made = mine.get(f"initiatives/{told['initiative']['id']}/").json()
    assert (made["name"], made["stage"], made["requested_amount"]) == ("Delivery date replies", "intake", "30000.00")
    others = nobody.get(draft).json()
    assert "requested_amount" not in others["answers"]
    assert others["missing"] == []
    assert made["owners"]["business"]["id"] == requester.pk
    assert events()[-1] == "intake.submitted"
    assert kind(mine.post(f"{draft}submit/"), 409) == "refused"
    assert Initiative.objects.count() == 1


def test_submitting_names_all_that_is_missing(mine, draft):
    mine.patch(draft, {"answers": {"users": "", "unit": None, "decisions": []}})
    assert pointers(mine.post(f"{draft}submit/")) == ["/answers/unit", "/answers/users", "/answers/decisions"]
    assert not Initiative.objects.exists()


def test_a_prohibited_use_is_not_submitted(mine, draft, answers):
    use = next(name for name in answers if name.startswith("use-"))
    told = mine.patch(draft, {"answers": {use: "yes", f"{use}-reason": "It scores people."}}).json()
    assert [each["question"] for each in told["prohibited"]] == [use]
    assert kind(mine.post(f"{draft}submit/"), 409) == "refused"
    told = mine.patch(draft, {"answers": {use: "not-sure"}}).json()
    assert ([each["question"] for each in told["unsure"]], told["prohibited"]) == ([use], [])


def test_any_answer_changes_the_version(mine, draft):
    seen = {mine.get(draft).headers["ETag"]}
    for name, answer in {"users": "41", "is_confidential": True, "tools": [make_entry(Tool).pk]}.items():
        seen.add(mine.patch(draft, {"answers": {name: answer}}).headers["ETag"])
    rows = [{"name": "Find the order", "cost_of_error": "low", "reversibility": "hard"}]
    seen.add(mine.patch(draft, {"answers": {"decisions": rows}}).headers["ETag"])
    assert len(seen) == 5


def test_stale_changes_and_deeds_are_refused(mine, office, draft):
    stale = mine.get(draft).headers["ETag"]
    mine.patch(draft, {"answers": {"users": "41"}})
    assert kind(mine.patch(draft, {"answers": {"users": "42"}}, if_match=stale), 412) == "stale"
    for deed in ("submit", "withdraw"):
        assert kind(mine.post(f"{draft}{deed}/", if_match=stale), 412) == "stale"
    fresh = mine.get(draft).headers["ETag"]
    assert mine.post(f"{draft}submit/", if_match=fresh).status_code == 200
    read = office.get(draft).headers["ETag"]
    office.post(f"{draft}ask/", {"text": "Which?"})
    assert kind(office.post(f"{draft}accept/", if_match=read), 412) == "stale"


def test_the_same_key_starts_and_submits_once(mine, answers):
    first = mine.post("intakes/", {"answers": answers}, idempotency_key="k-1")
    again = mine.post("intakes/", {"answers": answers}, idempotency_key="k-1")
    assert (again.json(), again.headers["Location"]) == (first.json(), first.headers["Location"])
    assert Intake.objects.count() == 1
    address = first.headers["Location"]
    done = mine.post(f"{address}submit/", idempotency_key="k-2")
    again = mine.post(f"{address}submit/", idempotency_key="k-2")
    assert (again.status_code, again.json()) == (200, done.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Initiative.objects.count() == 1
    assert kind(mine.post("intakes/", {}, idempotency_key="k-1"), 422) == "key-reused"


def test_a_refused_submit_may_come_again_with_its_key(mine, draft):
    mine.patch(draft, {"answers": {"users": None}})
    assert pointers(mine.post(f"{draft}submit/", idempotency_key="k-1")) == ["/answers/users"]
    mine.patch(draft, {"answers": {"users": "40 clerks"}})
    assert mine.post(f"{draft}submit/", idempotency_key="k-1").status_code == 200


def test_what_it_is_like_is_told(mine, draft, monkeypatch):
    other = make_initiative("Delivery replies", stage="pilot")
    asked = {}

    def likely(user, **told):
        asked.update(told, user=user)
        return [duplicates.Likeness(other, 0.71234, (duplicates.Match("delivery", "name"),))]

    monkeypatch.setattr("portfolio.intake_page.likely_duplicates", likely)
    [told] = mine.get(f"{draft}duplicates/").json()["results"]
    assert told["initiative"] == {"id": other.reference, "name": "Delivery replies"}
    assert (told["stage"], told["score"]) == ("pilot", 0.712)
    assert told["words"] == [{"word": "delivery", "part": "name"}]
    assert asked["name"] == "Delivery date replies"
    assert asked["besides"] is None
