"""What stands in the way of an approval or a release, as programs read it before they decide."""

from collections.abc import Iterable
from typing import Annotated, TypedDict

from ..blocks import Block, Kind


class BlockShape(TypedDict):
    """One thing in the way."""

    what: str
    kind: Annotated[str, {"enum": [each.value for each in Kind]}]
    key: Annotated[str, "Names it among the overrides of a higher body; empty where nobody can override it."]


class BlocksShape(TypedDict):
    """All that is in the way; nothing when the list is empty."""

    results: list[BlockShape]


def drawn_blocks(blocks: Iterable[Block]) -> BlocksShape:
    return {
        "results": [
            {"what": block.what, "kind": block.kind.value, "key": block.key if block.can_be_overridden else ""}
            for block in blocks
        ]
    }
