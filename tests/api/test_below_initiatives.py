"""Owners, deputies, comments, outcome metrics, answers and history of an initiative."""

import pytest

from aiso.events.models import Event
from portfolio.models import Comment, OutcomeMetric
from tests.factories import make_comment, make_ownership, make_person

from .conftest import kind, problem

pytestmark = pytest.mark.django_db

METRIC = {"name": "Stops", "unit": "a month", "direction": "down"}


@pytest.fixture
def below(initiative) -> str:
    return f"initiatives/{initiative.reference}/"


def test_owners_are_told_with_their_deputies(nobody, below, initiative, business_owner, stranger):
    deputy = make_ownership(initiative, stranger, "business", is_deputy=True)
    owners = nobody.get(f"{below}owners/").json()["results"]
    assert [each["kind"] for each in owners] == ["business", "technical", "risk"]
    assert owners[0]["person"] == {"id": business_owner.pk, "name": business_owner.name}
    assert [each["id"] for each in owners[0]["deputies"]] == [deputy.pk]
    assert owners[2] == {"kind": "risk", "person": None, "since": None, "deputies": []}
    assert kind(nobody.get(f"{below}owners/legal/"), 404) == "not-found"


def test_the_business_owner_assigns_others(script, below, business_owner, technical_owner):
    risk = make_person("Rolf Owen")
    owner = script(business_owner)
    told = owner.patch(f"{below}owners/risk/", {"person": risk.pk, "reason": "Hired."}).json()
    assert told["person"]["id"] == risk.pk
    assert Event.objects.get(name="initiative.owner_assigned").payload["person"] == risk.pk
    refused = script(technical_owner).patch(f"{below}owners/risk/", {"person": None})
    assert kind(refused, 403) == "forbidden"


def test_an_owner_somebody_else_assigned_meanwhile(office, below):
    first, second = make_person("First Owner"), make_person("Second Owner")
    address = f"{below}owners/risk/"
    tag = office.get(address).headers["ETag"]
    office.patch(address, {"person": first.pk, "was": None})
    late = problem(office.patch(address, {"person": second.pk, "was": None}), 409)
    assert late["changes"]["risk_owner"]["now"] == {"id": first.pk, "name": first.name}
    assert kind(office.patch(address, {"person": second.pk}, if_match=tag), 412) == "stale"
    assert office.patch(address, {"person": second.pk, "was": first.pk}).status_code == 200


def test_who_cannot_own(office, below, service_account):
    gone = make_person("Gone Long", is_active=False)
    for body, pointer in (
        ({"person": gone.pk}, "/person"),
        ({"person": service_account.pk}, "/person"),
        ({"person": 10**9}, "/person"),
        ({"since": "2026-01-01"}, "/person"),
        ({"person": make_person().pk, "since": "2999-01-01"}, "/since"),
    ):
        errors = problem(office.patch(f"{below}owners/risk/", body), 422)["errors"]
        assert [error["pointer"] for error in errors] == [pointer]


def test_deputies_come_and_go(office, nobody, below):
    person, address = make_person(), f"{below}owners/risk/deputies/"
    assert kind(nobody.post(address, {"person": person.pk}), 403) == "forbidden"
    added = office.post(address, {"person": person.pk})
    assert added.status_code == 201
    assert kind(office.post(address, {"person": person.pk}), 422) == "invalid"
    one = added.headers["Location"]
    assert nobody.get(one).json()["person"]["id"] == person.pk
    assert kind(nobody.delete(one), 403) == "forbidden"
    assert office.delete(one).status_code == 204
    assert kind(office.delete(one), 404) == "not-found"
    assert Event.objects.filter(name="initiative.deputy_removed").count() == 1


def test_anybody_comments_and_corrects_their_own(nobody, script, below, stranger, auditor, office):
    said = nobody.post(f"{below}comments/", {"text": " Well begun. "})
    address = said.headers["Location"]
    assert (said.status_code, said.json()["text"]) == (201, "Well begun.")
    assert Event.objects.get(name="comment.added").actor == stranger
    assert kind(script(auditor).post(f"{below}comments/", {"text": "Hm."}), 403) == "forbidden"
    assert kind(office.patch(address, {"text": "Mine."}), 403) == "forbidden"
    assert nobody.patch(address, {"text": "Better put."}).json()["edited_at"]
    for body in ({"text": " "}, {"text": ""}, {"text": "x" * 10_001}, {"text": None}):
        assert kind(nobody.patch(address, body), 422) == "invalid"


def test_withdrawn_words_are_told_to_nobody(nobody, office, below):
    address = nobody.post(f"{below}comments/", {"text": "Too much said."}).headers["Location"]
    stale = nobody.get(address).headers["ETag"]
    nobody.patch(address, {"text": "Far too much said."})
    assert kind(office.post(f"{address}withdraw/"), 403) == "forbidden"
    assert kind(nobody.post(f"{address}withdraw/", if_match=stale), 412) == "stale"
    taken = nobody.post(f"{address}withdraw/").json()
    assert (taken["text"], taken["withdrawn_at"] is None) == (None, False)
    assert kind(nobody.post(f"{address}withdraw/"), 409) == "refused"
    for told in (office.get(address), office.get(f"{below}comments/"), office.get(f"{below}history/")):
        assert "too much" not in told.content.decode().lower()


def test_the_discussion_comes_in_pages(nobody, initiative, below, stranger, django_assert_num_queries):
    said = [make_comment(initiative, stranger, f"Remark {number}") for number in range(7)]
    first = nobody.get(f"{below}comments/", {"page_size": 5}).json()
    rest = nobody.get(first["next"].removeprefix("http://testserver")).json()
    assert [each["id"] for each in first["results"] + rest["results"]] == [each.pk for each in said]
    # Token, roles, what the person may see of confidential ones with the initiative, and the remarks.
    with django_assert_num_queries(4):
        nobody.get(f"{below}comments/")


def test_a_comment_is_found_below_its_own_initiative_alone(nobody, below, stranger):
    from tests.factories import make_initiative

    elsewhere = make_comment(make_initiative(is_confidential=True), stranger)
    assert kind(nobody.get(f"{below}comments/{elsewhere.pk}/"), 404) == "not-found"
    assert kind(nobody.patch(f"{below}comments/{elsewhere.pk}/", {"text": "x"}), 404) == "not-found"
    assert Comment.objects.get().text == elsewhere.text


def test_metrics_are_kept_by_its_owners(script, nobody, below, business_owner):
    owner = script(business_owner)
    assert kind(nobody.post(f"{below}metrics/", METRIC), 403) == "forbidden"
    body = METRIC | {"baseline": "14", "baseline_on": "2026-01-31", "baseline_source": "Log", "target": 9.5}
    added = owner.post(f"{below}metrics/", body)
    address = added.headers["Location"]
    assert added.status_code == 201
    assert (nobody.get(address).json()["baseline"], nobody.get(address).json()["target"]) == ("14.0000", "9.5000")
    assert kind(owner.post(f"{below}metrics/", METRIC), 422) == "invalid"
    assert owner.patch(address, {"target": "8"}).json()["target"] == "8.0000"
    assert kind(nobody.patch(address, {"target": "8"}), 403) == "forbidden"
    assert kind(nobody.delete(address), 403) == "forbidden"
    assert owner.delete(address).status_code == 204
    assert kind(owner.delete(address), 404) == "not-found"
    names = {"metric.added", "metric.edited", "metric.removed"}
    assert {*Event.objects.filter(name__startswith="metric.").values_list("name", flat=True)} == names


def test_a_baseline_needs_its_date_and_source(office, below):
    assert kind(office.post(f"{below}metrics/", METRIC | {"baseline": "14"}), 422) == "invalid"
    for wrong in ({"baseline": "1e400"}, {"target": "12345678901234567890"}, {"direction": "left"}):
        assert kind(office.post(f"{below}metrics/", METRIC | wrong), 422) == "invalid"


def test_two_who_change_a_metric(office, initiative, below):
    metric = OutcomeMetric.objects.create(initiative=initiative, **METRIC)
    address = f"{below}metrics/{metric.pk}/"
    stale = office.get(address).headers["ETag"]
    office.patch(address, {"unit": "a week"})
    assert kind(office.patch(address, {"unit": "a day"}, if_match=stale), 412) == "stale"
    assert kind(office.delete(address, if_match=stale), 412) == "stale"
    late = problem(office.patch(address, {"unit": "a day", "was": {"unit": "a month"}}), 409)
    assert late["changes"]["unit"] == {"was": "a month", "now": "a week", "yours": "a day"}


def test_answers_set_the_tier(script, nobody, below, business_owner):
    address, owner = f"{below}answers/risk_tier/", script(business_owner)
    sheet = nobody.get(address).json()
    question = sheet["questions"][0]
    highest = question["options"][-1]["code"]
    told = owner.patch(address, {"answers": {question["code"]: highest}}).json()
    assert (told["result"], told["set_by"]) == ("critical", question["code"])
    assert told["questions"][0]["answer"]["answered_by"]["id"] == business_owner.pk
    assert nobody.get(below).json()["risk_tier"] == "critical"
    assert Event.objects.get(name="initiative.questions_answered").actor == business_owner
    assert kind(nobody.patch(address, {"answers": {question["code"]: ""}}), 403) == "forbidden"
    back = owner.patch(address, {"answers": {question["code"]: ""}}).json()
    assert (back["result"], back["questions"][0]["answer"]) == (None, None)


def test_wrong_and_late_answers(office, below):
    address = f"{below}answers/ai_act/"
    question = office.get(address).json()["questions"][0]
    code, options = question["code"], [each["code"] for each in question["options"]]
    errors = problem(office.patch(address, {"answers": {code: "perhaps"}}), 422)["errors"]
    assert [error["pointer"] for error in errors] == [f"/answers/{code}"]
    assert kind(office.patch(address, {"answers": {"no-such": "yes"}}), 422) == "invalid"
    office.patch(address, {"answers": {code: options[0]}, "was": {}})
    late = problem(office.patch(address, {"answers": {code: options[1]}, "was": {}}), 409)
    assert late["changes"][code]["now"] == options[0]
    assert [each["kind"] for each in office.get(f"{below}answers/").json()["results"]] == [
        "risk_tier",
        "prohibited_use",
        "ai_act",
    ]


def test_history_comes_in_pages(office, nobody, below):
    for number in range(3):
        office.patch(below, {"summary": f"Version {number}"})
    told = nobody.get(f"{below}history/").json()
    assert told["next"] is None
    changed = [change["now"] for entry in told["results"] for line in entry["lines"] for change in line["changes"]]
    assert {"Version 0", "Version 1", "Version 2"} <= {*changed}
    assert kind(nobody.get(f"{below}history/?after=yesterday"), 400) == "parameter"
