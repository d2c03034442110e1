"""Two people who change the same thing: the second is shown what the first did, and nothing is lost."""

from collections.abc import Mapping
from typing import Any

from aiso.errors import ConflictError, Difference


def refuse_lost_change(thing: object, *, seen: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Raise ConflictError where `thing` now differs from what the person saw and from what they want.

    Fields of which nothing was `seen` are not compared: whoever states none overwrites on purpose.
    """
    differences = {
        field: Difference(seen[field], getattr(thing, field), to)
        for field, to in wanted.items()
        if field in seen and getattr(thing, field) not in (seen[field], to)
    }
    if differences:
        raise ConflictError("Somebody else changed this meanwhile. Look at both values.", changes=differences)
