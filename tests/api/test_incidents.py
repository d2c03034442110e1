"""Incidents, assets and templates on the API."""

from datetime import timedelta

import pytest

from aiso import clock
from portfolio.models import Incident, MessageTemplate, StepDown
from tests.factories import make_decision, make_initiative

from .conftest import kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(initiative, technical_owner) -> dict:
    return {
        "initiative": initiative.reference,
        "title": "Wrong dates",
        "severity": "severe",
        "what_happened": "Deliveries a week late.",
        "happened_at": (clock.now() - timedelta(hours=3)).isoformat(),
        "detection": "monitoring",
        "support_owner": technical_owner.pk,
    }


def test_one_goes_its_whole_way(office, nobody, initiative, sent, technical_owner):
    decision = make_decision(initiative, "When it arrives")
    reported = office.post("incidents/", sent | {"decisions": [decision.pk]})
    assert reported.status_code == 201
    told = reported.json()
    assert (told["state"], told["severity"], told["initiatives"]) == ("open", "severe", [initiative.reference])
    assert StepDown.objects.get().decision_class == decision
    one = f"incidents/{told['reference']}/"
    assert reported.headers["Location"].endswith(one)
    assert nobody.get(one).json()["title"] == "Wrong dates"
    assert kind(nobody.post(f"{one}contain/", {"how": "Off."}), 403) == "forbidden"

    assert office.patch(one, {"title": "Dates wrong", "was": {"title": "Wrong dates"}}).json()["title"] == "Dates wrong"
    assert kind(office.patch(one, {"title": "Mine", "was": {"title": "Wrong dates"}}), 409) == "conflict"
    assert kind(office.patch(one, {"title": "Mine"}, if_match='"old"'), 412) == "stale"
    assert office.post(f"{one}severity/", {"severity": "major", "reason": "Less."}).json()["severity"] == "major"
    assert kind(office.post(f"{one}contain/", {}), 422) == "invalid"
    assert office.post(f"{one}contain/", {"how": "Off."}).json()["state"] == "contained"
    assert kind(office.post(f"{one}contain/", {"how": "Off."}), 409) == "refused"
    assert office.post(f"{one}rollback/", {"what": "To 1.0"}).json()["rollback"] == "To 1.0"
    assert office.post(f"{one}note/", {"text": "Called."}).status_code == 201
    assert office.post(f"{one}resolve/", {"how": "Mended."}).json()["review_on"]
    assert kind(office.post(f"{one}conclude/"), 409) == "refused"
    assert office.get(f"{one}review/").json()["what_failed"] == ""
    parts = {"what_failed": "A", "why_late": "B", "control": "C"}
    assert office.patch(f"{one}review/", parts).json()["control"] == "C"
    given = office.post(
        f"{one}actions/", {"text": "Alarm", "owner": technical_owner.pk, "due_on": clock.today().isoformat()}
    )
    assert given.status_code == 201
    assert office.post(f"{one}conclude/").json()["state"] == "reviewed"
    action = f"{one}actions/{given.json()['id']}/"
    assert kind(nobody.post(f"{action}done/", {"result": "R"}), 403) == "forbidden"
    assert office.post(f"{action}done/", {"result": "Rings."}).json()["result"] == "Rings."
    assert kind(office.post(f"{action}drop/", {"reason": "No."}), 409) == "refused"
    assert office.post(f"{one}reopen/", {"reason": "Again."}).json()["state"] == "open"
    kinds = [each["kind"] for each in nobody.get(f"{one}timeline/").json()["results"]]
    assert kinds == [
        *("reported", "stepped_down", "changed", "severity", "contained", "rolled_back", "note", "resolved"),
        *("action", "reviewed", "action", "reopened"),
    ]


def test_lists_narrow(office, initiative, sent):
    first = office.post("incidents/", sent).json()
    other = make_initiative()
    office.post("incidents/", sent | {"initiative": other.reference, "severity": "minor"})

    def found(query: str) -> list[str]:
        return [each["reference"] for each in office.get(f"incidents/?{query}").json()["results"]]

    assert len(found("")) == 2
    assert found(f"initiative={initiative.pk}") == [first["reference"]]
    assert found("severity=severe") == [first["reference"]]
    assert found("state=closed") == []
    assert found(f"unit={initiative.unit_id}") == [first["reference"]]


def test_initiatives_escalation_and_messages(office, nobody, initiative, sent, technical_owner):
    told = office.post("incidents/", sent).json()
    one, second = f"incidents/{told['reference']}/", make_initiative("Second")
    decision = make_decision(second)
    joined = office.post(f"{one}initiatives/", {"initiative": second.reference, "decisions": [decision.pk]})
    assert joined.json()["decisions"][0]["stepped_down_to"] == "delegate_with_audit"
    share = f"{one}initiatives/{second.reference}/"
    assert office.patch(share, {"what": "Late."}).json()["what"] == "Late."
    assert len(nobody.get(f"{one}initiatives/").json()["results"]) == 2
    assert kind(office.post(f"{one}initiatives/", {"initiative": "AI-999999"}), 422) == "invalid"

    step = office.post(f"{one}escalation/", {"function": "Hotline"}).json()
    assert office.post(f"{one}escalation/{step['id']}/told/", {}).json()["told_at"]
    assert kind(office.delete(f"{one}escalation/{step['id']}/"), 409) == "refused"
    spare = office.post(f"{one}escalation/", {"person": technical_owner.pk}).json()
    assert office.delete(f"{one}escalation/{spare['id']}/").status_code == 204

    template = MessageTemplate.objects.get(name="It is over")
    message = office.post(f"{one}messages/", {"template": template.pk, "recipients": [technical_owner.pk]})
    assert message.json()["subject"] == f"{told['reference']} Wrong dates is over"
    assert kind(office.post(f"{one}messages/", {"recipients": [technical_owner.pk]}), 422) == "invalid"
    bad = {"subject": "{x}", "body": "B", "recipients": [technical_owner.pk]}
    assert kind(office.post(f"{one}messages/", bad), 422) == "invalid"
    assert len(nobody.get(f"{one}messages/").json()["results"]) == 1


def test_a_confidential_one_is_not_there(office, office_member, nobody, sent):
    secret = make_initiative("Secret", is_confidential=True)
    told = office.post("incidents/", sent | {"initiative": secret.reference, "support_owner": office_member.pk})
    assert told.status_code == 201, told.json()
    one = f"incidents/{told.json()['reference']}/"
    for below in ("", "timeline/", "initiatives/", "escalation/", "messages/", "actions/", "review/", "costs/"):
        assert nobody.get(f"{one}{below}").status_code == 404
    assert nobody.get("incidents/").json()["results"] == []
    assert kind(nobody.post("incidents/", sent | {"initiative": secret.reference}), 422) == "invalid"
    assert Incident.objects.count() == 1


def test_assets_and_templates(office, nobody, initiative):
    made = office.post("assets/", {"name": "Router", "kind": "model"})
    assert made.status_code == 201
    one = f"assets/{made.json()['id']}/"
    assert office.post(f"{one}use/", {"initiative": initiative.reference}).json()["initiatives"] == [
        initiative.reference
    ]
    assert office.patch(one, {"kind": "ai_agent"}).json()["kind"] == "ai_agent"
    assert nobody.get("assets/?kind=ai_agent").json()["results"][0]["name"] == "Router"
    assert kind(nobody.patch(one, {"name": "X"}), 403) == "forbidden"
    assert kind(office.post("assets/", {"name": "router", "kind": "model"}), 422) == "invalid"
    template = {"name": "New", "subject": "{incident}", "body": "B"}
    added = office.post("message-templates/", template)
    assert added.status_code == 201
    assert kind(office.patch(f"message-templates/{added.json()['id']}/", {"body": "{x}"}), 422) == "invalid"
    assert kind(nobody.post("message-templates/", template), 403) == "forbidden"


@pytest.mark.parametrize("joins", [True, False])
def test_decision_classes_that_one_does_not_see_are_as_if_there_were_none(office, script, initiative, sent, joins):
    secret = make_initiative("Secret salaries", is_confidential=True)
    hidden, foreign = make_decision(secret, "Whose salary"), make_decision(make_initiative(), "Whom to remind")
    reporter = script(initiative.business_owner)
    one = f"incidents/{office.post('incidents/', sent).json()['reference']}/initiatives/"
    second = make_initiative(owner=initiative.business_owner)

    def answer(decisions: list[int]) -> tuple[int, str]:
        if joins:
            given = reporter.post(one, {"initiative": second.reference, "decisions": decisions})
        else:
            given = reporter.patch(f"{one}{initiative.reference}/", {"what": "x", "decisions": decisions})
        assert "salary" not in given.content.decode()
        assert "remind" not in given.content.decode()
        return given.status_code, given.content.decode().replace(str(decisions[0]), "N", 1)

    unknown = answer([900001])
    assert unknown[0] == 422
    assert answer([hidden.pk]) == answer([foreign.pk]) == unknown
    assert "900001" not in answer([hidden.pk, 900001])[1]
    reported = reporter.post("incidents/", sent | {"decisions": [hidden.pk]})
    assert reported.content.decode().replace(str(hidden.pk), "N", 1) == unknown[1]
    assert Incident.objects.count() == 1
