"""The schema as people read it: chapters of operations, and the shapes that they take and give."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .problems import PROBLEMS
from .schema import document

METHODS = ("get", "post", "patch", "delete")


@dataclass(frozen=True)
class Part:
    """A parameter, or a member of a shape."""

    name: str
    type: SafeString
    told: str
    is_required: bool


@dataclass(frozen=True)
class Outcome:
    """One way an operation can end."""

    status: str
    told: str
    shape: SafeString


@dataclass(frozen=True)
class Explained:
    """One operation."""

    id: str
    method: str
    path: str
    summary: str
    told: str
    parameters: list[Part]
    headers: list[Part]
    body_type: str
    body: SafeString | None
    outcomes: list[Outcome]
    errors: SafeString
    example: str


@dataclass(frozen=True)
class Chapter:
    """All operations of one noun."""

    title: str
    operations: list[Explained] = field(default_factory=list)


@dataclass(frozen=True)
class Shape:
    """One component of the schema."""

    name: str
    told: str
    members: list[Part]


@cache
def chapters() -> list[Chapter]:
    """All operations by noun, as the schema orders them."""
    found: dict[str, Chapter] = {}
    for path, methods in document()["paths"].items():
        for method in METHODS:
            if method in methods:
                tag = methods[method]["tags"][0]
                found.setdefault(tag, Chapter(tag)).operations.append(_explained(path, method, methods[method]))
    return [*found.values()]


@cache
def shapes() -> list[Shape]:
    """The components, by name."""
    schemas = document()["components"]["schemas"]
    return [Shape(name, schemas[name].get("description", ""), [*_members(schemas[name])]) for name in sorted(schemas)]


def _explained(path: str, method: str, told: Mapping[str, Any]) -> Explained:
    parameters = told.get("parameters", [])
    bodies: dict[str, Any] = told.get("requestBody", {}).get("content", {})
    body_type = next(iter(bodies), "")
    return Explained(
        id=told["operationId"],
        method=method.upper(),
        path=path,
        summary=told.get("summary", ""),
        told=told.get("description", ""),
        parameters=[_parameter(each) for each in parameters if each["in"] != "header"],
        headers=[_parameter(each) for each in parameters if each["in"] == "header"],
        body_type=body_type,
        body=_type(bodies[body_type]["schema"]) if bodies else None,
        outcomes=[_outcome(status, each) for status, each in sorted(told["responses"].items()) if "$ref" not in each],
        errors=_joined((_errors(status) for status, each in sorted(told["responses"].items()) if "$ref" in each), ", "),
        example=_example(path, method, body_type),
    )


def _parameter(told: Mapping[str, Any]) -> Part:
    return Part(told["name"], _type(told["schema"]), told.get("description", ""), told.get("required", False))


def _members(schema: Mapping[str, Any]) -> Iterator[Part]:
    needed = schema.get("required", [])
    for name, member in schema.get("properties", {}).items():
        yield Part(name, _type(member), member.get("description", ""), name in needed)


def _outcome(status: str, told: Mapping[str, Any]) -> Outcome:
    content = next(iter(told.get("content", {}).values()), None)
    return Outcome(status, told["description"], _type(content["schema"]) if content else SafeString(""))


def _errors(status: str) -> SafeString:
    """A status that means an error, leading to the first of those that have it."""
    first = next(problem for problem in PROBLEMS.values() if str(problem.status) == status)
    return format_html('<a href="{}">{}</a>', first.type, status)


def _type(schema: Mapping[str, Any]) -> SafeString:
    """A type in words, with links to shapes."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return format_html('<a href="#shape-{}">{}</a>', name, name)
    if several := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return _joined((_type(each) for each in several), " or ")
    if "enum" in schema:
        return _joined((format_html("<code>{}</code>", _word(each)) for each in schema["enum"]), ", ")
    kinds = schema.get("type", "anything")
    if kinds == "array":
        return format_html("list of {}", _type(schema["items"]))
    if isinstance(schema.get("additionalProperties"), dict):
        return format_html("by name: {}", _type(schema["additionalProperties"]))
    words = kinds if isinstance(kinds, list) else [kinds]
    form = f" ({schema['format']})" if "format" in schema else ""
    return format_html("{}{}{}", " or ".join(words), form, _bounds(schema))


def _bounds(schema: Mapping[str, Any]) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None and most < 10**6:
        return f", {least} to {most}"
    if "maxLength" in schema:
        return f", up to {schema['maxLength']:,} characters"
    return ""


def _joined(parts: Iterable[SafeString], between: str) -> SafeString:
    return format_html_join(between, "{}", ((part,) for part in parts))


def _word(value: Any) -> str:
    return "null" if value is None else str(value)


def _example(path: str, method: str, body_type: str) -> str:
    """How curl asks it."""
    words = ["curl", '-H "Authorization: Bearer $TOKEN"']
    if method in ("patch", "delete") or (method == "post" and not body_type):
        words.append(f"-X {method.upper()}")
    if method == "post":
        words.append('-H "Idempotency-Key: $(uuidgen)"')
    if body_type == "application/json":
        words.append("--json @body.json")
    elif body_type:
        words.append("-F file=@file.csv")
    return " ".join([*words, f"$AISO{path}"])
