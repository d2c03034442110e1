"""The front of the API, its schema, and its pages for people."""

from typing import Annotated, Any, TypedDict

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from .nouns import Noun
from .operations import answers
from .problems import PROBLEMS
from .reference import chapters, shapes
from .rendering import JsonRenderer
from .schema import document


class RootShape(TypedDict):
    """Where the API leads."""

    lists: Annotated[dict[str, str], "The address of each list, by its name."]
    schema: str
    docs: str


class Root(Noun):
    """The front."""

    tag = "The API"

    @answers(RootShape, version=False)
    def list(self, request: Request) -> Response:
        """Where the API leads."""
        lists = {path.strip("/").rpartition("/")[2]: path for path in _list_addresses()}
        at = request.build_absolute_uri
        told = {name: at(path) for name, path in lists.items()}
        return Response({"lists": told, "schema": at("/api/v1/schema/"), "docs": at("/api/v1/docs/")})


def _list_addresses() -> list[str]:
    paths = document()["paths"]
    return [path for path, methods in paths.items() if "{" not in path and "get" in methods and path != "/api/v1/"]


class YamlRenderer(OpenApiYamlRenderer):
    """YAML under the name that RFC 9512 gives it."""

    media_type = "application/yaml"


class SchemaView(APIView):
    """The schema as OpenAPI 3.1: JSON, or YAML for `?format=yaml` or an Accept that asks for it."""

    def get_renderers(self) -> list[Any]:
        wants_yaml = self.request.GET.get("format") == "yaml"
        return [YamlRenderer()] if wants_yaml else [JsonRenderer(), YamlRenderer()]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return Response(document())


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """What can the API do, and how is it asked?"""
    context = {
        "chapters": chapters(),
        "shapes": shapes(),
        "site": request.build_absolute_uri("/").rstrip("/"),
        "most": settings.API_REQUESTS_A_MINUTE,
    }
    return render(request, "api/docs.html", context)


@require_safe
def docs_problems(request: HttpRequest) -> HttpResponse:
    """What does an error mean, and what is to be done?"""
    return render(request, "api/problems.html", {"problems": PROBLEMS.values()})
