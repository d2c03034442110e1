"""What the office says a word stands for holds in every later import."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from aiso.accounts.models import BusinessUnit, Role
from aiso.errors import DomainError
from aiso.events.models import Event
from portfolio.actions.imports.value_maps import add_value_map, edit_value_map
from portfolio.models import Initiative, ValueMapEntry
from tests.factories import make_person, make_unit

from .conftest import changed, sheet

pytestmark = pytest.mark.django_db


def entry(kind: str, raw: str) -> ValueMapEntry:
    return ValueMapEntry.objects.get(kind=kind, raw=raw)


def test_an_import_shows_what_it_met(bring_in):
    bring_in()

    stages = {e.raw: (e.automatic, e.seen) for e in ValueMapEntry.objects.filter(kind="stage")}
    assert stages == {"Live": ("scale", 1), "Pilot": ("pilot", 1), "Whatever": ("", 1)}
    assert [e.raw for e in ValueMapEntry.objects.filter(kind="date")] == ["TBD"]
    assert ValueMapEntry.objects.unmapped().count() == 2


def test_a_mapped_word_counts_from_then_on(bring_in, office_member):
    bring_in()
    edit_value_map(entry("stage", "Whatever"), actor=office_member, value="build")
    edit_value_map(entry("stage", "Live"), actor=office_member, value="limited_rollout")
    edit_value_map(entry("date", "TBD"), actor=office_member, value="2024-05")

    job = bring_in()

    assert job.rows_updated == 3
    stages = Initiative.objects.order_by("external_id").values_list("stage", "stage_since__month")
    assert [*stages][:2] == [("limited_rollout", 9), ("pilot", 5)]
    assert Initiative.objects.get(external_id="U-3").stage == "build"
    assert Event.objects.filter(name="value_map.edited").count() == 3


def test_two_names_of_an_organisation_become_one_unit(bring_in, office_member):
    bring_in()
    make_unit("Claims and Fraud")
    edit_value_map(entry("organisation", "Claims"), actor=office_member, value="Claims and Fraud")

    bring_in()

    assert Initiative.objects.get(external_id="U-2").unit.name == "Claims and Fraud"
    assert BusinessUnit.objects.filter(name="Claims").count() == 1


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [("stage", "Whatever", "nirvana"), ("date", "TBD", "soon"), ("organisation", "Claims", "X")],
)
def test_only_values_of_ours_are_taken(bring_in, office_member, kind, raw, value):
    bring_in()
    with pytest.raises(DomainError):
        edit_value_map(entry(kind, raw), actor=office_member, value=value)


def test_a_spelling_is_added_once(office_member):
    add_value_map(actor=office_member, kind="stage", raw="Moonshot", value="discovery")
    with pytest.raises(DomainError, match="on the list already"):
        add_value_map(actor=office_member, kind="stage", raw="MOONSHOT", value="build")


def test_only_an_office_for_all_units_decides(bring_in, auditor, requester):
    bring_in()
    local = make_person("Local", Role.OFFICE_MEMBER, role_unit=make_unit())
    for person in (auditor, requester, local):
        with pytest.raises(PermissionDenied):
            edit_value_map(entry("stage", "Whatever"), actor=person, value="build")


def test_pages_show_and_change_them(bring_in, client, office_member):
    bring_in(sheet(changed(0, Status="Moonshot")))
    client.force_login(office_member)

    index = client.get(reverse("portfolio:value_map_index"))
    assert index.context["unmapped"] == 3
    page = client.get(reverse("portfolio:value_map_detail", args=["stage"]))
    assert [line[0].raw for line in page.context["lines"]] == ["Moonshot", "Whatever"]
    moonshot = entry("stage", "Moonshot")
    address = reverse("portfolio:value_map_edit", args=[moonshot.pk])
    assert client.post(address, {f"entry-{moonshot.pk}-value": "nirvana"}).status_code == 422
    assert client.post(address, {f"entry-{moonshot.pk}-value": "discovery"}).status_code == 302
    moonshot.refresh_from_db()
    assert (moonshot.value, moonshot.edited_by) == ("discovery", office_member)
    row = client.post(address, {f"entry-{moonshot.pk}-value": "build"}, headers={"HX-Request": "true"})
    assert b"Saved" in row.content
    assert b"<html" not in row.content
    added = client.post(reverse("portfolio:value_map_detail", args=["stage"]), {"raw": "Skunkworks", "value": "build"})
    assert added.status_code == 302
    twice = client.post(reverse("portfolio:value_map_detail", args=["stage"]), {"raw": "skunkworks", "value": "build"})
    assert twice.status_code == 422
    assert client.get(reverse("portfolio:value_map_history", args=[moonshot.pk])).status_code == 200


def test_auditors_look_and_others_stay_out(bring_in, client, auditor, requester):
    bring_in()
    client.force_login(auditor)
    assert client.get(reverse("portfolio:value_map_detail", args=["stage"])).status_code == 200
    address = reverse("portfolio:value_map_edit", args=[entry("stage", "Live").pk])
    assert client.post(address, {}).status_code == 403
    client.force_login(requester)
    assert client.get(reverse("portfolio:value_map_index")).status_code == 403
