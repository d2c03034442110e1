from typing import TypedDict

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.nouns import Noun
from aiso.api.operations import Body, answers, answers_page

from ..actions.keep_tools import add_supplier, edit_supplier
from ..editable_lists import BY_NAME
from ..models import Supplier
from .lists import ListsQuery, chosen


class SupplierShape(TypedDict):
    """A company that tools come from; `tools/?supplier=` lists what comes from it."""

    id: int
    name: str
    website: str
    contact: str
    notes: str
    is_active: bool


class SupplierFacts(Body):
    name = serializers.CharField(max_length=200)
    website = serializers.URLField(max_length=500, required=False, allow_blank=True)
    contact = serializers.CharField(
        max_length=300, required=False, allow_blank=True, help_text="Whom to ask: a name, an address, a number."
    )
    notes = serializers.CharField(max_length=20_000, required=False, allow_blank=True)


class SupplierSeen(SupplierFacts):
    is_active = serializers.BooleanField(required=False, help_text="False retires it.")


class SupplierChanges(SupplierSeen):
    was = SupplierSeen(
        required=False, help_text="What you saw in fields that you change: one that is no longer so answers 409."
    )


class Suppliers(Noun):
    tag = "Suppliers"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(SupplierShape, query=ListsQuery)
    def list(self, request: Request) -> Response:
        """The suppliers by name, the retired ones among them."""
        return self.page(chosen(Supplier.objects.visible_to(self.person), self.asked), BY_NAME, drawn)

    @answers(SupplierShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One supplier."""
        return self.answer(drawn(get_object_or_404(Supplier.objects.visible_to(self.person), pk=id)))

    @answers(SupplierShape, status=201, takes=SupplierFacts)
    def create(self, request: Request) -> Response:
        """Add a supplier. For the office and the procurement reviewers."""
        supplier = add_supplier(actor=self.person, **self.sent)
        return self.answer(drawn(supplier), status=201, location=f"{request.path}{supplier.pk}/")

    @answers(SupplierShape, takes=SupplierChanges)
    def partial_update(self, request: Request, id: int) -> Response:
        """Change, retire or bring back a supplier. For the office and the procurement reviewers."""
        with self.held(Supplier.objects.visible_to(self.person), id, drawn) as supplier:
            sent = dict(self.sent)
            seen = sent.pop("was", {})
            return self.answer(drawn(edit_supplier(supplier, actor=self.person, seen=seen, **sent)))


def drawn(supplier: Supplier) -> SupplierShape:
    return {
        "id": supplier.pk,
        "name": supplier.name,
        "website": supplier.website,
        "contact": supplier.contact,
        "notes": supplier.notes,
        "is_active": supplier.is_active,
    }
