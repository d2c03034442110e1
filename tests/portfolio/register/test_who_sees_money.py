"""The money of an initiative: who sees it, and every place in which the others do not find the sum."""

import csv
import json
from datetime import timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aiso import clock
from aiso.accounts.models import Role
from portfolio.actions.conclude_lanes import conclude_lanes
from portfolio.actions.edit_initiative import Change, edit_initiative
from portfolio.models import Initiative, OwnerKind
from portfolio.permissions import can_see_money, money_seen_among
from portfolio.register import Register
from tests.api.conftest import Script, make_api_token
from tests.factories import grant, make_initiative, make_ownership, make_person, make_unit

pytestmark = pytest.mark.django_db
MAY = ("business_owner", "deputy", "finance_controller", "office_member", "office_lead", "executive", "auditor")
MAY_NOT = ("stranger", "requester", "risk_reviewer", "legal_reviewer", "service_account", "elsewhere", "former_owner")
# The sum as pages, files, history and the API write it.
WRITTEN = ("77\N{NO-BREAK SPACE}k", "77,777", "77777")


@pytest.fixture
def initiative(business_owner) -> Initiative:
    """Its money was stated by the office, so that it is in the history too."""
    made = make_initiative("Pumps", owner=business_owner, unit=make_unit("Service"))
    office = make_person("Ophelia Desk", Role.OFFICE_MEMBER)
    edit_initiative(made, actor=office, changes={"requested_amount": Change(None, Decimal(77_777))})
    conclude_lanes([made.pk])
    return made


@pytest.fixture
def deputy(initiative):
    person = make_person("Dep Uty")
    make_ownership(initiative, person, OwnerKind.BUSINESS, is_deputy=True)
    return person


@pytest.fixture
def former_owner(initiative):
    person = make_person("For Mer")
    ownership = make_ownership(initiative, person, OwnerKind.RISK, since=clock.today() - timedelta(days=30))
    ownership.ended_on = clock.today()
    ownership.save()
    initiative.refresh_from_db()
    return person


@pytest.fixture
def elsewhere(db):
    """Finance, of another unit alone."""
    person = make_person("Ella Where")
    grant(person, Role.FINANCE_CONTROLLER, unit=make_unit("Sales"))
    return person


@pytest.fixture
def who(request, initiative):
    return request.getfixturevalue(request.param)


everybody = pytest.mark.parametrize(
    ("who", "may"), [*((name, True) for name in MAY), *((name, False) for name in MAY_NOT)], indirect=["who"]
)
# One with, one by ownership, one without: for the places, which all ask the same predicate.
some = pytest.mark.parametrize(
    ("who", "may"),
    [("finance_controller", True), ("deputy", True), ("auditor", True), ("stranger", False), ("elsewhere", False)],
    indirect=["who"],
)


def tells(text: str) -> bool:
    return any(sum_ in text for sum_ in WRITTEN)


@everybody
def test_who_may_see_it(who, may, initiative):
    assert can_see_money(who, initiative) is may
    assert money_seen_among(who, [initiative])(initiative) is may
    assert Initiative.objects.all().with_money_for(who).exists() is may


def test_those_who_left_and_strangers_see_none(initiative, business_owner):
    business_owner.is_active = False
    for person in (business_owner, AnonymousUser()):
        assert not can_see_money(person, initiative)
        assert not Initiative.objects.all().with_money_for(person).exists()
    assert not money_seen_among(business_owner, [initiative])(initiative)


@pytest.mark.parametrize("role", [Role.FINANCE_CONTROLLER, Role.OFFICE_MEMBER, Role.EXECUTIVE, Role.AUDITOR])
def test_a_limited_role_reaches_its_unit_and_those_below(role, initiative):
    inside, below = make_person("In Side"), make_initiative(unit=make_unit("Repairs", parent=initiative.unit))
    grant(inside, role, unit=initiative.unit)
    other = make_initiative()

    seen = money_seen_among(inside, [initiative, below, other])

    assert [seen(each) for each in (initiative, below, other)] == [True, True, False]
    assert [can_see_money(inside, each) for each in (initiative, below, other)] == [True, True, False]
    assert {*Initiative.objects.all().with_money_for(inside)} == {initiative, below}


def test_money_opens_no_confidential_initiative(client, initiative, finance_controller):
    initiative.is_confidential = True
    initiative.save(update_fields=["is_confidential"])
    client.force_login(finance_controller)

    assert client.get(initiative.get_absolute_url()).status_code == 404
    assert Register(finance_controller, QueryDict("money_min=1")).count == 0
    assert initiative.reference not in client.get(f"{reverse('portfolio:register')}?col=money").content.decode()


@some
def test_the_column_is_empty_with_a_title_for_others(client, who, may, initiative):
    client.force_login(who)
    page = client.get(f"{reverse('portfolio:register')}?col=money").content.decode()

    assert initiative.reference in page
    assert tells(page) is may
    assert ("executives and auditors see its money" in page) is not may


@some
def test_the_filter_finds_only_what_one_may_see(who, may, initiative):
    def found(query: str) -> int:
        register = Register(who, QueryDict(query))
        assert register.count == len(register.page.rows)
        return register.count

    assert found("money_min=77777&money_max=77777") == may
    assert found("money_max=80k") == may
    assert found("money_min=80k") == 0
    assert found("money_min=") == 1


def test_counts_kept_for_one_are_not_told_to_another(initiative, office_lead, executive, stranger):
    found = [Register(person, QueryDict("money_min=1")).count for person in (office_lead, executive, stranger)]
    assert found == [1, 1, 0]


@some
@pytest.mark.parametrize("columns", ["columns=all", "col=money&col=lane"])
def test_files_leave_the_cell_empty(client, who, may, initiative, columns):
    client.force_login(who)
    address = f"{reverse('portfolio:register_export')}?{columns}"

    text = b"".join(client.get(f"{address}&format=csv").streaming_content).decode("utf-8-sig")
    [row] = csv.DictReader(StringIO(text))
    assert (row["Money asked for"], row["Initiative"]) == ("77777.00" if may else "", "Pumps")
    assert tells(text) is may
    with ZipFile(BytesIO(client.get(f"{address}&format=xlsx").content)) as book:
        sheets = "".join(book.read(name).decode() for name in book.namelist())
    assert "Pumps" in sheets
    assert tells(sheets) is may


@some
def test_a_selection_as_a_file_tells_no_more(client, who, may, initiative):
    client.force_login(who)
    sent = {"pk": [initiative.pk], "format": "csv", "columns": "all"}
    assert tells(b"".join(client.post(reverse("portfolio:register_export"), sent).streaming_content).decode()) is may


@some
@pytest.mark.parametrize("part", ["", "history/", "preview/"])
def test_its_pages(client, who, may, initiative, part):
    client.force_login(who)
    address = f"{initiative.get_absolute_url()}{part}"
    page = client.get(address, headers={"HX-Request": "true"} if part == "preview/" else {}).content.decode()

    assert initiative.reference in page
    assert tells(page) is (may and part != "preview/")
    if not part:
        assert "Money under 50,000" in page
        assert ("Not shown to you" in page) is not may


@some
def test_the_api(who, may, initiative):
    script = Script(make_api_token(who)[1])
    address = f"initiatives/{initiative.reference}/"

    [row] = script.get("initiatives/").json()["results"]
    amounts = {row["requested_amount"], script.get(address).json()["requested_amount"]}
    assert amounts == {"77777.00" if may else None}
    found = script.get("initiatives/", {"money_min": "77777", "money_max": "77777", "count": "true"}).json()
    assert (len(found["results"]), found["count"]) == (may, may)
    lane = script.get(f"{address}lane/").json()
    [money] = [each for each in lane["conditions"] if each["code"] == "money"]
    assert money["state"] == "fails"
    assert bool(money["found"]) is may
    for below in ("lane/", "history/"):
        assert tells(json.dumps(script.get(f"{address}{below}").json(), ensure_ascii=False)) is may


def test_lowering_a_lane_tells_no_sum(initiative, risk_reviewer):
    script = Script(make_api_token(risk_reviewer)[1])
    Initiative.objects.filter(pk=initiative.pk).update(lane_raised_because="New to us.")

    answer = script.post(f"initiatives/{initiative.reference}/lane/lower/", {"reason": "Known by now."})

    assert answer.status_code == 200
    assert not tells(answer.content.decode())


def test_an_owner_edits_it_and_sees_what_they_wrote(client, initiative, business_owner):
    client.force_login(business_owner)
    assert tells(client.get(f"{initiative.get_absolute_url()}edit/requested_amount/").content.decode())
    script = Script(make_api_token(business_owner)[1])
    answer = script.patch(f"initiatives/{initiative.reference}/", {"requested_amount": "5000"})
    assert answer.json()["requested_amount"] == "5000.00"


def queries_for(ask) -> int:
    ask()
    with CaptureQueriesContext(connection) as queries:
        assert ask().status_code == 200
    return len(queries)


def test_it_costs_one_query_a_page_at_most(client, initiative, stranger, executive):
    for number in range(30):
        make_initiative(requested_amount=Decimal(number))

    def of_register(person, query: str) -> int:
        client.force_login(person)
        return queries_for(lambda: client.get(f"{reverse('portfolio:register')}?{query}"))

    assert of_register(stranger, "col=money") == of_register(stranger, "col=lane") + 1
    assert of_register(executive, "col=money") == of_register(executive, "col=lane")
    as_stranger, as_executive = (Script(make_api_token(person)[1]) for person in (stranger, executive))
    assert queries_for(lambda: as_executive.get("initiatives/")) == 4
    assert queries_for(lambda: as_stranger.get("initiatives/")) == 5


def test_a_large_file_asks_once_a_chunk(client, initiative, stranger):
    client.force_login(stranger)
    address = f"{reverse('portfolio:register_export')}?format=xlsx&columns=all"
    few = queries_for(lambda: client.get(address))
    for _ in range(30):
        make_initiative()
    assert queries_for(lambda: client.get(address)) == few
