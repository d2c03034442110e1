"""Two people who change the same thing: the second is shown what the first did, and nothing is lost."""

from collections.abc import Mapping
from typing import Any

from aiso.errors import ConflictError, Difference


def changes_to_make(thing: object, *, seen: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Of the `wanted` fields, those that are to be written on `thing`.

    A field that still is as it was `seen` was not touched by this person, so that somebody else's newer
    value stays. Raises ConflictError where both changed one. Fields of which nothing was seen are written.
    """
    touched = {field: to for field, to in wanted.items() if field not in seen or seen[field] != to}
    differences = {
        field: Difference(seen[field], getattr(thing, field), to)
        for field, to in touched.items()
        if field in seen and getattr(thing, field) not in (seen[field], to)
    }
    if differences:
        raise ConflictError("Somebody else changed this meanwhile. Look at both values.", changes=differences)
    return {field: to for field, to in touched.items() if getattr(thing, field) != to}
