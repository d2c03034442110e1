"""The rules in force on the REST API. Everybody reads what they are judged by; drafts stay on their pages."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypedDict

from django.db.models import F, IntegerField
from django.http import Http404
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.accounts.models import User
from aiso.api.nouns import Noun
from aiso.api.operations import Body, answers, answers_page
from aiso.api.routing import Nouns
from aiso.api.shapes import Person, named
from aiso.web.keyset import Order

from .actions import withdraw_version
from .kinds import Kind, all_kinds, kind_of
from .models import ConfigurationVersion, ConfigurationVersionQuerySet
from .reigns import Reign, reigns, state_of

LATEST_FIRST = Order(F("number"), IntegerField(), descending=True)


class VersionRowShape(TypedDict):
    """A published version: never changed afterwards."""

    number: int
    state: Annotated[Literal["in_force", "past", "waiting", "withdrawn", "replaced"], "Replaced: before it ever held."]
    effective_from: Annotated[date | None, "The day from which it holds."]
    published_at: datetime | None
    published_by: Annotated[Person | None, "Null for what was shipped."]
    reason: str
    withdrawn_at: datetime | None
    withdrawn_by: Person | None
    withdrawn_because: str


class VersionShape(VersionRowShape):
    """A published version with what it says."""

    content: Annotated[dict[str, Any], "By the fields of its kind; figures as texts, rows with their codes."]


class KindShape(TypedDict):
    """One kind of configuration, and the version of it that holds today."""

    id: Annotated[str, "Its word in addresses."]
    name: str
    about: str
    in_force: VersionShape | None
    waiting: Annotated[VersionShape | None, "The next version, published for a day to come."]


class Withdrawal(Body):
    reason = serializers.CharField(max_length=1000, help_text="Everybody reads it beside the version.")


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
        """What holds, what held, and what waits for its day; the latest first."""
        rows = published_for(self.person).filter(kind=_kind(kind).slug).defer("content")
        held = {reign.version: reign for reign in reigns(rows)}
        return self.page(rows, LATEST_FIRST, lambda version: _row(version, held))


class Versions(Noun):
    """One version with its content."""

    tag = "Configuration"
    lookup_url_kwarg = "number"
    lookup_value_converter = "int"

    @answers(VersionShape)
    def retrieve(self, request: Request, kind: str, number: int) -> Response:
        """What a version says, also one that holds no more."""
        return self.answer(self._drawn(_kind(kind), number))

    @action(detail=True, methods=["post"])
    @answers(VersionShape, takes=Withdrawal)
    def withdraw(self, request: Request, kind: str, number: int) -> Response:
        """Take back a version that waits for its day. Office leads only."""
        version = get_object_or_404(published_for(self.person), kind=_kind(kind).slug, number=number)
        withdraw_version(version, actor=self.person, **self.sent)
        return self.answer(self._drawn(_kind(kind), number))

    def _drawn(self, kind: Kind, number: int) -> VersionShape:
        rows = published_for(self.person).filter(kind=kind.slug)
        held = {reign.version: reign for reign in reigns(rows.defer("content"))}
        return drawn(get_object_or_404(rows, number=number), held)


def published_for(user: User) -> ConfigurationVersionQuerySet:
    """The versions that hold or held, with who published them."""
    return ConfigurationVersion.objects.visible_to(user).published().select_related("published_by", "withdrawn_by")


def _kinds_for(user: User, kinds: Iterable[Kind]) -> list[KindShape]:
    """The kinds with what is in force and what waits, in two queries."""
    published = published_for(user)
    in_force, waiting = (
        {version.kind: drawn(version, {version: Reign.alone(version)}) for version in rows}
        for rows in (published.all_in_force(), published.waiting().reverse())
    )
    return [
        {
            "id": kind.slug,
            "name": kind.title,
            "about": kind.about,
            "in_force": in_force.get(kind.slug),
            "waiting": waiting.get(kind.slug),
        }
        for kind in kinds
    ]


def drawn(version: ConfigurationVersion, held: Mapping[ConfigurationVersion, Reign]) -> VersionShape:
    return {**_row(version, held), "content": version.content}


def _row(version: ConfigurationVersion, held: Mapping[ConfigurationVersion, Reign]) -> VersionRowShape:
    assert version.number is not None
    return {
        "number": version.number,
        "state": state_of(version, held.get(version)),
        "effective_from": version.effective_from,
        "published_at": version.published_at,
        "published_by": named(version.published_by),
        "reason": version.reason,
        "withdrawn_at": version.withdrawn_at,
        "withdrawn_by": named(version.withdrawn_by),
        "withdrawn_because": version.withdrawn_because,
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
