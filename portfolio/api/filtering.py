"""The filters of the register as parameters of the API: the same, told to the schema, and strict."""

from collections.abc import Iterator
from typing import Any

import django_filters as filters
from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter

from aiso.accounts.models import User
from aiso.api.fields import LARGEST_ID
from aiso.api.nouns import wrong_parameters

from ..filters import ALL_FILTERS
from ..register import Register

ID = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}


def filter_parameters() -> list[OpenApiParameter]:
    """What the schema tells of each filter."""
    return [each for name, sieve in ALL_FILTERS.items() for each in _parameters_of(name, sieve)]


def register_for(user: User, query: QueryDict) -> Register:
    """The register as the address asks for it. Raises a 400 that names each filter that makes no sense."""
    return refuse_broken(Register(user, query))


def refuse_broken[R: Register](register: R) -> R:
    """A register or a ranking as it is, unless a filter makes no sense: a 400 that names each."""
    if register.is_broken:
        wrong = register.filter.form.errors.get_json_data()
        raise wrong_parameters({name: [each["message"] for each in errors] for name, errors in wrong.items()})
    return register


def _parameters_of(name: str, sieve: filters.Filter) -> Iterator[OpenApiParameter]:
    label = str(sieve.label)
    match sieve:
        case filters.ModelMultipleChoiceFilter():
            yield _parameter(name, f"{label}, by id; repeat it for several.", {"type": "array", "items": ID})
        case filters.MultipleChoiceFilter():
            values = {"type": "string", "enum": _values(sieve)}
            yield _parameter(name, f"{label}; repeat it for several.", {"type": "array", "items": values})
        case filters.DateFromToRangeFilter():
            for end, word in (("after", "on or after"), ("before", "on or before")):
                yield _parameter(f"{name}_{end}", f"{label}, {word} this day.", {"type": "string", "format": "date"})
        case filters.RangeFilter():
            for end, word in (("min", "at least"), ("max", "at most")):
                yield _parameter(f"{name}_{end}", f"{label}, {word}.", {"type": "number"})
        case filters.ChoiceFilter():
            yield _parameter(name, f"{label}.", {"type": "string", "enum": _values(sieve)})
        case filters.NumberFilter():
            yield _parameter(name, f"{label}.", {"type": "number"})
        case _:
            yield _parameter(name, f"{label}.", {"type": "string"})


def _parameter(name: str, told: str, schema: dict[str, Any]) -> OpenApiParameter:
    return OpenApiParameter(name, schema, description=told, explode=True if schema["type"] == "array" else None)


def _values(sieve: filters.Filter) -> list[str]:
    return [str(value) for value, _ in getattr(sieve.extra["choices"], "choices", sieve.extra["choices"])]
