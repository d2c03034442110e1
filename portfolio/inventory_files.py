"""Files that leave the inventory: an export that imports again, and rows that were rejected with their reasons."""

from collections.abc import Iterator
from pathlib import PurePath
from typing import Any, Protocol

from aiso.web.forms import person_text

from .actions.imports.upload import REASON_HEADER, REJECTED_PREFIX
from .inventory import Inventory
from .inventory_columns import DECISIONS
from .levels import shown_level
from .models import DecisionClass
from .row_files import REJECTED

# Columns that tell more than an import takes: names, and levels, which follow.
BESIDE = ("Initiative name", "Workflow", "Autonomy level", "What set it", "Steps down")
CHUNK = 500


class InventorySheet:
    """The decisions that an address shows, as rows of text."""

    title = "Decisions"

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory

    @property
    def headers(self) -> list[str]:
        return [*(column.label for column in DECISIONS), *BESIDE]

    def lines(self) -> Iterator[list[Any]]:
        rows = self.inventory.matching.select_related("owner", "initiative__workflow").order_by("initiative_id", "pk")
        for decision in rows.defer("initiative__search").iterator(chunk_size=CHUNK):
            yield [*(_cell(decision, column.field) for column in DECISIONS), *_beside(decision)]


class Landed(Protocol):
    """A file that landed row by row, whatever its rows tell."""

    file_name: str
    headers: Any
    rows: Any
    outcomes: Any


class RejectedSheet:
    """The rows of a landed file that did not land, to be corrected and uploaded again."""

    title = "Rejected"

    def __init__(self, file: Landed) -> None:
        self.file = file
        self.places = [place for place, header in enumerate(file.headers) if header != REASON_HEADER]

    @property
    def file_name(self) -> str:
        stem = PurePath(self.file.file_name).stem.removeprefix(REJECTED_PREFIX)
        safe = "".join(mark if mark.isascii() and (mark.isalnum() or mark in " -_.") else "_" for mark in stem)
        return f"{REJECTED_PREFIX}{safe}"

    @property
    def headers(self) -> list[str]:
        return [*(self.file.headers[place] for place in self.places), REASON_HEADER]

    def lines(self) -> Iterator[list[Any]]:
        for (_, cells), (outcome, reason) in zip(self.file.rows, self.file.outcomes, strict=True):
            if outcome == REJECTED:
                yield [*(cells[place] for place in self.places), reason]


def _cell(decision: DecisionClass, field: str) -> Any:
    if field == "initiative":
        return decision.initiative.reference
    if field == "owner":
        return person_text(decision.owner) if decision.owner else ""
    if field == "is_regulated":
        return "Yes" if decision.is_regulated else "No"
    shown = getattr(decision, f"get_{field}_display", None)
    return shown() if shown else getattr(decision, field)


def _beside(decision: DecisionClass) -> list[Any]:
    workflow = decision.initiative.workflow
    level = shown_level(decision)
    return [decision.initiative.name, str(workflow or ""), level.level.label, level.reason, decision.steps_down]
