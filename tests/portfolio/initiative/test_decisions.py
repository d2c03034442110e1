"""The decisions that an initiative makes, and how far it may act in each."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aiso.errors import DomainError
from portfolio.actions import keep_decisions
from portfolio.actions.keep_decisions import add_decision_class, edit_decision_class
from portfolio.models import DecisionClass, Initiative
from tests.factories import make_decision, make_initiative

from .forms import events, filled_in, htmx, offered_undo, opened

pytestmark = pytest.mark.django_db
GOOD = {
    "name": "Route a request",
    "volume_per_week": "1240",
    "cost_of_error": "low",
    "reversibility": "easy",
    "confidence": "high",
    "review_capacity": "ample",
}


def decisions(initiative: Initiative, rest: str = "new/") -> str:
    return f"{initiative.get_absolute_url()}decisions/{rest}"


@pytest.fixture
def decision(initiative) -> DecisionClass:
    return make_decision(initiative, "Rank cases", volume_per_week=640)


@pytest.mark.parametrize("headers", [{}, htmx("dialog")])
def test_an_owner_adds_one_and_its_level_follows(client, initiative, technical_owner, headers):
    client.force_login(technical_owner)

    response = client.post(decisions(initiative), GOOD, headers=headers)

    assert response.headers["Location"] == decisions(initiative, "")
    decision = initiative.decision_classes.get()
    assert (decision.volume_per_week, decision.autonomy) == (1240, "delegate")
    assert events("decision_class.added")[0].payload["decision_class"] == decision.pk
    page = client.get(decisions(initiative, "")).content.decode()
    assert "All four tests favourable" in page
    assert "1,240 a week" in page


@pytest.mark.parametrize(
    ("answers", "level", "reason"),
    [
        ({"cost_of_error": "medium"}, "Delegate with audit", "Medium cost of error"),
        ({"cost_of_error": "high", "reversibility": "hard"}, "Surface", "Hard to undo, high cost of error"),
        ({"cost_of_error": "very_high"}, "Keep human", "Very high cost of error"),
        ({"is_regulated": "on"}, "Keep human", "A regulated decision"),
        ({"not_automated_because": "Works agreement"}, "Keep human", "On the not yet automated list"),
        ({"confidence": "unknown", "review_capacity": "unknown"}, "Surface", "Confidence not known"),
    ],
)
def test_the_page_says_why(client, initiative, office_member, answers, level, reason):
    client.force_login(office_member)
    client.post(decisions(initiative), GOOD | answers)

    page = client.get(decisions(initiative, "")).content.decode()

    assert f'<b class="b">{level}</b>' in page
    assert reason in page


def test_the_lane_follows(client, initiative, office_member):
    client.force_login(office_member)
    Initiative.objects.filter(pk=initiative.pk).update(risk_tier="low", is_rights_impacting=False)

    client.post(decisions(initiative), GOOD | {"is_regulated": "on"})
    initiative.refresh_from_db()
    assert initiative.lane_decided_by == "regulated"
    client.post(decisions(initiative, f"{initiative.decision_classes.get().pk}/remove/"))
    initiative.refresh_from_db()
    assert initiative.lane_decided_by == "decisions"


def test_a_change_is_saved_and_taken_back(client, initiative, decision, office_member):
    client.force_login(office_member)
    address = decisions(initiative, f"{decision.pk}/")

    client.post(address, opened(client, address) | {"cost_of_error": "very_high"})

    decision.refresh_from_db()
    assert (decision.cost_of_error, decision.autonomy) == ("very_high", "keep_human")
    assert events("decision_class.edited")[0].payload["fields"] == ["cost_of_error"]
    undo = offered_undo(client.get(decisions(initiative, "")))
    client.post(undo)
    decision.refresh_from_db()
    assert (decision.cost_of_error, decision.autonomy) == ("low", "delegate")
    assert client.post(undo, headers={"Sec-Fetch-Mode": "cors"}).status_code == 409


def test_sent_back_unchanged_it_stays(client, initiative, decision, office_member):
    client.force_login(office_member)
    address = decisions(initiative, f"{decision.pk}/")

    assert client.post(address, opened(client, address)).status_code == 302

    assert events("decision_class.edited") == []


def test_one_is_added_and_taken_back(client, initiative, office_member):
    client.force_login(office_member)
    client.post(decisions(initiative), GOOD)
    undo = offered_undo(client.get(decisions(initiative, "")))

    client.post(undo)

    assert not initiative.decision_classes.exists()


def test_one_is_removed_and_brought_back(client, initiative, decision, office_member):
    client.force_login(office_member)

    assert client.post(decisions(initiative, f"{decision.pk}/remove/")).status_code == 302
    undo = offered_undo(client.get(decisions(initiative, "")))
    assert client.post(decisions(initiative, f"{decision.pk}/remove/")).status_code == 404
    assert len(events("decision_class.removed")) == 1
    client.post(undo)

    back = initiative.decision_classes.get()
    assert (back.name, back.volume_per_week, back.autonomy) == ("Rank cases", 640, "delegate")


def test_what_was_changed_since_is_not_taken_back(client, initiative, decision, office_member):
    client.force_login(office_member)
    address = decisions(initiative, f"{decision.pk}/")
    client.post(address, opened(client, address) | {"cost_of_error": "medium"})
    undo = offered_undo(client.get(decisions(initiative, "")))
    edit_decision_class(decision, actor=office_member, cost_of_error="high")

    assert client.post(undo, headers={"Sec-Fetch-Mode": "cors"}).status_code == 409

    decision.refresh_from_db()
    assert decision.cost_of_error == "high"


@pytest.mark.parametrize("headers", [{}, htmx("dialog")])
@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"name": ""}, "This field is required"),
        ({"cost_of_error": ""}, "This field is required"),
        ({"reversibility": "sometimes"}, "Select a valid choice"),
        ({"volume_per_week": "-1"}, "greater than or equal to 0"),
        ({"volume_per_week": "604800001"}, "less than or equal to 604800000"),
        ({"volume_per_week": "many"}, "Enter a whole number"),
        ({"name": "Rank cases"}, "a decision of this name already"),
        ({"name": "x" * 201}, "at most 200 characters"),
    ],
)
def test_what_makes_no_decision_is_told(client, initiative, decision, office_member, headers, sent, told):
    client.force_login(office_member)

    response = client.post(decisions(initiative), GOOD | sent, headers=headers)

    assert response.status_code == 422
    assert told in response.content.decode()
    assert initiative.decision_classes.count() == 1


def test_there_is_a_most(client, initiative, decision, office_member, monkeypatch):
    monkeypatch.setattr(keep_decisions, "MOST", 1)
    with pytest.raises(DomainError, match="at most 1"):
        add_decision_class(initiative, actor=office_member, **GOOD)
    client.force_login(office_member)
    assert client.post(decisions(initiative), GOOD).status_code == 422


def test_the_action_refuses_what_no_test_has(initiative, office_member):
    with pytest.raises(ValidationError):
        add_decision_class(initiative, actor=office_member, **GOOD | {"confidence": "blind"})


def test_the_second_to_change_it_chooses(client, initiative, decision, office_member):
    client.force_login(office_member)
    address = decisions(initiative, f"{decision.pk}/")
    data = opened(client, address)
    client.post(address, data | {"cost_of_error": "medium"})

    conflict = client.post(address, data | {"cost_of_error": "high", "name": "Rank"}, headers=htmx("dialog"))

    assert conflict.status_code == 409
    assert "Medium" in conflict.content.decode()
    again = filled_in(conflict.content.decode())
    client.post(address, again | {"choice-cost_of_error": "theirs"})
    decision.refresh_from_db()
    assert (decision.cost_of_error, decision.name) == ("medium", "Rank")


@pytest.mark.parametrize("who", ["stranger", "auditor", "risk_reviewer"])
def test_others_read_and_change_nothing(client, initiative, decision, request, who):
    client.force_login(request.getfixturevalue(who))

    assert "Rank cases" in client.get(decisions(initiative, "")).content.decode()
    assert client.get(decisions(initiative)).status_code == 403
    assert client.post(decisions(initiative), GOOD).status_code == 403
    assert client.post(decisions(initiative, f"{decision.pk}/"), GOOD).status_code == 403
    assert client.post(decisions(initiative, f"{decision.pk}/remove/")).status_code == 403
    assert initiative.decision_classes.get() == decision


def test_who_does_not_see_it_finds_nothing(client, secret, decision, stranger):
    client.force_login(stranger)
    for rest in ("new/", f"{decision.pk}/", f"{decision.pk}/remove/"):
        assert client.post(decisions(secret, rest), GOOD).status_code == 404
    assert client.get(decisions(secret, "")).status_code == 404


def test_a_decision_of_another_initiative_is_not_found(client, initiative, decision, office_member):
    client.force_login(office_member)
    other = make_initiative()

    assert client.get(decisions(other, f"{decision.pk}/")).status_code == 404


def test_without_one_the_page_says_why_it_matters(client, initiative, business_owner):
    client.force_login(business_owner)

    assert "cannot take the fast lane" in client.get(decisions(initiative, "")).content.decode()
    gaps = client.get(initiative.get_absolute_url()).context["page"].gaps
    assert "Decisions it makes" in [gap.what for gap in gaps]
    make_decision(initiative)
    gaps = client.get(initiative.get_absolute_url()).context["page"].gaps
    assert "Decisions it makes" not in [gap.what for gap in gaps]


def test_history_tells_it(client, initiative, decision, office_member):
    client.force_login(office_member)
    edit_decision_class(decision, actor=office_member, cost_of_error="medium")

    page = client.get(f"{initiative.get_absolute_url()}history/").content.decode()

    assert "Decision class: Rank cases" in page


def test_the_tab_costs_the_same_however_many(client, initiative, decision, office_member):
    client.force_login(office_member)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(decisions(initiative, ""))
        return len(queries)

    cost()
    one = cost()
    for _ in range(10):
        make_decision(initiative)
    assert cost() == one
