"""Trying a draft by a script: the same as on its page."""

from copy import deepcopy

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aiso.configuration.actions import edit_draft, start_draft
from aiso.configuration.kinds import kind_of
from aiso.configuration.models import ConfigurationVersion
from tests.factories import make_initiative

from .conftest import kind, problem

pytestmark = pytest.mark.django_db
MATRIX = "governance-matrix"
TRY = f"configuration/{MATRIX}/draft/try/"


@pytest.fixture
def high():
    return make_initiative("High", stage="build", risk_tier="high")


@pytest.fixture
def low():
    return make_initiative("Low", stage="build", risk_tier="low")


@pytest.fixture
def draft(office_lead) -> ConfigurationVersion:
    """Finance signs off high risk; low risk needs a note."""
    content = deepcopy(ConfigurationVersion.objects.in_force(MATRIX).content)
    rules = {row["code"]: row for row in content["rules"]}
    rules["high"]["functions"].append("finance")
    rules["low"]["documents"] = "Note"
    return edit_draft(start_draft(kind_of(MATRIX), actor=office_lead), actor=office_lead, content=content)


def names(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()["results"]]


def test_it_tells_who_gains_what_and_by_which_rule(office, draft, high, low):
    told = office.get(TRY).json()["results"]
    assert [(row["reference"], row["stage"], row["risk_tier"]) for row in told] == [
        (high.reference, "build", "high"),
        (low.reference, "build", "low"),
    ]
    assert told[0]["gains"][0] == {
        "what": "sign_off",
        "id": "finance",
        "text": "Finance",
        "gate": "Autonomy fit",
        "rules": [{"name": "High risk", "kind": MATRIX, "version": 0}],
    }
    assert told[0]["losses"] == []
    summary = office.get(f"{TRY}summary/").json()
    assert (summary["gaining"], summary["losing"]) == (2, 0)
    assert {"text": "Sign-off: Finance, at autonomy fit", "initiatives": 1} in summary["gained"]
    assert [rule["code"] for rule in summary["changed_rules"]] == ["low", "high"]


def test_it_narrows_and_pages(office, draft, high, low):
    assert names(office.get(TRY, {"rule": "high"})) == ["High"]
    assert names(office.get(TRY, {"stage": "pilot"})) == []
    assert names(office.get(TRY, {"stage": "build", "unit": high.unit_id})) == ["High"]
    assert names(office.get(TRY, {"effect": "lose"})) == []
    assert office.get(f"{TRY}summary/", {"rule": "low"}).json()["gaining"] == 1
    first = office.get(TRY, {"page_size": 1, "count": "true"}).json()
    assert (first["count"], first["results"][0]["name"]) == (2, "High")
    assert names(office.get(first["next"])) == ["Low"]
    for wrong in ({"rule": "moderate"}, {"effect": "nonsense"}, {"stage": "?"}, {"unit": "0"}):
        assert problem(office.get(TRY, wrong), 400)["errors"][0]["parameter"] == next(iter(wrong))


def test_only_who_reads_drafts_tries_them(office, script, nobody, auditor, draft):
    for address in (TRY, f"{TRY}summary/"):
        assert kind(nobody.get(address), 403) == "forbidden"
        assert script(auditor).get(address).status_code == 200
        assert kind(office.get(address.replace(MATRIX, "lane")), 404) == "not-found"
        assert kind(office.get(address.replace(MATRIX, "gates")), 404) == "not-found"  # no draft of them


def test_it_costs_the_same_however_many(office, draft, high):
    office.get(TRY)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            office.get(TRY)
        counts.append(len(queries))
        for _ in range(4):
            make_initiative(risk_tier="high")
    assert counts[0] == counts[1]
