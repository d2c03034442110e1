from typing import Annotated, TypedDict

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.fields import IdField
from aiso.api.nouns import Noun
from aiso.api.operations import Body, answers, answers_page
from aiso.api.shapes import Named, named

from ..actions.keep_tools import add_tool, edit_tool
from ..editable_lists import BY_NAME
from ..models import Supplier, Tool
from .clearances import ClearanceShape, clearances_of, tools_for
from .lists import ListsQuery, chosen


class ToolShape(TypedDict):
    """A product or model that initiatives use."""

    id: int
    name: str
    supplier: Named | None
    description: str
    is_active: bool
    is_approved: Annotated[bool, "Legal, procurement and security approve it today."]
    clearances: Annotated[list[ClearanceShape], "Of each of the three functions."]


class ToolsQuery(ListsQuery):
    approved = serializers.BooleanField(
        required=False, default=None, allow_null=True, help_text="Only those approved today, or only the others."
    )
    supplier = IdField(Supplier.objects.all(), required=False, help_text="Those of this supplier.")


class ToolFacts(Body):
    name = serializers.CharField(max_length=200)
    supplier = IdField(Supplier.objects.all(), required=False, allow_null=True)
    description = serializers.CharField(
        max_length=20_000, required=False, allow_blank=True, help_text="What it is used for, under which contract."
    )


class ToolSeen(ToolFacts):
    is_active = serializers.BooleanField(required=False, help_text="False retires it.")


class ToolChanges(ToolSeen):
    was = ToolSeen(
        required=False, help_text="What you saw in fields that you change: one that is no longer so answers 409."
    )


class Tools(Noun):
    tag = "Tools"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(ToolShape, query=ToolsQuery)
    def list(self, request: Request) -> Response:
        """The tools by name, the retired ones among them."""
        tools = tools_for(self.person)
        if self.asked["approved"] is not None:
            tools = tools.approved() if self.asked["approved"] else tools.unapproved()
        if supplier := self.asked.get("supplier"):
            tools = tools.filter(supplier=supplier)
        return self.page(chosen(tools, self.asked), BY_NAME, drawn)

    @answers(ToolShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One tool."""
        return self.answer(drawn(get_object_or_404(tools_for(self.person), pk=id)))

    @answers(ToolShape, status=201, takes=ToolFacts)
    def create(self, request: Request) -> Response:
        """Add a tool, cleared by nobody yet. For the office and the procurement reviewers."""
        _refuse_retired(self.sent.get("supplier"))
        tool = add_tool(actor=self.person, **self.sent)
        return self.answer(drawn(tool), status=201, location=f"{request.path}{tool.pk}/")

    @answers(ToolShape, takes=ToolChanges)
    def partial_update(self, request: Request, id: int) -> Response:
        """Change, retire or bring back a tool. For the office and the procurement reviewers."""
        with self.held(tools_for(self.person), id, drawn) as tool:
            sent = dict(self.sent)
            seen = sent.pop("was", {})
            _refuse_retired(sent.get("supplier"), tool.supplier)
            return self.answer(drawn(edit_tool(tool, actor=self.person, seen=seen, **sent)))


def _refuse_retired(supplier: Supplier | None, present: Supplier | None = None) -> None:
    """A supplier that was taken out of use stays where it is, and is chosen nowhere anew."""
    if supplier and not supplier.is_active and supplier != present:
        raise serializers.ValidationError({"supplier": [f"{supplier} is no longer in use; choose another."]})


def drawn(tool: Tool) -> ToolShape:
    clearances = clearances_of(tool)
    return {
        "id": tool.pk,
        "name": tool.name,
        "supplier": named(tool.supplier),
        "description": tool.description,
        "is_active": tool.is_active,
        "is_approved": all(each["is_current"] for each in clearances.values()),
        "clearances": [*clearances.values()],
    }
