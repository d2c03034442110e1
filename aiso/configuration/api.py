"""The rules in force on the REST API. Everybody reads what they are judged by; drafts stay on their pages."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any, TypedDict

from django.db.models import F, IntegerField
from django.http import Http404
from django.shortcuts import get_object_or_404
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.accounts.models import User
from aiso.api.nouns import Noun
from aiso.api.operations import answers, answers_page
from aiso.api.routing import Nouns
from aiso.api.shapes import Person, named
from aiso.web.keyset import Order

from .kinds import Kind, all_kinds, kind_of
from .models import ConfigurationVersion, ConfigurationVersionQuerySet

LATEST_FIRST = Order(F("number"), IntegerField(), descending=True)


class VersionRowShape(TypedDict):
    """A published version: never changed afterwards."""

    number: int
    effective_from: Annotated[date | None, "The day from which it holds."]
    published_at: datetime | None
    published_by: Annotated[Person | None, "Null for what was shipped."]
    reason: str


class VersionShape(VersionRowShape):
    """A published version with what it says."""

    content: Annotated[dict[str, Any], "By the fields of its kind; figures as texts, rows with their codes."]


class KindShape(TypedDict):
    """One kind of configuration, and the version of it that holds today."""

    id: Annotated[str, "Its word in addresses."]
    name: str
    about: str
    in_force: VersionShape | None


class KindsShape(TypedDict):
    """All kinds."""

    results: list[KindShape]


class Configuration(Noun):
    """The kinds, each with what is in force."""

    tag = "Configuration"
    lookup_url_kwarg = "kind"
    lookup_value_converter = "slug"

    @answers(KindsShape)
    def list(self, request: Request) -> Response:
        """All rules that hold today, with who published them, when and why."""
        return self.answer({"results": _kinds_for(self.person, all_kinds())})

    @answers(KindShape)
    def retrieve(self, request: Request, kind: str) -> Response:
        """The rules of one kind."""
        return self.answer(_kinds_for(self.person, [_kind(kind)])[0])

    @action(detail=True, methods=["get"])
    @answers_page(VersionRowShape)
    def versions(self, request: Request, kind: str) -> Response:
        """What held before, the latest first."""
        rows = published_for(self.person).filter(kind=_kind(kind).slug).defer("content")
        return self.page(rows, LATEST_FIRST, _row)


class Versions(Noun):
    """One version with its content."""

    tag = "Configuration"
    lookup_url_kwarg = "number"
    lookup_value_converter = "int"

    @answers(VersionShape)
    def retrieve(self, request: Request, kind: str, number: int) -> Response:
        """What a version says, also one that holds no more."""
        return self.answer(drawn(get_object_or_404(published_for(self.person), kind=_kind(kind).slug, number=number)))


def published_for(user: User) -> ConfigurationVersionQuerySet:
    """The versions that hold or held, with who published them."""
    return ConfigurationVersion.objects.visible_to(user).published().select_related("published_by")


def _kinds_for(user: User, kinds: Iterable[Kind]) -> list[KindShape]:
    """The kinds with what is in force, in one query."""
    in_force = {version.kind: drawn(version) for version in published_for(user).all_in_force()}
    return [
        {"id": kind.slug, "name": kind.title, "about": kind.about, "in_force": in_force.get(kind.slug)}
        for kind in kinds
    ]


def drawn(version: ConfigurationVersion) -> VersionShape:
    return {**_row(version), "content": version.content}


def _row(version: ConfigurationVersion) -> VersionRowShape:
    assert version.number is not None
    return {
        "number": version.number,
        "effective_from": version.effective_from,
        "published_at": version.published_at,
        "published_by": named(version.published_by),
        "reason": version.reason,
    }


def _kind(slug: str) -> Kind:
    kind = kind_of(slug)
    if kind is None:
        raise Http404("There is no such kind of configuration.")
    return kind


nouns = Nouns()
nouns.add("configuration", Configuration, "configuration")
nouns.add("configuration/<slug:kind>/versions", Versions, "configuration-version")
urlpatterns = nouns.urls
