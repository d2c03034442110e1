"""Lane, autonomy and money in the register: columns, filters, files; and what requests leave out of it."""

import csv
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aiso import clock
from aiso.accounts.models import User
from portfolio import tasks
from portfolio.actions.conclude_lanes import conclude_lanes
from portfolio.actions.keep_tools import clear_tool
from portfolio.belongings import initiatives_by_unit, owned_by
from portfolio.editable_lists import LISTS, uses_of
from portfolio.models import Bucket, Initiative, Intake
from portfolio.register import PAGE_SIZE, Register
from portfolio.work import gaps_of_own
from tests.factories import make_decision, make_initiative, make_tool, make_unit
from tests.portfolio.initiative.forms import events

pytestmark = pytest.mark.django_db
FACES = ["portfolio:register", "portfolio:register_board", "portfolio:register_map"]
COLUMNS = "col=lane&col=autonomy&col=money"
SIMPLE = {
    "risk_tier": "low",
    "is_rights_impacting": False,
    "is_safety_impacting": False,
    "is_customer_facing": False,
    "employee_effect": "none",
    "data_sensitivity": "internal",
}


@pytest.fixture
def signed_in(client, office_member):
    client.force_login(office_member)
    return client


@pytest.fixture
def some(db) -> dict[str, Initiative]:
    fast = make_initiative("Fast", requested_amount=Decimal(10_000), **SIMPLE)
    costly = make_initiative("Costly", requested_amount=Decimal(90_000), **SIMPLE)
    tooled = make_initiative("Tooled", **SIMPLE | {"risk_tier": "high"})
    unknown = make_initiative("Unknown")
    for initiative in (fast, costly):
        make_decision(initiative)
        initiative.tools.add(make_tool())
    make_decision(tooled, cost_of_error="high", reversibility="hard")
    make_decision(tooled, is_regulated=True)
    tooled.tools.add(make_tool("Widget", approved=False), make_tool())
    found = [fast, costly, tooled, unknown]
    conclude_lanes([each.pk for each in found])
    return {each.name: each for each in found}


def names(client, query: str) -> set[str]:
    response = client.get(f"{reverse('portfolio:register')}?{query}")
    register = response.context["register"]
    found = {row.name for row in register.page.rows}
    assert register.count == len(found)
    return found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("lane=fast", {"Fast"}),
        ("lane=full", {"Costly", "Tooled", "Unknown"}),
        ("lane=fast&lane=full", {"Fast", "Costly", "Tooled", "Unknown"}),
        ("decided_by=money", {"Costly"}),
        ("decided_by=tier", {"Tooled", "Unknown"}),
        ("autonomy=delegate", {"Fast", "Costly"}),
        ("autonomy=surface", {"Tooled"}),
        ("autonomy=keep_human&autonomy=surface", {"Tooled"}),
        ("autonomy=delegate_with_audit", set()),
        ("money_min=10000&money_max=50000", {"Fast"}),
        ("money_min=50000", {"Costly"}),
        ("tools_approved=no", {"Tooled"}),
        ("tools_approved=yes", {"Fast", "Costly"}),
        ("lane=nonsense", set()),
        ("autonomy=bold", set()),
        ("intake=nonsense", set()),
        ("intake=draft", set()),
    ],
)
def test_filters(signed_in, some, query, found):
    assert names(signed_in, query) == found


def test_columns_show_lane_level_and_money(signed_in, some):
    page = signed_in.get(f"{reverse('portfolio:register')}?{COLUMNS}").content.decode()

    assert "money over the threshold" in page
    assert "Delegate" in page
    assert "Surface" in page
    assert "90\N{NO-BREAK SPACE}k€" in page
    assert f"/initiatives/{some['Fast'].reference}/edit/requested_amount/" in page


def test_files_have_them_in_plain_words(signed_in, some):
    address = f"{reverse('portfolio:register_export')}?format=csv&columns=all"
    text = b"".join(signed_in.get(address).streaming_content).decode("utf-8-sig")

    rows = {row["Initiative"]: row for row in csv.DictReader(StringIO(text))}

    told = ("Lane", "Why this lane", "Highest autonomy", "Money asked for")
    assert [rows["Fast"][name] for name in told] == ["Fast", "", "Delegate", "10000.00"]
    assert [rows["Tooled"][name] for name in told] == ["Full", "risk tier high", "Surface", ""]


@pytest.mark.parametrize(
    ("query", "budget"),
    [
        (COLUMNS, 8),
        (f"{COLUMNS}&autonomy=delegate&lane=full", 9),
        ("tools_approved=no", 8),
        ("intake=declined", 8),
    ],
)
def test_queries_stay_fixed(signed_in, query, budget):
    for _ in range(PAGE_SIZE + 2):
        make_decision(make_initiative())

    with CaptureQueriesContext(connection) as queries:
        assert signed_in.get(f"{reverse('portfolio:register')}?{query}").status_code == 200
    assert len(queries) <= budget, [each["sql"][:80] for each in queries]


def test_counts_follow_a_lane_that_moved_by_itself(some, office_lead):
    def fast() -> int:
        return Register(office_lead, QueryDict("lane=fast")).count

    assert fast() == 1
    clear_tool(some["Fast"].tools.get(), actor=office_lead, function="legal", status="refused", note="No contract.")
    tasks.conclude_lanes_of_tool(events("tool.cleared")[-1].pk)
    assert fast() == 0


@pytest.fixture
def declined(business_owner, requester) -> Initiative:
    """A request that the office declined: its initiative stays for the record."""
    bucket = Bucket.objects.first()
    fields = {"is_off_register": True, "value": 5, "feasibility": 5, "bucket": bucket}
    initiative = make_initiative("Declined one", owner=business_owner, unit=make_unit("Service"), **fields)
    requested(initiative, requester, Intake.State.DECLINED)
    return initiative


def requested(initiative: Initiative, requester: User, state: Intake.State) -> Intake:
    return Intake.objects.create(
        requester=requester,
        state=state,
        initiative=initiative,
        unit=initiative.unit,
        rationale="Not ours.",
        submitted_at=clock.now() - timedelta(days=3),
    )


@pytest.mark.parametrize("face", FACES)
def test_a_declined_request_stands_on_no_face(signed_in, declined, face):
    response = signed_in.get(reverse(face))

    assert "Declined one" not in response.content.decode()
    assert response.context["summary"]["all"] == 0
    assert response.context["register"].count == 0


def test_no_search_export_or_selection_finds_it(signed_in, declined):
    assert names(signed_in, "q=declined") == set()
    assert names(signed_in, f"bucket={declined.bucket_id}") == set()
    exported = signed_in.get(f"{reverse('portfolio:register_export')}?format=csv&columns=all")
    assert b"Declined one" not in b"".join(exported.streaming_content)
    asked = signed_in.post(reverse("portfolio:bulk_edit"), {"field": "bucket", "all": "1", "query": ""}, follow=True)
    assert "Select some initiatives first." in asked.content.decode()


def test_it_is_nobodys_belonging_and_waits_for_nothing(declined, business_owner, office_member):
    assert initiatives_by_unit(office_member) == {}
    assert owned_by(office_member, business_owner) == ""
    assert uses_of(LISTS["buckets"], office_member, [declined.bucket]) == {}
    assert [*gaps_of_own(business_owner)] == []


def test_its_page_opens_by_reference_and_says_what_became_of_it(signed_in, declined):
    response = signed_in.get(declined.get_absolute_url())

    assert str(response.context["page"].answer) == "Not on the register: its request was declined."
    assert response.context["page"].gaps == []
    assert signed_in.get("/search/", {"q": declined.reference}).headers["Location"] == declined.get_absolute_url()


def test_a_joined_one_leads_to_the_other_for_those_who_see_it(client, signed_in, declined, requester):
    other = make_initiative("The other", is_confidential=True)
    intake = declined.intake
    intake.state, intake.joined_to = Intake.State.JOINED, other
    intake.save()

    assert f">{other.reference}</a>" in str(signed_in.get(declined.get_absolute_url()).context["page"].answer)
    client.force_login(requester)
    assert other.reference not in client.get(declined.get_absolute_url()).content.decode()


@pytest.mark.parametrize("state", [each for each in Intake.State if each != Intake.State.DRAFT])
def test_the_intake_filter_asks_for_requests(signed_in, declined, requester, state):
    gone = state in (Intake.State.DECLINED, Intake.State.JOINED, Intake.State.WITHDRAWN)
    initiative = make_initiative("Asked for", is_off_register=gone)
    other = make_initiative("Other") if state == Intake.State.JOINED else None
    intake = requested(initiative, requester, Intake.State.SUBMITTED)
    intake.state, intake.joined_to = state, other
    intake.save()

    expected = {"Asked for", "Declined one"} if state == Intake.State.DECLINED else {"Asked for"}
    assert names(signed_in, f"intake={state}") == expected
    assert ("Asked for" in names(signed_in, "")) is not gone


def test_confidential_requests_stay_hidden(client, declined, stranger):
    Initiative.objects.filter(pk=declined.pk).update(is_confidential=True)
    client.force_login(stranger)

    assert names(client, "intake=declined") == set()
