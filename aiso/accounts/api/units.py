from typing import Annotated, Any, TypedDict

from django.db.models import CharField
from django.db.models.functions import Lower
from django.shortcuts import get_object_or_404
from django.urls import reverse
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.fields import unit_field
from aiso.api.nouns import Noun
from aiso.api.operations import Body, PageQuery, answers, answers_page
from aiso.api.shapes import Named, named
from aiso.web.keyset import Order

from ..actions import add_unit, bring_back_unit, move_unit, rename_unit, retire_unit
from ..models import BusinessUnit

BY_NAME = Order(Lower("name"), CharField())


class UnitShape(TypedDict):
    """A business unit in its place in the tree."""

    id: int
    name: str
    short_name: Annotated[str, "As people say it, e.g. HR."]
    parent: Annotated[Named | None, "The unit above; null at the top."]
    is_active: Annotated[bool, "Retired units are offered nowhere and keep what is in them."]


class UnitsQuery(PageQuery):
    q = serializers.CharField(required=False, max_length=200, help_text="Part of the name.")
    parent = unit_field(  # type: ignore[assignment]
        required=False, help_text="Those right below this unit."
    )
    is_active = serializers.BooleanField(
        required=False, default=None, allow_null=True, help_text="Only those in use, or only retired ones."
    )


class NewUnit(Body):
    name = serializers.CharField(max_length=200)
    short_name = serializers.CharField(max_length=40, required=False, allow_blank=True)
    parent = unit_field(  # type: ignore[assignment]
        required=False, allow_null=True, help_text="The unit above; none at the top."
    )


class UnitNames(Body):
    name = serializers.CharField(max_length=200)
    short_name = serializers.CharField(max_length=40, allow_blank=True)


class UnitChanges(UnitNames):
    was = UnitNames(required=False, help_text="What you saw: a field that is no longer so answers 409.")


class UnitMove(Body):
    to = unit_field(allow_null=True, help_text="The unit above it from now on; null for the top.")
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class Units(Noun):
    tag = "Business units"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(UnitShape, query=UnitsQuery)
    def list(self, request: Request) -> Response:
        """All units, by name."""
        units = self._visible()
        if text := self.asked.get("q"):
            units = units.filter(name__icontains=text)
        if parent := self.asked.get("parent"):
            units = units.filter(parent=parent)
        if self.asked["is_active"] is not None:
            units = units.filter(is_active=self.asked["is_active"])
        return self.page(units, BY_NAME, drawn)

    @answers(UnitShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One unit."""
        return self.answer(drawn(get_object_or_404(self._visible(), pk=id)))

    @answers(UnitShape, status=201, takes=NewUnit)
    def create(self, request: Request) -> Response:
        """Add a unit."""
        unit = add_unit(actor=self.person, **self.sent)
        return self.answer(drawn(unit), status=201, location=reverse("api:unit-detail", args=[unit.pk]))

    @answers(UnitShape, takes=UnitChanges)
    def partial_update(self, request: Request, id: int) -> Response:
        """Give a unit another name."""
        with self.held(self._visible(), id, drawn) as unit:
            seen = self.sent.pop("was", {})
            names = {"name": unit.name, "short_name": unit.short_name} | self.sent
            return self.answer(drawn(rename_unit(unit, actor=self.person, seen=seen, **names)))

    @action(detail=True, methods=["post"])
    @answers(UnitShape, takes=UnitMove)
    def move(self, request: Request, id: int) -> Response:
        """Put a unit, with all below it, under another one."""
        return self._done(id, move_unit, **self.sent)

    @action(detail=True, methods=["post"])
    @answers(UnitShape)
    def retire(self, request: Request, id: int) -> Response:
        """Take a unit out of use."""
        return self._done(id, retire_unit)

    @action(detail=True, methods=["post"], url_path="bring-back")
    @answers(UnitShape)
    def bring_back(self, request: Request, id: int) -> Response:
        """Put a retired unit into use again."""
        return self._done(id, bring_back_unit)

    def _done(self, pk: int, deed: Any, **how: Any) -> Response:
        with self.held(self._visible(), pk, drawn) as unit:
            return self.answer(drawn(deed(unit, actor=self.person, **how)))

    def _visible(self) -> Any:
        return BusinessUnit.objects.visible_to(self.person).select_related("parent")


def drawn(unit: BusinessUnit) -> UnitShape:
    return {
        "id": unit.pk,
        "name": unit.name,
        "short_name": unit.short_name,
        "parent": named(unit.parent),
        "is_active": unit.is_active,
    }
