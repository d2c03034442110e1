"""Two people who change the same thing: the second is shown what the first did, and nothing is lost."""

from collections.abc import Callable, Mapping
from operator import eq
from typing import Any

from aiso.errors import ConflictError, Difference


def refuse_conflicts(
    *,
    seen: Mapping[str, Any],
    present: Mapping[str, Any],
    wanted: Mapping[str, Any],
    same: Callable[[Any, Any], bool] = eq,
) -> None:
    """Raise ConflictError where a field is neither as the person saw it nor already as they want it.

    All three map fields to values; a field of which nothing was seen cannot conflict. `same` tells
    whether two values are the same to a person.
    """
    differences = {
        field: Difference(seen[field], present[field], to)
        for field, to in wanted.items()
        if field in seen and not same(seen[field], present[field]) and not same(to, present[field])
    }
    if differences:
        raise ConflictError("Somebody else changed this meanwhile. Choose which value stays.", changes=differences)


def changes_to_make(thing: object, *, seen: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Of the `wanted` fields, those that are to be written on `thing`.

    A field that still is as it was `seen` was not touched by this person, so that somebody else's newer
    value stays. Raises ConflictError where both changed one. Fields of which nothing was seen are written.
    """
    touched = {field: to for field, to in wanted.items() if field not in seen or seen[field] != to}
    present = {field: getattr(thing, field) for field in touched}
    refuse_conflicts(seen=seen, present=present, wanted=touched)
    return {field: to for field, to in touched.items() if present[field] != to}
