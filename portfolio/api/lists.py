from collections.abc import Mapping
from typing import Annotated, Any, TypedDict

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.text import capfirst
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.nouns import Noun
from aiso.api.operations import PageQuery, answers, answers_page
from aiso.api.shapes import Named, named

from ..editable_lists import BY_NAME, LISTS
from ..models import Workflow
from ..models.lists import NamedEntry


class ListEntryShape(TypedDict):
    """An entry of a list that the office keeps."""

    id: int
    name: str
    is_active: Annotated[bool, "Retired entries stay on what carries them."]
    unit: Annotated[Named | None, "Of workflows."]
    is_critical: Annotated[bool | None, "Of workflows: whether it counts in the adoption figure."]


class ListsQuery(PageQuery):
    q = serializers.CharField(required=False, max_length=200, help_text="Words of the name.")
    is_active = serializers.BooleanField(
        required=False, default=None, allow_null=True, help_text="Only those in use, or only retired ones."
    )


class KeptListShape(TypedDict):
    """A list that the office keeps."""

    id: Annotated[str, "Its word in addresses."]
    name: str
    about: str


class KeptListsShape(TypedDict):
    """All lists."""

    results: list[KeptListShape]


class ListIndex(Noun):
    """Which lists there are."""

    tag = "Lists"

    @answers(KeptListsShape)
    def list(self, request: Request) -> Response:
        """Which lists there are; each is an address below."""
        told = [{"id": kept.slug, "name": capfirst(kept.many), "about": kept.about} for kept in LISTS.values()]
        return self.answer({"results": told})


class Entries(Noun):
    """Buckets, workflows, tags and the like: one address each."""

    tag = "Lists"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(ListEntryShape, query=ListsQuery)
    def list(self, request: Request, slug: str) -> Response:
        """A list by name, the retired entries among them."""
        return self.page(chosen(self._entries(slug), self.asked), BY_NAME, drawn)

    @answers(ListEntryShape)
    def retrieve(self, request: Request, slug: str, id: int) -> Response:
        """One entry."""
        return self.answer(drawn(get_object_or_404(self._entries(slug), pk=id)))

    def _entries(self, slug: str) -> "QuerySet[NamedEntry]":
        entries: QuerySet[NamedEntry] = LISTS[slug].model._default_manager.all().visible_to(self.person)
        return entries.select_related("unit") if LISTS[slug].model is Workflow else entries  # type: ignore[misc]


def chosen[E: NamedEntry](entries: "QuerySet[E]", asked: Mapping[str, Any]) -> "QuerySet[E]":
    """Those that a `ListsQuery` asks for."""
    for word in asked.get("q", "").split():
        entries = entries.filter(name__icontains=word)
    return entries if asked["is_active"] is None else entries.filter(is_active=asked["is_active"])


def drawn(entry: NamedEntry) -> ListEntryShape:
    workflow = entry if isinstance(entry, Workflow) else None
    return {
        "id": entry.pk,
        "name": entry.name,
        "is_active": entry.is_active,
        "unit": named(workflow.unit) if workflow else None,
        "is_critical": workflow.is_critical if workflow else None,
    }
