from datetime import datetime
from typing import Annotated, TypedDict

from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.nouns import Noun
from aiso.api.operations import answers

from ..models import ApiToken, User
from .people import PersonEntryShape
from .people import drawn as person_drawn


class TokenInUseShape(TypedDict):
    """The token of this request."""

    name: str
    is_read_only: bool
    expires_at: datetime | None


class MeShape(TypedDict):
    """Who you are to the API."""

    person: PersonEntryShape
    token: Annotated[TokenInUseShape | None, "Null where a browser's session asks."]


class Me(Noun):
    tag = "People"

    @answers(MeShape)
    def list(self, request: Request) -> Response:
        """Who am I here, and what is my token good for?"""
        person = User.objects.select_related("unit").get(pk=self.person.pk)
        token = request.auth if isinstance(request.auth, ApiToken) else None
        told: MeShape = {"person": person_drawn(person), "token": _token_drawn(token) if token else None}
        return self.answer(told)


def _token_drawn(token: ApiToken) -> TokenInUseShape:
    return {"name": token.name, "is_read_only": token.is_read_only, "expires_at": token.expires_at}
