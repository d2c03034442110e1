"""OpenAPI 3.1 from the operations of the endpoints, with the errors that each can answer."""

from functools import cache
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from .idempotency import HEADER, REPLAYED
from .nouns import Noun
from .operations import Operation
from .problems import MEDIA_TYPE, PROBLEMS
from .shapes import name_of, reference_to

TEXT = {"type": "string"}
# What the answers to any request can be beside the good one, and to those of some kinds.
ALWAYS = (401, 403, 406, 429, 500)
WITH_PARAMETERS = (400,)
BELOW_A_THING = (404,)
WITH_BODY = (400, 413, 415, 422)
CHANGING = (400, 409, 412, 422)


class TokenScheme(OpenApiAuthenticationExtension):
    """`Authorization: Bearer`"""

    target_class = "aiso.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "A token from your page of API tokens."}


class OperationSchema(AutoSchema):
    """Reads what `@answers` and `@answers_page` say."""

    view: Noun  # type: ignore[override]

    @property
    def operation(self) -> Operation:
        found: Operation = self._method.operation
        return found

    @property
    def _method(self) -> Any:
        return getattr(self.view, self.view.action)

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        """A decimal is told as text, so that no digit is lost, and read as a JSON number too."""
        found = super()._map_serializer_field(field, direction, bypass_extensions)
        if direction == "request" and isinstance(field, serializers.DecimalField):
            found["type"] = [*([found["type"]] if isinstance(found["type"], str) else found["type"]), "number"]
            limits = {"minimum": field.min_value, "maximum": field.max_value}
            found |= {name: float(limit) for name, limit in limits.items() if limit is not None}
        return found

    def get_operation_id(self) -> str:
        return f"{self.view.basename or 'root'}_{self.view.action}".replace("-", "_")

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Pages have a shape of their own here."""
        return False

    def get_tags(self) -> list[str]:
        return [self.view.tag]

    def get_summary(self) -> str:
        return (self._method.__doc__ or "").strip().partition("\n")[0].rstrip(".")

    def get_description(self) -> str:  # type: ignore[override]
        _, _, more = (self._method.__doc__ or "").strip().partition("\n")
        return " ".join(more.split())

    def get_request_serializer(self) -> Any:
        return self.operation.takes

    def get_override_parameters(self) -> list[Any]:
        query = self.operation.query()
        asked = [query] if query.fields else []
        return [*asked, *self.operation.parameters, *self._headers_asked(), *self._headers_told()]

    def get_response_serializers(self) -> Any:
        operation = self.operation
        if operation.media_type:
            return _file_answers(operation)
        if operation.shape is None:
            return {operation.status: OpenApiResponse(description="Done; there is no body.")}
        told = self._page(operation) if operation.is_page else reference_to(operation.shape, self.registry)
        answers = {operation.status: OpenApiResponse(told, description="Done.")}
        if operation.has_version and self.method == "GET":
            answers[304] = OpenApiResponse(description="It is as you have it.")
        return answers | _waiting_answer(operation)

    def get_operation(self, *args: Any, **named: Any) -> Any:
        found = super().get_operation(*args, **named)
        if found:
            for status in self._errors():
                found["responses"].setdefault(str(status), {"$ref": f"#/components/responses/{_component(status)}"})
        return found

    def _errors(self) -> list[int]:
        statuses = {*ALWAYS, *WITH_PARAMETERS}
        if "{" in self.path:
            statuses |= {*BELOW_A_THING}
        if self.method in ("POST", "PATCH"):
            statuses |= {*WITH_BODY}
        if self.method != "GET":
            statuses |= {*CHANGING}
        return sorted(statuses)

    def _page(self, operation: Operation) -> dict[str, Any]:
        """A page of things, as a component of its own."""
        name = f"{name_of(operation.shape)}Page"
        link = {"type": ["string", "null"], "format": "uri"}
        schema = {
            "type": "object",
            "properties": {
                "next": link | {"description": "Where the list goes on; null at its end."},
                "previous": link | {"description": "Where it goes back; null at its beginning."},
                "count": {"type": "integer", "description": "How many in all, with `?count=1`."},
                "results": {"type": "array", "items": reference_to(operation.shape, self.registry)},
            },
            "required": ["next", "previous", "results"],
        }
        return _registered(self.registry, name, schema)

    def _headers_asked(self) -> list[OpenApiParameter]:
        if self.method == "GET":
            told = "An ETag that you have: an unchanged thing answers 304."
            return [_header("If-None-Match", told)] if self.operation.has_version else []
        headers = []
        if self.method == "POST":
            key = {"type": "string", "pattern": "^[!-~]{1,200}$"}
            headers.append(_header(HEADER, "Names this request: sent again, it is not done again.", key))
        if self.view.detail:
            headers.append(_header("If-Match", "The ETag that you read: a thing that changed since answers 412."))
        return headers

    def _headers_told(self) -> list[OpenApiParameter]:
        operation, good = self.operation, [self.operation.status]
        headers = []
        if operation.has_version:
            headers.append(_header("ETag", "The version of what is told.", response=good))
        if operation.status == 201:
            headers.append(_header("Location", "Where the new thing is.", response=good))
        if self.method == "POST":
            headers.append(_header(REPLAYED, "`true` where the answer was given before.", response=good))
        return headers


def _file_answers(operation: Operation) -> dict[Any, Any]:
    file = OpenApiResponse({"type": "string", "format": "binary"}, description="The file.")
    return {(200, operation.media_type): file} | _waiting_answer(operation)


def _waiting_answer(operation: Operation) -> dict[Any, Any]:
    if not operation.may_wait:
        return {}
    return {202: OpenApiResponse(description="It is being made: ask again after `Retry-After` seconds.")}


def _header(name: str, told: str, schema: Any = None, response: list[int] | None = None) -> OpenApiParameter:
    return OpenApiParameter(
        name, schema or {**TEXT}, OpenApiParameter.HEADER, description=told, response=response or False
    )


def _registered(registry: Any, name: str, schema: dict[str, Any]) -> dict[str, Any]:
    component = ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, schema=schema, object=name)
    registry.register_on_missing(component)
    ref: dict[str, Any] = component.ref
    return ref


def _component(status: int) -> str:
    """What the schema calls the errors of a status."""
    return f"Problem{status}"


def add_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A hook of drf-spectacular: the errors, each described once."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    statuses = {problem.status for problem in PROBLEMS.values()}
    components["responses"] = {_component(status): _error_response(status) for status in sorted(statuses)}
    _forget_marks(result)
    return result


def _forget_marks(part: Any) -> None:
    """Take out what drf-spectacular notes for a hook that names enumerations."""
    if isinstance(part, dict):
        part.pop("x-spec-enum-id", None)
    for below in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _forget_marks(below)


def _error_response(status: int) -> dict[str, Any]:
    meant = [problem for problem in PROBLEMS.values() if problem.status == status]
    response: dict[str, Any] = {
        "description": " Or: ".join(f"{problem.title} (`{problem.type}`)." for problem in meant),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    header = {401: "WWW-Authenticate", 405: "Allow", 429: "Retry-After"}.get(status)
    if header:
        response["headers"] = {header: {"schema": {**TEXT}}}
    return response


PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "enum": [each.type for each in PROBLEMS.values()]},
        "title": {**TEXT},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What it was this time, fit for people."},
        "errors": {
            "type": "array",
            "description": "Each wrong part of what was sent.",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string", "description": "A part of the body (RFC 6901)."},
                    "parameter": {"type": "string", "description": "A parameter of the address."},
                    "message": {**TEXT},
                },
                "required": ["message"],
            },
        },
        "changes": {
            "type": "object",
            "description": "By field: what you saw, what is there now, and what you sent.",
            "additionalProperties": {
                "type": "object",
                "properties": {"was": {}, "now": {}, "yours": {}},
                "required": ["was", "now", "yours"],
            },
        },
    },
    "required": ["type", "title", "status"],
}


@cache
def document() -> dict[str, Any]:
    """The whole schema. It is the same for everybody, and made once a process."""
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return made
