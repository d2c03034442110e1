"""Cost centres: dated mappings, and files of costs that name them."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import Error, connection, transaction

from aiso.errors import DomainError
from aiso.events.models import Event
from portfolio.models import Initiative
from tests.api.conftest import Script, make_api_token
from tests.factories import make_initiative
from value.actions.cost_centres import add_cost_centre, map_cost_centre
from value.actions.land_costs import land_costs, upload_costs
from value.actions.sharing import add_sharing_rule
from value.cost_plan import planned_costs
from value.models import CostCentre, LedgerEntry, SharedCost

HEAD = "Initiative,Cost centre,Cost type,Booking date,Amount,Invoice,Document number\n"
JANUARY = date(2026, 1, 1)


@pytest.fixture
def centre(initiative, finance_controller) -> CostCentre:
    """4711, which belongs to the initiative since January."""
    made = add_cost_centre(actor=finance_controller, code="4711", name="Cloud")
    map_cost_centre(made, actor=finance_controller, starts_on=JANUARY, initiative=initiative)
    return made


@pytest.fixture
def shared(initiative, finance_controller) -> CostCentre:
    """4712, whose costs two initiatives share, three to one."""
    parts = [(initiative, Decimal(75)), (make_initiative("The other"), Decimal(25))]
    told = {"starts_on": JANUARY, "basis": "Use.", "reason": "Agreed.", "name": "Platform"}
    rule = add_sharing_rule(actor=finance_controller, parts=parts, **told)
    made = add_cost_centre(actor=finance_controller, code="4712", name="Platform")
    map_cost_centre(made, actor=finance_controller, starts_on=JANUARY, rule=rule)
    return made


def uploaded(actor, *rows: str):
    return upload_costs((HEAD + "\n".join(rows) + "\n").encode(), file_name="erp.csv", actor=actor)


def test_rows_go_where_their_cost_centre_belongs(initiative, centre, shared, finance_controller):
    other = make_initiative()
    rows = [
        ",4711,Run cost,2026-06-03,20,Invoice 1,K1",
        f"{other.reference},4711,Run cost,2026-06-03,30,Invoice 2,K2",
        ",4712,Run cost,2026-06-03,0.10,Invoice 3,K3",
        ",4712,Rework,2026-06-03,8,Invoice 4,",
        ",9999,Run cost,2026-06-03,20,Invoice 5,K5",
        ",,Run cost,2026-06-03,20,Invoice 6,K6",
        ",4711,Run cost,2025-12-31,20,Invoice 7,K7",
        ",4711,Run cost,2026-06-03,20,Invoice 1,K1",
    ]
    reasons = ("“9999”. Finance adds and maps it under Value, Cost centres", "Initiative or cost centre is missing")
    reasons += ("4711 belongs to nothing on 31", "stands in the file twice")
    file = uploaded(finance_controller, *rows)
    plan = planned_costs(file, finance_controller)
    assert [row.outcome for row in plan] == ["created"] * 4 + ["rejected"] * 4
    for row, told in zip(plan[4:], reasons, strict=True):
        assert told in row.reason
    land_costs(file, actor=finance_controller)
    posted = LedgerEntry.objects.order_by("initiative", "amount").values_list("initiative__name", "amount")
    assert sorted(amount for name, amount in posted if name == initiative.name) == [Decimal("0.08"), 6, 20]
    assert sorted(amount for name, amount in posted if name == "The other") == [Decimal("0.02"), 2]
    assert LedgerEntry.objects.get(initiative=other).amount == 30
    assert SharedCost.objects.count() == 2


def test_uploaded_again_nothing_is_posted_twice_wherever_it_belongs_by_then(
    initiative, centre, shared, finance_controller
):
    rows = [",4711,Run cost,2026-06-03,20,Invoice 1,K1", ",4712,Run cost,2026-06-03,10,Invoice 3,K3"]
    land_costs(uploaded(finance_controller, *rows), actor=finance_controller)
    before = LedgerEntry.objects.count()
    told = {"actor": finance_controller, "starts_on": JANUARY}
    map_cost_centre(shared, initiative=make_initiative("New"), **told)
    map_cost_centre(centre, rule=shared.mappings.last().rule, **told)
    file = land_costs(uploaded(finance_controller, *rows), actor=finance_controller)
    assert [outcome for outcome, _ in file.outcomes] == ["unchanged"] * 2
    assert LedgerEntry.objects.count() == before
    changed = uploaded(finance_controller, *(row.replace(",10,", ",11,").replace(",20,", ",21,") for row in rows))
    assert {row.reason for row in planned_costs(changed, finance_controller)} == {
        "This key names another booking of this cost centre already."
    }
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE value_costcentremapping SET starts_on = now()")


def test_what_its_initiative_names_already_is_not_posted_by_its_centre(initiative, centre, finance_controller):
    row = ",Run cost,2026-06-03,20,Invoice 1,K1"
    land_costs(uploaded(finance_controller, f"{initiative.reference},{row}"), actor=finance_controller)
    plan = planned_costs(uploaded(finance_controller, f",4711{row}"), finance_controller)
    assert [row.outcome for row in plan] == ["unchanged"]


def test_the_mapping_of_its_day_holds(initiative, centre, finance_controller):
    later = make_initiative("Later")
    map_cost_centre(centre, actor=finance_controller, starts_on=date(2026, 6, 10), initiative=later)
    days = {"2026-06-09": initiative, "2026-06-10": later}
    plan = planned_costs(
        uploaded(finance_controller, *(f",4711,Run cost,{day},5,Invoice," for day in days)), finance_controller
    )
    assert [row.initiative for row in plan] == [*days.values()]
    map_cost_centre(centre, actor=finance_controller, starts_on=date(2026, 6, 12))
    [row] = planned_costs(uploaded(finance_controller, ",4711,Run cost,2026-06-12,5,Invoice,"), finance_controller)
    assert "belongs to nothing on 12" in row.reason
    assert Event.objects.filter(name="cost_centre.mapped").count() == 3


def test_what_one_does_not_see_is_not_named(client, initiative, centre, finance_controller):
    Initiative.objects.filter(pk=initiative.pk).update(is_confidential=True, name="Secret plan")
    [row] = planned_costs(uploaded(finance_controller, ",4711,Run cost,2026-06-03,5,Invoice,"), finance_controller)
    assert row.reason == "Cost centre 4711 belongs to an initiative that you do not see."
    client.force_login(finance_controller)
    for address in ("/cost-centres/", centre.get_absolute_url()):
        page = client.get(address).content.decode()
        assert "an initiative that you do not see" in page
        assert "Secret plan" not in page


def test_who_keeps_cost_centres(initiative, centre, office_lead, business_owner, finance_controller):
    for person in (office_lead, business_owner):
        with pytest.raises(PermissionDenied):
            add_cost_centre(actor=person, code="1", name="One")
        with pytest.raises(PermissionDenied):
            map_cost_centre(centre, actor=person, starts_on=JANUARY)
    with pytest.raises(ValidationError):
        add_cost_centre(actor=finance_controller, code="4711", name="Again")
    Initiative.objects.filter(pk=initiative.pk).update(is_off_register=True)
    initiative.refresh_from_db()
    with pytest.raises(DomainError, match="not on the register"):
        map_cost_centre(centre, actor=finance_controller, starts_on=JANUARY, initiative=initiative)


def test_on_pages(client, initiative, finance_controller, office_member, executive):
    client.force_login(finance_controller)
    assert "No cost centre is mapped yet" in client.get("/cost-centres/").content.decode()
    sent = {"code": "4711", "name": "Cloud"}
    mapping = client.post("/cost-centres/new/", sent).headers["Location"]
    assert client.post("/cost-centres/new/", sent).status_code == 422
    assert client.post(mapping, {"starts_on": "2026-01-01", "initiative": "AI-9999"}).status_code == 422
    address = client.post(mapping, {"starts_on": "2026-01-01", "initiative": initiative.reference}).headers["Location"]
    assert initiative.reference in client.get(address).content.decode()
    assert initiative.reference in client.get("/cost-centres/?text=clo").content.decode()
    assert "No cost centre fits" in client.get("/cost-centres/?text=zzz").content.decode()
    client.force_login(office_member)
    assert "Map it" not in client.get(address).content.decode()
    assert client.get(mapping).status_code == 403
    assert client.get("/cost-centres/new/").status_code == 403
    client.force_login(executive)
    assert {client.get(each).status_code for each in ("/cost-centres/", address)} == {403}


def test_the_list_costs_the_same_with_more(client, initiative, finance_controller, django_assert_max_num_queries):
    for number in range(30):
        made = add_cost_centre(actor=finance_controller, code=f"C{number:03d}", name="Centre")
        map_cost_centre(made, actor=finance_controller, starts_on=JANUARY, initiative=make_initiative())
    client.force_login(finance_controller)
    client.get("/cost-centres/")
    with django_assert_max_num_queries(17):
        client.get("/cost-centres/")


def test_a_plan_costs_the_same_with_more_rows(centre, shared, finance_controller, django_assert_max_num_queries):
    rows = [f",{code},Run cost,2026-06-03,{number},Invoice," for number in range(1, 30) for code in ("4711", "4712")]
    file = uploaded(finance_controller, *rows)
    with django_assert_max_num_queries(14):
        assert {row.outcome for row in planned_costs(file, finance_controller)} == {"created"}


def test_the_api_does_the_same(initiative, finance_controller, office_member, business_owner):
    finance, office, owner = (
        Script(make_api_token(person)[1]) for person in (finance_controller, office_member, business_owner)
    )
    sent = {"code": "4711", "name": "Cloud"}
    assert office.post("cost-centres/", sent).status_code == 403
    here = f"cost-centres/{finance.post('cost-centres/', sent).json()['id']}/"
    told = {"starts_on": "2026-01-01", "initiative": initiative.reference}
    assert office.post(f"{here}map/", told).status_code == 403
    assert finance.post(f"{here}map/", told).json()["mappings"][0]["initiative"] == initiative.reference
    assert [each["code"] for each in office.get("cost-centres/").json()["results"]] == ["4711"]
    assert owner.get(here).status_code == 404
    assert owner.get("cost-centres/").json()["results"] == []
