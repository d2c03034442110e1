"""Requests by script: written, submitted, asked about, decided."""

import pytest

from aiso.accounts.models import Role
from aiso.events.models import Event
from portfolio import duplicates
from portfolio.actions.intakes import save_answers, start_intake
from portfolio.models import Initiative, Intake, Jurisdiction, Question, Tool
from tests.factories import make_entry, make_initiative, make_person, make_unit

from .conftest import Script, kind, problem

pytestmark = pytest.mark.django_db


def mildest() -> dict[str, str]:
    """The first option of every risk question in force, and No to every prohibited use."""
    found = {}
    for of, beginning in (("risk_tier", "tier-"), ("prohibited_use", "use-")):
        questions = Question.objects.filter(question_set__kind=of, question_set__published_at__isnull=False)
        found |= {f"{beginning}{each.code}": each.options.order_by("position").first().code for each in questions}
    return found


@pytest.fixture
def answers(requester) -> dict:
    """Everything that a request needs, in the fast lane."""
    return {
        "name": "Delivery date replies",
        "business_case": "Clerks spend 30 hours a week looking dates up.",
        "summary": "Reads the request and drafts a reply with the delivery date.",
        "unit": make_unit("Customer service").pk,
        "business_owner": requester.pk,
        "outcome": "Customers get a date on the same day.",
        "users": "40 clerks",
        "is_customer_facing": "no",
        "employee_effect": "none",
        "jurisdictions": [Jurisdiction.objects.get(name="EU").pk],
        "decisions": [
            {"name": "Find the order", "volume_per_week": 900, "cost_of_error": "low", "reversibility": "easy"}
        ],
        "data_sources": "Order book",
        "data_sensitivity": "internal",
        "no_tools": True,
        "requested_amount": "30000.00",
        **mildest(),
    }


@pytest.fixture
def mine(script, requester) -> Script:
    return script(requester)


@pytest.fixture
def draft(mine, answers) -> str:
    """The address of a complete draft."""
    return str(mine.post("intakes/", {"answers": answers}).headers["Location"])


@pytest.fixture
def submitted(mine, draft) -> str:
    assert mine.post(f"{draft}submit/").status_code == 200
    return draft


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
