"""The rules in force, their versions, and the objectives that follow from them."""

from datetime import timedelta

import pytest

from aiso import clock
from aiso.configuration.actions import edit_draft, publish_draft, start_draft
from portfolio.configured.lane import KIND as LANE
from portfolio.models import Objective
from tests.factories import make_entry

from .conftest import kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(office_lead):
    draft = start_draft(LANE, actor=office_lead)
    draft = edit_draft(draft, actor=office_lead, content={"threshold": "75000"})
    return publish_draft(draft, actor=office_lead, reason="Prices rose.")


def test_what_is_in_force_is_told_with_who_and_why(nobody, office_lead, published):
    told = {each["id"]: each for each in nobody.get("configuration/").json()["results"]}
    assert {"lane", "risk-tier-questions", "prohibited-uses", "objectives"} <= {*told}
    lane = told["lane"]["in_force"]
    assert (lane["number"], lane["content"], lane["reason"]) == (2, {"threshold": "75000"}, "Prices rose.")
    assert lane["published_by"] == {"id": office_lead.pk, "name": office_lead.name}
    assert told["risk-tier-questions"]["in_force"]["content"]["questions"][0]["options"]
    assert nobody.get("configuration/lane/").json() == told["lane"]


def test_versions_come_the_latest_first(nobody, published):
    rows = nobody.get("configuration/lane/versions/").json()["results"]
    assert [row["number"] for row in rows] == [2, 1]
    assert "content" not in rows[0]
    first = nobody.get("configuration/lane/versions/1/").json()
    assert first["content"] != published.content
    for missing in ("configuration/lane/versions/3/", "configuration/no-such/", "configuration/no-such/versions/"):
        assert kind(nobody.get(missing), 404) == "not-found"


def test_drafts_are_told_to_nobody(office, office_lead, published):
    before = office.get("configuration/lane/").json()
    edit_draft(start_draft(LANE, actor=office_lead), actor=office_lead, content={"threshold": "1"})
    assert office.get("configuration/lane/").json() == before
    assert len(office.get("configuration/lane/versions/").json()["results"]) == 2


def test_it_takes_as_many_queries_however_many_kinds(nobody, published, django_assert_num_queries):
    nobody.get("configuration/")
    # The token with its person, the roles, the standards, the versions in force, and those that wait.
    with django_assert_num_queries(5):
        nobody.get("configuration/")


def test_objectives_are_read_by_everybody(nobody):
    Objective.objects.all().delete()
    grow = make_entry(Objective, "Grow in the north", description="Two new countries.", code="grow")
    make_entry(Objective, "Cut waste", is_active=False)
    told = nobody.get("objectives/").json()["results"]
    assert [each["name"] for each in told] == ["Cut waste", "Grow in the north"]
    assert nobody.get("objectives/", {"is_active": "true", "q": "north"}).json()["results"] == [told[1]]
    assert nobody.get(f"objectives/{grow.pk}/").json() == {
        "id": grow.pk,
        "name": "Grow in the north",
        "description": "Two new countries.",
        "code": "grow",
        "is_active": True,
    }
    assert kind(nobody.get("objectives/999999/"), 404) == "not-found"
    assert kind(nobody.post("objectives/", {"name": "Mine"}), 405) == "method"


def test_the_api_tells_what_waits_and_withdraws_it(script, nobody, office_lead):
    draft = edit_draft(start_draft(LANE, actor=office_lead), actor=office_lead, content={"threshold": "60000"})
    day = clock.today() + timedelta(days=7)
    publish_draft(draft, actor=office_lead, reason="Prices rise.", effective_from=day)
    lead = script(office_lead)
    told = nobody.get("configuration/lane/").json()
    assert (told["in_force"]["number"], told["waiting"]["number"]) == (1, 2)
    rows = nobody.get("configuration/lane/versions/").json()["results"]
    assert [(row["number"], row["state"]) for row in rows] == [(2, "waiting"), (1, "in_force")]
    path = "configuration/lane/versions/2/withdraw/"
    assert kind(nobody.post(path, {"reason": "No."}), 403) == "forbidden"
    assert lead.post(path, {}).status_code == 422
    gone = lead.post(path, {"reason": "No."}).json()
    assert (gone["state"], gone["withdrawn_because"]) == ("withdrawn", "No.")
    assert kind(lead.post(path, {"reason": "No."}), 409)
    assert nobody.get("configuration/lane/").json()["waiting"] is None
    assert nobody.get("configuration/lane/versions/1/").json()["state"] == "in_force"
    assert lead.post("configuration/lane/versions/9/withdraw/", {"reason": "No."}).status_code == 404
