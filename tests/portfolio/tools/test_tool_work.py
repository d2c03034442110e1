"""What waits on My work for those who clear tools."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aiso import clock
from aiso.accounts.models import Role
from portfolio import tool_work
from portfolio.tool_work import clearances_of
from tests.factories import make_clearance, make_initiative, make_person, make_tool, make_unit

pytestmark = pytest.mark.django_db


def told(person) -> list[str]:
    return [item.what for item in clearances_of(person)]


def test_each_reviewer_sees_what_waits_for_their_function(client, legal_reviewer, security_reviewer):
    today = clock.today()
    for name, days in (("Ending", 12), ("Ended", -2), ("Fine", 61)):
        tool = make_tool(name)
        tool.clearances.filter(function="legal").update(expires_on=today + timedelta(days=days))
    make_clearance(make_tool("Looked at", approved=False), "legal", status="in_review")
    make_initiative().tools.add(make_tool("Used", approved=False))
    make_tool("Used by nobody", approved=False)

    assert told(legal_reviewer) == [
        "Clearance of Ended by legal has expired",
        "Clearance of Ending by legal ends in 12 days",
        "Looked at waits for the word of legal",
        "Used is in use and waits for the word of legal",
    ]
    assert told(security_reviewer) == ["Used is in use and waits for the word of security"]
    ended = next(clearances_of(legal_reviewer))
    assert (ended.due, ended.url.partition("#")[2]) == (today - timedelta(days=2), "legal")
    client.force_login(legal_reviewer)
    assert "Clearance of Ending" in client.get("/").content.decode()


def test_nobody_else_is_asked(office_lead, auditor, stranger, business_owner):
    make_initiative().tools.add(make_tool(approved=False))
    local = make_person("Local", Role.LEGAL_REVIEWER, role_unit=make_unit())

    for person in (office_lead, auditor, stranger, business_owner, local):
        with CaptureQueriesContext(connection) as queries:
            assert told(person) == []
        assert len(queries) <= 2


def test_retired_tools_and_ended_initiatives_wait_for_nothing(legal_reviewer):
    make_initiative().tools.add(make_tool(approved=False, is_active=False))
    make_initiative(stage="closed").tools.add(make_tool(approved=False))
    make_initiative(is_off_register=True).tools.add(make_tool(approved=False))
    make_clearance(make_tool(approved=False, is_active=False), "legal", status="in_review")

    assert told(legal_reviewer) == []


def test_many_unasked_tools_are_one_row(client, legal_reviewer):
    initiative = make_initiative()
    for _ in range(tool_work.NAMED + 1):
        initiative.tools.add(make_tool(approved=False))

    [item] = clearances_of(legal_reviewer)

    assert item.what == "6 tools in use wait for the word of legal"
    client.force_login(legal_reviewer)
    assert len(client.get(item.url).context["register"].rows) == 6


def test_it_costs_the_same_however_many_tools(legal_reviewer):
    def cost() -> int:
        legal_reviewer.__dict__.pop("role_units", None)
        with CaptureQueriesContext(connection) as queries:
            told(legal_reviewer)
        return len(queries)

    make_clearance(make_tool(approved=False), "legal", status="in_review")
    one = cost()
    for _ in range(5):
        make_clearance(make_tool(approved=False), "legal", status="in_review")

    assert cost() == one <= 4
