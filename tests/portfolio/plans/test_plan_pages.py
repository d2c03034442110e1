"""The pages of a plan: written in a table, saved as you go, filled, imported, one version at a time."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portfolio.actions.write_plan import freeze_latest, write_plan
from portfolio.export import xlsx_bytes
from portfolio.models import Plan, PlanKind, PlanLine, Stage
from portfolio.plan_table import PlanSheet
from portfolio.plans import cells_of

from ...factories import make_initiative, move_stage

JAN, FEB = date(2027, 1, 1), date(2027, 2, 1)
CASHABLE, RUN = PlanKind.CASHABLE, PlanKind.RUN_COST
NOTHING = {"starts_on": "", "in_use_on": ""}


@pytest.fixture
def initiative(business_owner):
    return make_initiative(owner=business_owner)


@pytest.fixture
def plan(initiative, business_owner):
    return write_plan(initiative, actor=business_owner, amounts={(JAN, CASHABLE): Decimal(100), (FEB, RUN): Decimal(7)})


@pytest.fixture
def page(client, business_owner):
    client.force_login(business_owner)
    return client


def at(initiative, rest: str = "") -> str:
    return f"{initiative.get_absolute_url()}plan/{rest}"


def amounts(initiative):
    newest = Plan.objects.filter(initiative=initiative).order_by("-number").first()
    return cells_of(PlanLine.objects.filter(plan=newest))


def test_the_table_is_saved_and_shown_again(page, initiative):
    sent = NOTHING | {"2027-01-cashable": "1,200.50", "2027-02-run_cost": "7", "starts_on": "2026-12-15", "do": "save"}

    response = page.post(at(initiative), sent)

    assert response.headers["Location"] == f"{at(initiative)}#tab"
    assert amounts(initiative) == {(JAN, "cashable"): Decimal("1200.50"), (FEB, "run_cost"): Decimal(7)}
    shown = page.get(at(initiative)).content.decode()
    assert 'name="2027-01-cashable" id="c-2027-01-cashable" value="1,200.50"' in shown
    assert "Benefit begins in January 2027" in shown
    assert "2026-12-15" in shown


def test_saving_an_empty_table_begins_no_plan(page, initiative):
    page.post(at(initiative), NOTHING | {"2027-01-cashable": ""})

    assert not Plan.objects.exists()


def test_nothing_is_saved_while_a_cell_cannot_be_read_and_all_that_was_typed_stays(page, initiative):
    response = page.post(at(initiative), NOTHING | {"2027-01-cashable": "much", "2027-02-cashable": "5"})

    assert response.status_code == 422
    shown = response.content.decode()
    assert 'value="much" ' in shown
    assert "Enter a number" in shown
    assert 'id="c-2027-02-cashable" value="5"' in shown
    assert not Plan.objects.exists()


def test_saved_as_you_go_what_can_be_saved_is(page, initiative):
    response = page.post(at(initiative, "save/"), NOTHING | {"2027-01-cashable": "much", "2027-02-cashable": "5"})

    assert response.status_code == 422
    assert "Enter a number" in response.content.decode()
    assert amounts(initiative) == {(FEB, "cashable"): Decimal(5)}
    good = page.post(at(initiative, "save/"), NOTHING | {"2027-01-cashable": "4", "2027-02-cashable": "5"})
    assert good.status_code == 200
    assert 'id="plan-seen"' in good.content.decode()
    assert amounts(initiative)[JAN, "cashable"] == 4


def test_two_who_write_at_once_both_decide(page, plan, office_member):
    seen = json.dumps({"2027-01-cashable": "100.00", "2027-02-run_cost": "7.00"})
    write_plan(plan.initiative, actor=office_member, amounts={(JAN, CASHABLE): Decimal(120), (FEB, RUN): Decimal(9)})
    sent = NOTHING | {"2027-01-cashable": "90", "2027-02-run_cost": "7", "seen": seen}

    response = page.post(at(plan.initiative), sent)

    assert response.status_code == 409
    shown = response.content.decode()
    assert "Somebody else made this 120 meanwhile" in shown
    assert 'id="c-2027-01-cashable" value="90"' in shown
    assert amounts(plan.initiative)[JAN, "cashable"] == 120
    page.post(at(plan.initiative), sent | {"seen": seen.replace("100.00", "120.00")})
    assert amounts(plan.initiative) == {(JAN, "cashable"): Decimal(90), (FEB, "run_cost"): Decimal(9)}


def test_quick_fill_keeps_what_stands_in_the_table(page, initiative):
    fill = {"fill-kind": "run_cost", "fill-first": "2027-01", "fill-last": "2028-01", "fill-amount": "1k"}

    page.post(at(initiative), NOTHING | fill | {"fill-growth": "10", "2027-01-cashable": "5", "do": "fill"})

    found = amounts(initiative)
    assert len(found) == 14
    assert (found[JAN, "cashable"], found[JAN, "run_cost"]) == (5, 1000)
    assert found[date(2028, 1, 1), "run_cost"] == 1100


def test_a_quick_fill_that_lacks_something_says_what(page, initiative):
    response = page.post(at(initiative), NOTHING | {"fill-kind": "run_cost", "do": "fill", "2027-01-cashable": "5"})

    assert response.status_code == 422
    assert "This field is required" in response.content.decode()
    assert amounts(initiative) == {(JAN, "cashable"): Decimal(5)}


def test_the_table_grows_by_a_year(page, plan):
    response = page.post(at(plan.initiative), NOTHING | {"2027-01-cashable": "5", "do": "more"})

    assert "until=" in response.headers["Location"]
    longer = page.get(response.headers["Location"]).content.decode().count('id="c-')
    assert longer == page.get(at(plan.initiative)).content.decode().count('id="c-') + 12 * 6


def test_a_pasted_table_takes_the_place_of_its_kinds(page, plan):
    response = page.post(at(plan.initiative, "import/"), {"text": "Month\tCashable\n2027-02\t5\n"})

    assert response.status_code == 302
    assert amounts(plan.initiative) == {(FEB, "cashable"): Decimal(5), (FEB, "run_cost"): Decimal(7)}


@pytest.mark.parametrize("text", ["", "Month\tCashable\nsoon\t5\n", "nothing"])
def test_a_table_that_cannot_be_read_changes_nothing(page, plan, text):
    response = page.post(at(plan.initiative, "import/"), {"text": text})

    assert response.status_code == 422
    assert amounts(plan.initiative) == {(JAN, "cashable"): Decimal(100), (FEB, "run_cost"): Decimal(7)}


def test_the_export_comes_back(page, plan):
    exported = page.get(at(plan.initiative, "export/"))
    assert ".xlsx" in exported.headers["Content-Disposition"]
    before = amounts(plan.initiative)
    PlanLine.objects.filter(plan=plan).delete()

    file = SimpleUploadedFile("plan.xlsx", exported.content)
    page.post(at(plan.initiative, "import/"), {"text": "", "file": file})

    assert amounts(plan.initiative) == before
    lines = b"".join(page.get(at(plan.initiative, "export/?format=csv")).streaming_content).decode()
    assert "2027-01,100.00" in lines


def test_an_approved_plan_is_read_and_changed_with_a_reason(page, plan, business_owner):
    freeze_latest(plan.initiative, actor=business_owner)
    shown = page.get(at(plan.initiative)).content.decode()
    assert 'id="c-2027' not in shown
    assert "frozen" in shown

    assert page.post(at(plan.initiative, "versions/new/"), {"reason": " "}).status_code == 422
    page.post(at(plan.initiative, "versions/new/"), {"reason": "Prices rose."})
    page.post(at(plan.initiative), NOTHING | {"2027-01-cashable": "90"})

    assert amounts(plan.initiative)[JAN, "cashable"] == 90
    version = page.get(at(plan.initiative, "2/")).content.decode()
    assert "Prices rose." in version
    assert "Benefit, cashable, all years" in version
    assert "100" in page.get(at(plan.initiative, "1/")).content.decode()
    assert page.post(at(plan.initiative, "versions/new/"), {"reason": "Again."}).status_code == 422


def test_what_was_typed_while_a_decision_froze_the_plan_stays_and_asks_why(page, plan, business_owner):
    freeze_latest(plan.initiative, actor=business_owner)

    response = page.post(at(plan.initiative), NOTHING | {"2027-01-cashable": "90"})

    assert response.status_code == 422
    shown = response.content.decode()
    assert "Say why it changes" in shown
    assert 'value="90"' in shown
    page.post(at(plan.initiative), NOTHING | {"2027-01-cashable": "90", "reason": "Fewer cases."})
    assert amounts(plan.initiative)[JAN, "cashable"] == 90
    assert Plan.objects.get(initiative=plan.initiative, number=2).reason == "Fewer cases."


@pytest.mark.parametrize(("person", "sees"), [("finance_controller", True), ("auditor", True), ("stranger", False)])
def test_who_sees_the_money_sees_the_plan_and_others_not_even_its_tab(client, plan, request, person, sees):
    client.force_login(request.getfixturevalue(person))

    tabs = client.get(plan.initiative.get_absolute_url()).content.decode()

    assert (at(plan.initiative) in tabs) == sees
    for rest in ("", "1/", "export/"):
        assert client.get(at(plan.initiative, rest)).status_code == (200 if sees else 403)
    assert client.post(at(plan.initiative), NOTHING | {"2027-01-cashable": "1"}).status_code == 403
    assert client.get(at(plan.initiative, "import/")).status_code == 403


def test_a_stranger_to_a_confidential_one_finds_nothing(client, business_owner, stranger):
    secret = make_initiative(is_confidential=True, owner=business_owner)
    client.force_login(stranger)

    for rest in ("", "1/", "export/", "import/", "versions/new/"):
        assert client.get(at(secret, rest)).status_code == 404
    assert client.post(at(secret, "save/"), NOTHING).status_code == 404


def test_the_plan_of_what_has_ended_is_read_only(client, plan, office_member):
    move_stage(plan.initiative, Stage.CLOSED)
    client.force_login(office_member)

    shown = client.get(at(plan.initiative)).content.decode()

    assert "plan-form" not in shown
    assert "Month by month" in shown


def test_a_plan_of_ten_years_takes_as_many_queries_as_a_short_one(page, plan, django_assert_max_num_queries):
    with django_assert_max_num_queries(25) as short:
        page.get(at(plan.initiative))
    long = {(date(2027 + at // 12, at % 12 + 1, 1), kind): Decimal(5) for at in range(120) for kind in PlanKind}
    write_plan(plan.initiative, actor=plan.written_by, amounts=long)
    with django_assert_max_num_queries(len(short)):
        response = page.get(at(plan.initiative))
    sent = NOTHING | {f"{month:%Y-%m}-{kind}": "6" for month, kind in long}
    assert page.post(at(plan.initiative), sent).status_code == 302
    assert {*amounts(plan.initiative).values()} == {Decimal(6)}
    assert response.content.decode().count('id="c-') == 720


def test_its_history_tells_versions_without_their_sums(client, plan, stranger):
    client.force_login(stranger)

    shown = client.get(f"{plan.initiative.get_absolute_url()}history/").content.decode()

    assert "Plan version 1" in shown


def test_an_xlsx_of_other_amounts_is_refused_as_a_whole(page, plan):
    content = xlsx_bytes(PlanSheet({(JAN, CASHABLE): Decimal(-5)}))

    response = page.post(at(plan.initiative, "import/"), {"file": SimpleUploadedFile("plan.xlsx", content)})

    assert response.status_code == 422
    assert "Row 2, Cashable" in response.content.decode()
