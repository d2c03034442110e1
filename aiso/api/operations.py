"""What one method of an endpoint takes and gives: said once, and read by the method and by the schema."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from .idempotency import answer_once

type Method = Callable[..., Any]


class Body(serializers.Serializer[Any]):
    """What is sent. Unknown members are refused: a misspelt one would otherwise be lost without a word."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := [name for name in data if name not in self.fields]):
            raise serializers.ValidationError({name: ["There is no such member."] for name in unknown})
        return super().to_internal_value(data)


class Query(serializers.Serializer[Any]):
    """The parameters of an address."""


class PageQuery(Query):
    """A place in a list."""

    page_size = serializers.IntegerField(
        min_value=1, max_value=200, default=50, help_text="How many at once, 50 unless told, 200 at most."
    )
    after = serializers.CharField(
        required=False, max_length=600, help_text="Where to go on, from `next` of an earlier answer."
    )
    before = serializers.CharField(required=False, max_length=600, help_text="Where to go back, from `previous`.")
    count = serializers.BooleanField(
        default=False, help_text="Tell in `count` how many there are in all; a search counts to 1,000."
    )


@dataclass(frozen=True)
class Operation:
    """One method: the shape of its answer, its status, and what it takes."""

    shape: Any
    status: int = 200
    takes: type[Body] | None = None
    query: type[Query] = Query
    parameters: Sequence[OpenApiParameter] = ()
    is_page: bool = False
    has_version: bool = False
    # The type of the file that it answers with.
    media_type: str = ""
    # Whether what it answers with may have to be made first.
    may_wait: bool = False
    names: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        asked = {*self.query().fields, *(each.name for each in self.parameters)}
        object.__setattr__(self, "names", frozenset(asked))


def answers(
    shape: Any,
    *,
    status: int = 200,
    takes: type[Body] | None = None,
    query: type[Query] = Query,
    version: bool = True,
    may_wait: bool = False,
) -> Callable[[Method], Method]:
    """The method answers with one thing of a shape; None for no body. `version`: it has an ETag. `may_wait`: with 202
    while it is made in the background.
    """
    has_version = version and shape is not None
    return _marked(Operation(shape, status, takes, query, has_version=has_version, may_wait=may_wait))


def answers_page(
    shape: Any, *, query: type[PageQuery] = PageQuery, parameters: Sequence[OpenApiParameter] = ()
) -> Callable[[Method], Method]:
    """The method answers with a page of a list of things of a shape."""
    return _marked(Operation(shape, query=query, parameters=parameters, is_page=True))


def answers_file(media_type: str, *, query: type[Query] = Query, may_wait: bool = False) -> Callable[[Method], Method]:
    """The method answers with a file. `may_wait`: with 202 while it is made in the background."""
    return _marked(Operation(None, query=query, media_type=media_type, may_wait=may_wait))


def _marked(operation: Operation) -> Callable[[Method], Method]:
    def mark(method: Method) -> Method:
        @wraps(method)
        def answer(view: Any, request: Request, *args: Any, **named: Any) -> Any:
            def deed() -> Any:
                return method(view, request, *args, **named)

            return answer_once(request, deed) if request.method == "POST" else deed()

        answer.operation = operation  # type: ignore[attr-defined]
        return answer

    return mark
