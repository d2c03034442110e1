"""The shapes of answers: TypedDicts, which the type checker holds the drawing functions to, and the schema tells.

A field may say more of itself in `Annotated`: a text is its description, an enumeration its values, a dict
goes into the schema as it is.
"""

import types
from datetime import date, datetime
from decimal import Decimal
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    TypedDict,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from django.db.models import Model
from django.db.models.enums import Choices
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent

type Schema = dict[str, Any]

PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    float: {"type": "number"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    Decimal: {"type": "string", "format": "decimal"},
    Any: {},
}
NULL = {"type": "null"}


class Named(TypedDict):
    """Another thing, by its id and name."""

    id: int
    name: str


class Person(TypedDict):
    """A person, by id and name; `/people/` tells more."""

    id: int
    name: str


def named(thing: Model | None) -> Named | None:
    """A related thing, or nothing."""
    return named_as(thing.pk, str(thing)) if thing is not None else None


def named_as(pk: int | None, name: str | None) -> Named | None:
    """The same from its parts, where a query fetched no more."""
    return {"id": pk, "name": name or ""} if pk is not None else None


def name_of(shape: Any) -> str:
    """What the schema calls a shape."""
    return str(shape.__name__).removesuffix("Shape")


def reference_to(shape: Any, registry: ComponentRegistry) -> Schema:
    """A link to the shape's component, which is made on first use."""
    component = ResolvedComponent(name=name_of(shape), type=ResolvedComponent.SCHEMA, object=shape)
    if component not in registry:
        registry.register(component)
        component.schema = _object(shape, registry)
    return component.ref


def schema_of(hint: Any, registry: ComponentRegistry) -> Schema:
    """The schema of a type hint."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _annotated(args[0], args[1:], registry)
    if origin is NotRequired:
        return schema_of(args[0], registry)
    if origin in (Union, types.UnionType):
        return _either([schema_of(each, registry) for each in args if each is not type(None)], type(None) in args)
    if origin is list:
        return {"type": "array", "items": schema_of(args[0], registry)}
    if origin is dict:
        return {"type": "object", "additionalProperties": schema_of(args[1], registry)}
    if origin is Literal:
        return {"type": "string", "enum": list(args)}
    return reference_to(hint, registry) if is_typeddict(hint) else {**PLAIN[hint]}


def _object(shape: Any, registry: ComponentRegistry) -> Schema:
    hints = get_type_hints(shape, include_extras=True)
    return {
        "type": "object",
        "description": (shape.__doc__ or "").strip(),
        "properties": {name: schema_of(hint, registry) for name, hint in hints.items()},
        "required": [name for name in hints if name in shape.__required_keys__],
    }


def _annotated(hint: Any, more: tuple[Any, ...], registry: ComponentRegistry) -> Schema:
    nullable = type(None) in get_args(hint)
    told: Schema = {}
    for each in more:
        if isinstance(each, str):
            told["description"] = each
        elif isinstance(each, dict):
            told |= each
        elif issubclass(each, Choices):
            told["enum"] = [*each.values, *([None] if nullable else [])]
    base = schema_of(hint, registry)
    # What stands beside a link to a component is read in OpenAPI 3.1.
    return base | told


def _either(schemas: list[Schema], nullable: bool) -> Schema:
    if len(schemas) == 1 and nullable and isinstance(schemas[0].get("type"), str) and "enum" not in schemas[0]:
        return {**schemas[0], "type": [schemas[0]["type"], "null"]}
    return {"anyOf": [*schemas, *([NULL] if nullable else [])]}
