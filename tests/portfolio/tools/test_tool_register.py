"""The list of tools: its figures, tabs, search, pages, cost, and what it leaves out."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aiso import clock
from portfolio import tool_register
from portfolio.models import Supplier, Tool
from tests.factories import make_clearance, make_entry, make_initiative, make_tool

pytestmark = pytest.mark.django_db
LIST = reverse("portfolio:tool_list")


@pytest.fixture
def person(client, stranger):
    client.force_login(stranger)
    return client


@pytest.fixture
def stock(db) -> dict[str, Tool]:
    """One tool in each state."""
    today = clock.today()
    tools = {name: make_tool(name) for name in ("approved", "expiring", "expired", "refused")}
    tools["expiring"].clearances.filter(function="legal").update(expires_on=today + timedelta(days=12))
    tools["expired"].clearances.filter(function="legal").update(expires_on=today - timedelta(days=1))
    tools["refused"].clearances.filter(function="security").update(status="refused")
    tools["unasked"] = make_tool("unasked", approved=False)
    tools["retired"] = make_tool("retired", is_active=False)
    return tools


def names(response) -> list[str]:
    return [row.tool.name for row in response.context["register"].rows]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["approved", "expired", "expiring", "refused", "unasked"]),
        ("?state=approved", ["approved", "expiring"]),
        ("?state=unapproved", ["expired", "refused", "unasked"]),
        ("?state=expiring", ["expiring"]),
        ("?state=expired", ["expired"]),
        ("?state=refused", ["refused"]),
        ("?state=retired", ["retired"]),
        ("?state=nonsense&waiting=nobody", ["approved", "expired", "expiring", "refused", "unasked"]),
        ("?q=EXPI", ["expired", "expiring"]),
        ("?q=kestrel+appro", ["approved"]),
    ],
)
def test_tabs_and_search(person, stock, query, found):
    Tool.objects.filter(name="approved").update(supplier=make_entry(Supplier, "Kestrel Cloud"))

    assert names(person.get(f"{LIST}{query}")) == found


def test_the_first_line_counts_what_the_tabs_show(person, stock):
    response = person.get(LIST)

    register = response.context["register"]
    for tab in register.tabs:
        assert len(names(person.get(f"{LIST}{tab.address}"))) == tab.count
    text = " ".join(response.content.decode().split())
    for told in (">5</a> tools", ">2</a> approved", ">1</a> expires within 60 days", ">1</a> refused"):
        assert told in text


def test_those_that_wait_for_a_word(person, stock):
    make_clearance(make_tool("looked at", approved=False), "legal", status="in_review")
    make_initiative().tools.add(stock["unasked"])

    assert names(person.get(f"{LIST}?waiting=legal")) == ["looked at", "unasked"]
    assert names(person.get(f"{LIST}?waiting=security")) == ["unasked"]


def test_uses_are_those_that_one_may_see_and_the_register_shows(client, person, stock, office_member):
    make_initiative().tools.add(stock["approved"])
    make_initiative(is_confidential=True).tools.add(stock["approved"])
    make_initiative(is_off_register=True).tools.add(stock["approved"])

    def uses() -> list[int]:
        return [row.uses for row in client.get(LIST).context["register"].rows if row.tool.name == "approved"]

    assert uses() == [1]
    assert ">1 initiative</a> uses it" in client.get(stock["approved"].get_absolute_url()).content.decode()
    client.force_login(office_member)
    assert uses() == [2]


def test_a_confidential_user_is_not_named(client, person, stock):
    make_initiative("Secret plan", is_confidential=True).tools.add(stock["approved"])

    assert "Secret plan" not in client.get(stock["approved"].get_absolute_url()).content.decode()


def test_pages_follow_by_name_and_keep_the_filter(person, stock, monkeypatch):
    monkeypatch.setattr(tool_register, "PAGE", 2)

    first = person.get(f"{LIST}?state=unapproved")
    assert names(first) == ["expired", "refused"]
    register = first.context["register"]
    second = person.get(f"{LIST}{register.address()}&after={register.page.after}")

    assert names(second) == ["unasked"]
    assert names(person.get(f"{LIST}?after=!!")) == ["approved", "expired"]


def test_an_empty_register_says_what_will_be_here(client, person, office_member):
    assert "No tools yet" in client.get(LIST).content.decode()
    assert "Add the first tool" not in client.get(LIST).content.decode()
    client.force_login(office_member)
    assert "Add the first tool" in client.get(LIST).content.decode()
    make_tool("Gateway")
    assert "No tool fits" in client.get(f"{LIST}?q=nothing").content.decode()


def test_strangers_to_the_office_are_led_to_sign_in(client, db):
    for name in ("tool_list", "supplier_list", "tool_add"):
        assert "/accounts/login/" in client.get(reverse(f"portfolio:{name}")).headers["Location"]


def cost(client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("name", ["tool_list", "supplier_list"])
def test_lists_cost_the_same_however_long(person, name):
    supplier = make_entry(Supplier)
    make_initiative().tools.add(make_tool(supplier=supplier))
    person.get(reverse(f"portfolio:{name}"))
    one = cost(person, reverse(f"portfolio:{name}"))
    for _ in range(12):
        make_initiative().tools.add(make_tool(supplier=make_entry(Supplier)))

    assert cost(person, reverse(f"portfolio:{name}")) == one <= 6


def test_a_tool_costs_the_same_however_much_uses_it(person):
    tool = make_tool()
    make_initiative().tools.add(tool)
    person.get(tool.get_absolute_url())
    one = cost(person, tool.get_absolute_url())
    for _ in range(15):
        make_initiative().tools.add(tool)

    assert cost(person, tool.get_absolute_url()) == one <= 12


def test_names_are_shown_as_typed(person):
    tool = make_tool("<b>Gateway</b>", description="<script>alert(1)</script>")

    for address in (LIST, tool.get_absolute_url()):
        page = person.get(address).content.decode()
        assert "&lt;b&gt;Gateway" in page
        assert "<script>alert" not in page
