from typing import Annotated, TypedDict

from django.db.models import F, IntegerField, Prefetch
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.accounts.models import Role
from aiso.api.fields import IdField, person_field, unit_field
from aiso.api.history import HistoryQuery, HistoryShape, answer_history
from aiso.api.nouns import Noun
from aiso.api.operations import Body, PageQuery, answers, answers_page
from aiso.api.problems import Refusal
from aiso.api.shapes import Named, Person, named
from aiso.web.keyset import Order

from ..actions.keep_functions import add_function, add_function_member, change_function, end_function_member
from ..histories import history_of_function
from ..models import FunctionMember, ReviewFunction
from ..models.function import ReviewFunctionQuerySet
from ..permissions import can_see_functions
from ..scopes import groups_of

BY_ORDER = Order(F("order"), IntegerField())


class FunctionMemberShape(TypedDict):
    """Somebody who reviews for it by name, for a unit and those below it; null for the whole company."""

    id: int
    person: Person
    unit: Named | None


class FunctionShape(TypedDict):
    """A function that signs off. Besides its members, whoever holds its role reviews for it."""

    slug: str
    name: str
    about: str
    role: Annotated[str, "Empty: only people by name."]
    escalates_to: Annotated[Person | None, "Who is told of late clocks, besides its people and the office."]
    order: int
    rests_on: Annotated[list[str], "Groups of facts that its sign-off rests on, besides the requirements that name it."]
    is_active: bool
    members: list[FunctionMemberShape]


class FunctionFacts(Body):
    name = serializers.CharField(max_length=100, required=False)
    about = serializers.CharField(max_length=300, required=False, allow_blank=True)
    role = serializers.ChoiceField([("", "None"), *Role.choices], required=False, allow_blank=True)
    escalates_to = person_field(required=False, allow_null=True)
    order = serializers.IntegerField(min_value=0, max_value=1000, required=False)
    rests_on = serializers.ListField(
        child=serializers.SlugField(max_length=40), required=False, max_length=40, help_text="None: all groups."
    )
    is_active = serializers.BooleanField(required=False)


class NewFunction(Body):
    name = serializers.CharField(max_length=100)
    about = serializers.CharField(max_length=300, required=False, allow_blank=True)
    role = serializers.ChoiceField([("", "None"), *Role.choices], required=False, allow_blank=True)


class FunctionChanges(FunctionFacts):
    was = FunctionFacts(
        required=False, help_text="What you saw in fields that you change: one that is no longer so answers 409."
    )


class NewReviewer(Body):
    person = person_field()
    unit = unit_field(required=False, allow_null=True)


class EndedMember(Body):
    member = IdField(FunctionMember.objects.select_related("person"))


class Functions(Noun):
    tag = "Sign-offs"
    lookup_url_kwarg = "slug"
    lookup_value_converter = "slug"

    @answers_page(FunctionShape, query=PageQuery)
    def list(self, request: Request) -> Response:
        """The functions that sign off, in their order; retired ones too."""
        return self.page(self._visible(), BY_ORDER, drawn)

    @answers(FunctionShape)
    def retrieve(self, request: Request, slug: str) -> Response:
        """One function."""
        return self.answer(drawn(self._found(slug)))

    @answers(FunctionShape, status=201, takes=NewFunction)
    def create(self, request: Request) -> Response:
        """Add one of the company's own. For office leads."""
        function = add_function(actor=self.person, **self.sent)
        return self.answer(drawn(self._found(function.slug)), status=201, location=f"{request.path}{function.slug}/")

    @answers(FunctionShape, takes=FunctionChanges)
    def partial_update(self, request: Request, slug: str) -> Response:
        """Change one, retire it or bring it back. For office leads."""
        with self.held(self._visible(), self._found(slug).pk, drawn) as function:
            sent = dict(self.sent)
            change_function(function, actor=self.person, seen=sent.pop("was", {}), **sent)
            return self.answer(drawn(self._found(slug)))

    @action(detail=True, methods=["post"])
    @answers(FunctionShape, status=201, takes=NewReviewer)
    def members(self, request: Request, slug: str) -> Response:
        """Let a person review for it by name. For office leads."""
        add_function_member(self._found(slug), actor=self.person, **self.sent)
        return self.answer(drawn(self._found(slug)), status=201)

    @action(detail=True, methods=["post"], url_path="end-member")
    @answers(FunctionShape, takes=EndedMember)
    def end_member(self, request: Request, slug: str) -> Response:
        """End that a person reviews for it by name. For office leads."""
        member = get_object_or_404(self._found(slug).memberships.all(), pk=self.sent["member"].pk)
        end_function_member(member, actor=self.person)
        return self.answer(drawn(self._found(slug)))

    @action(detail=True, methods=["get"])
    @answers(HistoryShape, query=HistoryQuery, version=False)
    def history(self, request: Request, slug: str) -> Response:
        """Who changed what of it, and who reviewed for it by name. For the office and auditors."""
        function = self._found(slug)
        if not can_see_functions(self.person):
            raise Refusal("forbidden", "The office keeps the functions; auditors read their history.")
        return answer_history(self, lambda after: history_of_function(function, after=after))

    def _visible(self) -> ReviewFunctionQuerySet:
        members = FunctionMember.objects.current().select_related("person", "unit")
        rows = ReviewFunction.objects.visible_to(self.person).select_related("escalates_to")
        return rows.prefetch_related(Prefetch("memberships", members))

    def _found(self, slug: str) -> ReviewFunction:
        function: ReviewFunction = get_object_or_404(self._visible(), slug=slug)
        return function


def drawn(function: ReviewFunction) -> FunctionShape:
    above = function.escalates_to
    return {
        "slug": function.slug,
        "name": function.name,
        "about": function.about,
        "role": function.role,
        "escalates_to": {"id": above.pk, "name": str(above)} if above else None,
        "order": function.order,
        "rests_on": groups_of(function.rests_on),
        "is_active": function.is_active,
        "members": [
            {"id": each.pk, "person": {"id": each.person_id, "name": str(each.person)}, "unit": named(each.unit)}
            for each in function.memberships.all()
        ],
    }
