"""The directory, the tree of business units, and the lists that the office keeps."""

import pytest

from aiso.accounts.models import Role
from aiso.events.models import Event
from portfolio.models import Tag, Workflow
from tests.factories import make_entry, make_person, make_unit

from .conftest import kind, problem

pytestmark = pytest.mark.django_db


def names(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()["results"]]


def test_people_are_read_by_everybody(nobody, stranger, service_account):
    unit = make_unit("Claims")
    anna = make_person("Anna Berg", Role.REQUESTER, unit=make_unit("Motor", parent=unit), role_unit=unit)
    make_person("Gone Long", is_active=False)
    assert names(nobody.get("people/")) == [anna.name, stranger.name]
    assert names(nobody.get("people/", {"q": "berg"})) == [anna.name]
    assert names(nobody.get("people/", {"unit": unit.pk})) == [anna.name]
    assert names(nobody.get("people/", {"role": "requester"})) == [anna.name]
    assert names(nobody.get("people/", {"state": "inactive"})) == ["Gone Long"]
    assert names(nobody.get("people/", {"state": "programs"})) == [service_account.name]
    told = nobody.get(f"people/{anna.pk}/").json()
    assert told["roles"] == [{"role": "requester", "unit": {"id": unit.pk, "name": "Claims"}}]
    assert "password" not in told
    assert kind(nobody.get("people/", {"role": "king"}), 400) == "parameter"
    assert kind(nobody.get("people/", {"unit": 10**30}), 400) == "parameter"
    assert kind(nobody.get("people/999999/"), 404) == "not-found"


def test_people_take_few_queries_however_many(nobody, django_assert_num_queries):
    for _ in range(20):
        make_person("", Role.REQUESTER, unit=make_unit(), role_unit=make_unit())
    nobody.get("people/")
    # The token with its person, the people with their units, and their roles.
    with django_assert_num_queries(3):
        assert len(names(nobody.get("people/"))) == 21


def test_units_are_read_by_everybody(nobody):
    top = make_unit("Claims")
    below = make_unit("Motor", parent=top)
    make_unit("Archive", is_active=False)
    assert names(nobody.get("units/")) == ["Archive", "Claims", "Motor"]
    assert names(nobody.get("units/", {"is_active": "true"})) == ["Claims", "Motor"]
    assert names(nobody.get("units/", {"is_active": "false"})) == ["Archive"]
    assert names(nobody.get("units/", {"parent": top.pk})) == ["Motor"]
    assert names(nobody.get("units/", {"q": "mot"})) == ["Motor"]
    assert nobody.get(f"units/{below.pk}/").json()["parent"] == {"id": top.pk, "name": "Claims"}
    assert kind(nobody.get("units/", {"is_active": "maybe"}), 400) == "parameter"


def test_an_office_lead_keeps_units(script, office_lead, office):
    lead = script(office_lead)
    top = make_unit("Claims")
    assert kind(office.post("units/", {"name": "Motor"}), 403) == "forbidden"
    added = lead.post("units/", {"name": "Motor", "parent": top.pk})
    address = added.headers["Location"]
    assert (added.status_code, added.json()["parent"]["id"]) == (201, top.pk)
    assert kind(lead.post("units/", {"name": "Motor", "parent": top.pk}), 422) == "invalid"
    assert lead.patch(address, {"short_name": "MC"}).json()["name"] == "Motor"
    assert lead.post(f"{address}move/", {"to": None}).json()["parent"] is None
    assert kind(lead.post(f"{address}move/", {"to": None}), 422) == "invalid"
    assert kind(lead.post(f"{address}move/", {}), 422) == "invalid"
    assert lead.post(f"{address}retire/").json()["is_active"] is False
    assert kind(lead.post(f"{address}retire/"), 409) == "refused"
    assert lead.post(f"{address}bring-back/").json()["is_active"] is True
    assert kind(office.post(f"{address}retire/"), 403) == "forbidden"
    done = Event.objects.filter(name__startswith="unit.").order_by("pk").values_list("name", flat=True)
    assert [*done] == ["unit.added", "unit.renamed", "unit.moved", "unit.retired", "unit.brought_back"]


def test_a_unit_cannot_stand_below_itself(script, office_lead):
    top = make_unit("Claims")
    below = make_unit("Motor", parent=top)
    errors = problem(script(office_lead).post(f"units/{top.pk}/move/", {"to": below.pk}), 422)["errors"]
    assert [error["pointer"] for error in errors] == ["/to"]


def test_two_who_rename_a_unit(script, office_lead):
    lead, unit = script(office_lead), make_unit("Claims")
    address = f"units/{unit.pk}/"
    stale = lead.get(address).headers["ETag"]
    lead.patch(address, {"name": "Claims and cover"})
    assert kind(lead.patch(address, {"name": "Late"}, if_match=stale), 412) == "stale"
    assert kind(lead.post(f"{address}retire/", if_match=stale), 412) == "stale"
    late = problem(lead.patch(address, {"name": "Late", "was": {"name": "Claims"}}), 409)
    assert late["changes"]["name"] == {"was": "Claims", "now": "Claims and cover", "yours": "Late"}


def test_lists_are_read_by_everybody(nobody):
    make_entry(Tag, "fraud")
    make_entry(Tag, "old", is_active=False)
    unit = make_unit("Claims")
    workflow = make_entry(Workflow, "Pay a claim", unit=unit, is_critical=True)
    lists = [each["id"] for each in nobody.get("lists/").json()["results"]]
    assert {"buckets", "workflows", "use-case-types", "jurisdictions", "tags"} <= {*lists}
    for each in lists:
        assert nobody.get(f"lists/{each}/").status_code == 200
    assert names(nobody.get("lists/tags/")) == ["fraud", "old"]
    assert names(nobody.get("lists/tags/", {"is_active": "true", "q": "fra"})) == ["fraud"]
    told = nobody.get(f"lists/workflows/{workflow.pk}/").json()
    assert (told["unit"], told["is_critical"]) == ({"id": unit.pk, "name": "Claims"}, True)
    assert kind(nobody.get("lists/tags/999999/"), 404) == "not-found"


def test_the_front_leads_to_all_lists(nobody):
    told = nobody.get("").json()
    for address in [*told["lists"].values(), told["schema"]]:
        path = address.removeprefix("http://testserver")
        assert nobody.get(path).status_code in (200, 403), path
