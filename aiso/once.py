"""What a page reads once, however many of its parts ask for it.

with read_once():                                # around the drawing of a page, which changes nothing
    once(("parties", review.pk), lambda: …)      # read by the first who asks
    once_each("standing", reviews, read_many)    # only those that nobody asked for yet

Outside of `read_once` everything is read anew, so actions never see what was true before.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_kept: ContextVar[dict[Hashable, Any] | None] = ContextVar("read_once", default=None)


@contextmanager
def read_once() -> Iterator[None]:
    """For the length of a page."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def once[T](key: Hashable, read: Callable[[], T]) -> T:
    kept = _kept.get()
    if kept is None:
        return read()
    if key not in kept:
        kept[key] = read()
    found: T = kept[key]
    return found


def once_each[K: Hashable, V](
    name: Hashable, wanted: Iterable[K], read: Callable[[list[K]], Mapping[K, V]]
) -> dict[K, V]:
    """What `read` gives for each of `wanted`; what it leaves out is left out."""
    keys = [*wanted]
    kept = _kept.get()
    if kept is None:
        return dict(read(keys)) if keys else {}
    found: dict[K, V | None] = kept.setdefault(name, {})
    if missing := [key for key in keys if key not in found]:
        found |= dict.fromkeys(missing) | dict(read(missing))
    return {key: value for key in keys if (value := found[key]) is not None}
