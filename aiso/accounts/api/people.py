from typing import Annotated, Any, TypedDict

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.fields import unit_field
from aiso.api.nouns import Noun
from aiso.api.operations import PageQuery, answers, answers_page
from aiso.api.shapes import Named, named

from ..models import Role, RoleAssignment, User
from ..models.person import UserQuerySet
from ..people import BY_NAME, people_chosen


class RoleShape(TypedDict):
    """A role that somebody holds."""

    role: Annotated[str, Role]
    unit: Annotated[Named | None, "It reaches this unit and those below it; null is the whole company."]


class PersonEntryShape(TypedDict):
    """Somebody in the company's directory, or a service account."""

    id: int
    name: str
    email: str
    job_title: str
    unit: Named | None
    is_active: bool
    is_service_account: bool
    roles: list[RoleShape]


class PeopleQuery(PageQuery):
    q = serializers.CharField(required=False, max_length=200, help_text="Words of name or e-mail address.")
    role = serializers.ChoiceField(required=False, choices=Role.choices, help_text="Who holds this role.")
    unit = unit_field(required=False, help_text="Who belongs to this unit, or to one below it.")
    state = serializers.ChoiceField(
        default="active", choices=["active", "inactive", "programs"], help_text="`programs` are service accounts."
    )


class People(Noun):
    tag = "People"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(PersonEntryShape, query=PeopleQuery)
    def list(self, request: Request) -> Response:
        """The directory, by name."""
        state = {"active": ""}.get(self.asked["state"], self.asked["state"])
        chosen = {name: self.asked.get(name) for name in ("q", "role", "unit")} | {"state": state}
        return self.page(_described(people_chosen(self.person, chosen)), BY_NAME, drawn)

    @answers(PersonEntryShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One person."""
        return self.answer(drawn(get_object_or_404(_described(User.objects.visible_to(self.person)), pk=id)))


def drawn(person: User) -> PersonEntryShape:
    return {
        "id": person.pk,
        "name": person.name,
        "email": person.email,
        "job_title": person.job_title,
        "unit": named(person.unit),
        "is_active": person.is_active,
        "is_service_account": person.is_service_account,
        "roles": [{"role": each.role, "unit": named(each.unit)} for each in person.role_assignments.all()],
    }


def _described(people: UserQuerySet) -> Any:
    roles = RoleAssignment.objects.select_related("unit")
    return people.select_related("unit").prefetch_related(Prefetch("role_assignments", roles))
