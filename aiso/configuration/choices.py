"""Choices that the database holds: read once a page, however many rows offer them.

    @choices_once
    def functions() -> list[Choice]: ...

    functions = forms.MultipleChoiceField(choices=functions)

Inside `reading_choices()` each list is read when it is first asked for, and kept to the end of the block.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

type Listed = list[tuple[str, Any]]

_kept: ContextVar[dict[Callable[[], Iterable[Any]], Listed] | None] = ContextVar("choices", default=None)


def choices_once(read: Callable[[], Iterable[Any]]) -> Callable[[], Listed]:
    """`read`, asked once a block; outside of one, each time."""

    @wraps(read)
    def choices() -> Listed:
        kept = _kept.get()
        if kept is None:
            return [*read()]
        if read not in kept:
            kept[read] = [*read()]
        return kept[read]

    return choices


@contextmanager
def reading_choices() -> Iterator[None]:
    """One page, or one check of a content. Inside another block it changes nothing."""
    if _kept.get() is not None:
        yield
        return
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)
