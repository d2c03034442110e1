"""What governance asks of an initiative, on its page and the API."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aiso.configuration.models import ConfigurationVersion
from portfolio.models import Jurisdiction, UseCaseType
from stagegates.duties import duties_for
from tests.factories import make_decision, make_initiative

pytestmark = pytest.mark.django_db


@pytest.fixture
def initiative():
    found = make_initiative(
        "Pump agent", stage="build", risk_tier="high", use_case_type=UseCaseType.objects.get(name="Autonomous agent")
    )
    found.jurisdictions.set(Jurisdiction.objects.filter(name="EU"))
    make_decision(found, autonomy="delegate")
    return found


def told(initiative) -> dict[tuple[str, str], tuple[list[str], set[str]]]:
    """Each duty with the gates at which it is asked and the names of the rules that ask."""
    duties = duties_for([initiative])[initiative.pk]
    return {(duty.what, duty.text): (duty.gates, {rule.name for rule in duty.rules}) for duty in duties}


def test_each_duty_says_at_which_gates_and_by_which_rules(initiative):
    found = told(initiative)
    assert found["assessment", "Privacy assessment"] == (["Production fit"], {"EU and UK: data protection"})
    assert found["assessment", "Fallback and rollback plan"][1] == {"Production fit", "Acts without asking"}
    assert found["document", "Technical documentation"] == (["Production fit"], {"EU: high risk"})
    assert found["sign_off", "Legal"][0] == ["Autonomy fit", "Production fit", "Value fit"]
    assert found["sign_off", "Risk"][1] >= {"Autonomy fit", "High risk", "Autonomous agents"}
    assert found["body", "Portfolio review"][1] == {"High risk"}
    assert found["monitoring", "Every 3 months"] == ([], {"High risk"})


def test_gates_that_lie_behind_ask_no_more(initiative):
    assert not any("Data fit" in gates for gates, _ in told(initiative).values())
    make_scaled = make_initiative(stage="scale", risk_tier="high")
    assert told(make_scaled) == {("monitoring", "Every 3 months"): ([], {"High risk"})}


@pytest.mark.parametrize("stage", ["closed", "merged"])
def test_nothing_is_asked_of_what_has_ended(stage):
    ended = make_initiative(stage=stage, risk_tier="high")
    assert duties_for([ended]) == {ended.pk: []}


def test_nothing_is_asked_of_what_never_came_onto_the_register():
    assert told(make_initiative(is_off_register=True)) == {}


def test_what_is_not_known_yet_is_asked_what_everybody_is():
    found = told(make_initiative())
    assert ("requirement", "A business owner answers for the outcome") in found
    assert ("monitoring", "Every year") in found
    assert not any(what == "body" for what, _ in found)


def test_many_cost_the_same_queries(initiative):
    rows = [initiative, *(make_initiative(risk_tier=tier) for tier in ("low", "high", "critical", ""))]
    counts = []
    for some in (rows[:1], rows):
        with CaptureQueriesContext(connection) as queries:
            duties_for(some)
        counts.append(len(queries))
    assert counts == [6, 6]


def test_the_page_names_the_rule_and_its_version(client, initiative, business_owner):
    client.force_login(business_owner)
    page = client.get(initiative.get_absolute_url()).content.decode()
    assert "What governance asks" in page
    assert "/administration/configuration/governance-matrix/versions/1/#row-eu-high" in page
    version = client.get("/administration/configuration/governance-matrix/versions/1/").content.decode()
    assert 'id="row-eu-high"' in version


def test_the_page_of_what_ended_asks_nothing(client, business_owner):
    client.force_login(business_owner)
    ended = make_initiative(stage="closed", risk_tier="high")
    assert "What governance asks" not in client.get(ended.get_absolute_url()).content.decode()


def test_the_api_tells_the_same(client, initiative, stranger, business_owner):
    client.force_login(business_owner)
    path = f"/api/v1/initiatives/{initiative.reference}/duties/"
    found = {duty["id"]: duty for duty in client.get(path).json()["results"]}
    number = ConfigurationVersion.objects.in_force("governance-matrix").number
    assert found["document/technical-documentation"] == {
        "what": "document",
        "id": "document/technical-documentation",
        "text": "Technical documentation",
        "gates": ["Production fit"],
        "asked_by": [{"name": "EU: high risk", "kind": "governance-matrix", "version": number}],
    }
    initiative.is_confidential = True
    initiative.save()
    client.force_login(stranger)
    assert client.get(path).status_code == 404
