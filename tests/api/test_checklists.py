"""Standards and checklists on the API."""

import pytest

from aiso.events.models import Event
from standards.models import ChecklistAnswer, Standard

from .conftest import kind, problem

pytestmark = pytest.mark.django_db
ANSWERS = {
    "in-prompts": {"value": "no"},
    "purpose-fits": {"value": "yes"},
    "retention": {"value": "900", "note": "A legal duty to keep."},
    "training-use": {"value": "yes", "evidence": "Clause 7"},
}


@pytest.fixture
def address(initiative) -> str:
    initiative.risk_tier, initiative.data_sensitivity = "low", "internal"
    initiative.save()
    return f"initiatives/{initiative.reference}/checklists/privacy-assessment/"


def test_a_checklist_is_read_answered_and_completed(script, nobody, business_owner, address):
    owner = script(business_owner)
    told = nobody.get(address).json()
    assert (told["status"], told["asked"], told["known"], told["missing"]) == ("open", 6, 2, [*ANSWERS])
    assert told["items"][0]["answer"]["told"] == "Internal"
    told = owner.patch(address, {"answers": ANSWERS}).json()
    assert (told["missing"], told["unsettled"]) == ([], ["retention"])
    done = owner.post(f"{address}complete/")
    assert done.status_code == 200, done.content
    assert (done.json()["status"], done.json()["completed_by"]["name"]) == ("complete", "Boris Owen")
    assert Event.objects.filter(name="checklist.completed").count() == 1
    assert kind(owner.post(f"{address}complete/"), 409) == "refused"


def test_wrong_answers_are_named(script, business_owner, address):
    owner = script(business_owner)
    refused = problem(owner.patch(address, {"answers": {"retention": {"value": "some"}}}), 422)
    assert refused["errors"][0]["pointer"] == "/answers/retention"
    assert owner.patch(address, {"answers": {"nothing": {"value": "yes"}}}).status_code == 422
    assert owner.patch(address, {"answers": {"retention": {"valu": "3"}}}).status_code == 422
    assert not ChecklistAnswer.objects.exists()


def test_an_answer_that_somebody_else_gave_meanwhile_is_a_conflict(script, office, business_owner, address):
    script(business_owner).patch(address, {"answers": {"in-prompts": {"value": "no"}}})
    body = {"answers": {"in-prompts": {"value": "yes"}}, "was": {"in-prompts": {"value": ""}}}
    assert office.patch(address, body).status_code == 409
    assert ChecklistAnswer.objects.get().value == "no"


def test_who_may(script, nobody, auditor, legal_reviewer, address, secret):
    for reader in (script(auditor), nobody):
        assert reader.patch(address, {"answers": {}}).status_code in (403, 404)
    assert script(legal_reviewer).get(address).status_code == 404


def test_standards_are_kept(office, nobody):
    told = nobody.get("standards/").json()["results"]
    assert [each["slug"] for each in told] == [*Standard.objects.values_list("slug", flat=True)]
    assert nobody.get("standards/privacy-assessment/").json()["items"][1]["known_from"] == "personal_data"
    made = office.post("standards/", {"title": "Charter", "kind": "charter", "about": "Why."})
    assert (made.status_code, made.json()["version"]) == (201, None)
    address = made.headers["Location"]
    assert office.patch(address, {"is_active": False}).json()["is_active"] is False
    assert nobody.patch(address, {"is_active": True}).status_code == 403
    assert office.patch(address, {"title": "Privacy assessment"}).status_code == 422
