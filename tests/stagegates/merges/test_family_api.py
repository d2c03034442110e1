"""Money of a merged family over the API: as the page shows it, and only what one sees of the merged one."""

from decimal import Decimal

import pytest

from portfolio.models import Initiative
from stagegates.actions.conditions import waive_condition
from stagegates.actions.merge import merge_into
from stagegates.models import Tranche
from tests.api.conftest import Script, make_api_token

pytestmark = pytest.mark.django_db


def script(person) -> Script:
    return Script(make_api_token(person)[1])


@pytest.fixture
def family(initiative, survivor, funded, chair) -> Initiative:
    """The survivor, once what was funded is merged into it; the condition of its money was waived before."""
    waive_condition(funded[1].condition, actor=chair, reason="Shown.")
    merge_into(initiative, actor=chair, survivor=survivor, rationale="The same thing twice.")
    survivor.refresh_from_db()
    return survivor


def test_the_money_of_a_family_is_told_as_on_its_page(client, family, office_lead):
    told = script(office_lead).get(f"initiatives/{family.reference}/funding/").json()
    assert {name: told[name] for name in ("committed", "withheld", "spent", "unspent")} == {
        "committed": "60000.00", "withheld": "40000.00", "spent": "5000.00", "unspent": "15000.00",
    }  # fmt: skip
    client.force_login(office_lead)
    assert "60,000" in client.get(f"/initiatives/{family.reference}/funding/").text


def test_its_tranches_are_those_of_all_of_it(family, initiative, office_lead, finance_controller):
    told = script(office_lead).get("tranches/", {"initiative": family.reference}).json()["results"]
    assert {each["initiative"] for each in told} == {family.reference, initiative.reference}
    alone = script(finance_controller).get("tranches/", {"initiative": initiative.reference}).json()["results"]
    assert {each["initiative"] for each in alone} == {initiative.reference}
    assert script(office_lead).get("tranches/", {"initiative": "nonsense"}).status_code == 400


def test_what_one_does_not_see_of_it_is_left_out(family, initiative, finance_controller, office_lead):
    Initiative.objects.filter(pk=initiative.pk).update(is_confidential=True)
    address = f"initiatives/{family.reference}/funding/"
    whole, part = (script(person).get(address).json() for person in (office_lead, finance_controller))
    # What was spent stays with the merged one, which finance does not see any more.
    assert [Decimal(each["spent"]) for each in (whole, part)] == [5_000, 0]
    assert part["withheld"] == "40000.00"
    told = script(finance_controller).get("tranches/", {"initiative": family.reference}).json()["results"]
    assert {each["initiative"] for each in told} == {family.reference}


def test_a_condition_is_named_to_those_who_see_it(client, family, initiative, finance_controller, office_lead):
    tranche = Tranche.objects.get(initiative=family, is_held_back=True)
    one = f"tranches/{tranche.pk}/"
    assert script(finance_controller).get(one).json()["condition"] == tranche.condition_id
    Initiative.objects.filter(pk=initiative.pk).update(is_confidential=True)
    told = script(finance_controller).get(one).json()
    assert (told["condition"], told["is_held_back"]) == (None, True)
    listed = script(finance_controller).get("tranches/", {"initiative": family.reference}).json()["results"]
    assert {each["condition"] for each in listed} == {None}
    assert script(office_lead).get(one).json()["condition"] == tranche.condition_id
    # The page names the settled condition by its text.
    client.force_login(finance_controller)
    assert "Prove the fallback" not in client.get(f"/funding/tranches/{tranche.pk}/").text
    client.force_login(office_lead)
    assert "Prove the fallback" in client.get(f"/funding/tranches/{tranche.pk}/").text
