from typing import Annotated, TypedDict

from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.nouns import Noun
from aiso.api.operations import answers, answers_page

from ..editable_lists import BY_NAME
from ..models import Objective
from .lists import ListsQuery, chosen


class ObjectiveShape(TypedDict):
    """A company goal that initiatives serve. They follow from the configuration, `configuration/objectives/`."""

    id: int
    name: str
    description: str
    code: Annotated[str, "Its code in the configuration; empty for one that no version ever named."]
    is_active: Annotated[bool, "Retired ones stay on the initiatives that carry them."]


class Objectives(Noun):
    tag = "Objectives"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(ObjectiveShape, query=ListsQuery)
    def list(self, request: Request) -> Response:
        """The objectives by name, the retired ones among them."""
        return self.page(chosen(Objective.objects.visible_to(self.person), self.asked), BY_NAME, drawn)

    @answers(ObjectiveShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One objective."""
        return self.answer(drawn(get_object_or_404(Objective.objects.visible_to(self.person), pk=id)))


def drawn(objective: Objective) -> ObjectiveShape:
    return {
        "id": objective.pk,
        "name": objective.name,
        "description": objective.description,
        "code": objective.code,
        "is_active": objective.is_active,
    }
