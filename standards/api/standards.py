from collections.abc import Mapping
from datetime import date
from typing import Annotated, TypedDict

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.fields import person_field
from aiso.api.nouns import Noun
from aiso.api.operations import Body, answers
from aiso.api.shapes import Person, named

from ..actions.keep_standards import add_standard, edit_standard
from ..checklist import AnswerType, Item
from ..library import Entry, counted, entries
from ..models import Standard, StandardQuerySet

TIER = {"enum": ["low", "moderate", "high", "critical"]}


class StandardRowShape(TypedDict):
    """Something that must not be reinvented in each project."""

    slug: Annotated[str, "Its word in addresses, for good."]
    title: str
    kind: Annotated[str, Standard.Kind]
    about: str
    owner: Person | None
    review_every: Annotated[int, "Months between two reviews of its text."]
    is_active: bool
    version: Annotated[int | None, "The one in force; null while nothing is published."]
    configuration: Annotated[str, "The kind of configuration whose versions say what it says."]
    answering: Annotated[int, "How many initiatives that you see answer it."]
    completed: Annotated[int, "How many of them have completed it, in time."]


class ItemShape(TypedDict):
    """One question of a checklist."""

    code: str
    section: str
    text: str
    help_text: str
    answer_type: Annotated[str, AnswerType]
    options: Annotated[list[str], "The answers of a choice."]
    unit: str
    is_required: bool
    asked_from: Annotated[str, "The lowest risk tier that is asked. Without a tier, everything is.", TIER]
    settled_by: Annotated[list[str], "Answers that settle it, or a threshold; empty where any does."]
    known_from: Annotated[str, "What the system reads it from, where it can; empty where people are asked."]
    evidence: str


class StandardShape(StandardRowShape):
    """A standard with the questions in force."""

    holds_for: Annotated[int | None, "Months after which a completed checklist ends; null for never."]
    effective_from: date | None
    items: list[ItemShape]


class StandardsShape(TypedDict):
    """All standards."""

    results: list[StandardRowShape]


class StandardFacts(Body):
    title = serializers.CharField(max_length=200)
    about = serializers.CharField(max_length=2000)
    owner = person_field(required=False, allow_null=True)
    review_every = serializers.IntegerField(required=False, min_value=1, max_value=120)


class NewStandard(StandardFacts):
    kind = serializers.ChoiceField(choices=Standard.Kind.choices)


class StandardSeen(StandardFacts):
    is_active = serializers.BooleanField(required=False, help_text="False takes it out of use.")


class StandardChanges(StandardSeen):
    was = StandardSeen(
        required=False, help_text="What you saw in fields that you change: one that is no longer so answers 409."
    )


class Standards(Noun):
    """The library. What a standard says is drafted and published on the pages of the configuration."""

    tag = "Standards"
    lookup_url_kwarg = "standard"
    lookup_value_converter = "slug"

    @answers(StandardsShape)
    def list(self, request: Request) -> Response:
        """All standards by title, those out of use among them."""
        return self.answer({"results": [_row(entry) for entry in entries(self._rows())]})

    @answers(StandardShape)
    def retrieve(self, request: Request, standard: str) -> Response:
        """One standard with the questions in force."""
        return self.answer(self._drawn(get_object_or_404(self._rows(), slug=standard)))

    @answers(StandardShape, status=201, takes=NewStandard)
    def create(self, request: Request) -> Response:
        """Add a standard that says nothing yet. For the office."""
        standard = add_standard(actor=self.person, **self.sent)
        return self.answer(self._drawn(standard), status=201, location=f"{request.path}{standard.slug}/")

    @answers(StandardShape, takes=StandardChanges)
    def partial_update(self, request: Request, standard: str) -> Response:
        """Change what is said about a standard. For the office."""
        rows = Standard.objects.visible_to(self.person)
        with self.held(rows, get_object_or_404(rows, slug=standard).pk, self._drawn) as found:
            sent = dict(self.sent)
            seen: Mapping[str, object] = sent.pop("was", {})
            return self.answer(self._drawn(edit_standard(found, actor=self.person, seen=seen, **sent)))

    def _rows(self) -> StandardQuerySet:
        return counted(Standard.objects.visible_to(self.person), self.person)

    def _drawn(self, standard: Standard) -> StandardShape:
        [entry] = entries(self._rows().filter(pk=standard.pk))
        checklist = entry.checklist
        return {
            **_row(entry),
            "holds_for": checklist.holds_for if checklist else None,
            "effective_from": entry.version.effective_from if entry.version else None,
            "items": [item_of(item) for item in checklist.items] if checklist else [],
        }


def _row(entry: Entry) -> StandardRowShape:
    standard = entry.standard
    return {
        "slug": standard.slug,
        "title": standard.title,
        "kind": standard.kind,
        "about": standard.about,
        "owner": named(standard.owner),
        "review_every": standard.review_every,
        "is_active": standard.is_active,
        "version": entry.version.number if entry.version else None,
        "configuration": standard.configuration,
        "answering": standard.answering,  # type: ignore[attr-defined]
        "completed": standard.completed,  # type: ignore[attr-defined]
    }


def item_of(item: Item) -> ItemShape:
    return {
        "code": item.code,
        "section": item.section,
        "text": item.text,
        "help_text": item.help_text,
        "answer_type": item.answer_type.value,
        "options": [*item.options],
        "unit": item.unit,
        "is_required": item.is_required,
        "asked_from": item.asked_from,
        "settled_by": [*item.satisfactory],
        "known_from": item.prefilled_from,
        "evidence": item.evidence,
    }
