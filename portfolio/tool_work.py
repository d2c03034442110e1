"""What waits for those who clear tools: approvals that end, and tools that wait for their word."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.urls import reverse

from aiso import clock
from aiso.accounts.models import User
from aiso.web import figures
from aiso.web.work import WorkItem

from .models import Clearance, Tool
from .models.tools import ClearanceQuerySet
from .permissions import clears_for
from .tool_register import waiting_for

# Tools that nobody was asked about are named up to here; more of them are one row that leads to their list.
NAMED = 5
# Rows of one kind at most.
MOST = 100


def clearances_of(person: User) -> Iterator[WorkItem]:
    """A row for each clearance of the person's function that ends, ended or is under review, and for tools not asked.

    Three queries for a reviewer of one function, none for anybody else.
    """
    for function in clears_for(person):
        yield from _ending(function)
        yield from _in_review(function)
        yield from _never_asked(person, function)


def _ending(function: Clearance.Function) -> Iterator[WorkItem]:
    ending = Clearance.objects.expiring() | Clearance.objects.expired()
    for clearance in _of_tools_in_use(ending.filter(function=function)).order_by("expires_on")[:MOST]:
        end = clearance.expires_on
        assert end is not None  # an open-ended one does not expire
        told = "has expired" if end < clock.today() else f"ends {figures.relative(end)}"
        what = f"Clearance of {clearance.tool} by {function.value} {told}"
        yield WorkItem(what, _address(clearance.tool, function), "Renew", icon="clock-exclamation", due=end)


def _in_review(function: Clearance.Function) -> Iterator[WorkItem]:
    waiting = _of_tools_in_use(Clearance.objects.filter(function=function, status=Clearance.Status.IN_REVIEW))
    for clearance in waiting.order_by("decided_on")[:MOST]:
        yield WorkItem(
            f"{clearance.tool} waits for the word of {function.value}",
            _address(clearance.tool, function),
            "Decide",
            icon="tool",
            since=clearance.decided_on,
        )


def _never_asked(person: User, function: Clearance.Function) -> Iterator[WorkItem]:
    waiting = waiting_for(function, person, Tool.objects.visible_to(person))
    tools = [*waiting.exclude(clearances__function=function).order_by("name")[: MOST + 1]]
    if len(tools) > NAMED:
        count = f"More than {MOST}" if len(tools) > MOST else figures.number(len(tools))
        address = f"{reverse('portfolio:tool_list')}?{urlencode({'waiting': function.value})}"
        yield WorkItem(f"{count} tools in use wait for the word of {function.value}", address, "See", icon="tool")
        return
    for tool in tools:
        what = f"{tool} is in use and waits for the word of {function.value}"
        yield WorkItem(what, _address(tool, function), "Decide", icon="tool")


def _of_tools_in_use(clearances: ClearanceQuerySet) -> ClearanceQuerySet:
    return clearances.filter(tool__is_active=True).select_related("tool")


def _address(tool: Tool, function: Clearance.Function) -> str:
    return f"{tool.get_absolute_url()}#{function.value}"
