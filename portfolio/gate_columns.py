"""What the register tells of gates, for many initiatives at once. The app that keeps the gates fills it.

register_gate_columns(told_of, narrow)
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from .models import Initiative
from .models.initiative import InitiativeQuerySet

# Where a review stands, as the register is narrowed by it.
REVIEW_STATES = (
    ("none", "None"),
    ("gathering", "Being prepared"),
    ("submitted", "In review"),
    ("ready", "Ready to decide"),
)
NO_REVIEW = "None"


@dataclass(frozen=True)
class GatesTold:
    """The gate that comes next, or that is under review, with its page; and in words how the open review stands.

    Without a page `gate` tells why there is none.
    """

    gate: str = ""
    url: str = ""
    review: str = NO_REVIEW


type Reader = Callable[[Sequence[Initiative]], Mapping[int, GatesTold]]
type Narrower = Callable[[InitiativeQuerySet, str], InitiativeQuerySet]
_registered: list[tuple[Reader, Narrower]] = []


def register_gate_columns(told_of: Reader, narrow: Narrower) -> None:
    """`told_of` answers by id in a fixed number of queries; `narrow` leaves the rows in one of REVIEW_STATES."""
    _registered[:] = [(told_of, narrow)]


def tell_gates(rows: Sequence[Initiative]) -> None:
    """Give each row what its columns tell of gates."""
    told = _registered[0][0](rows) if _registered else {}
    for row in rows:
        row.gates_told = told.get(row.pk, GatesTold())  # type: ignore[attr-defined]


def gates_told(row: Initiative) -> GatesTold:
    """What `tell_gates` gave it."""
    told: GatesTold = row.gates_told  # type: ignore[attr-defined]
    return told


def in_review_state(rows: InitiativeQuerySet, state: str) -> InitiativeQuerySet:
    return _registered[0][1](rows, state) if _registered else rows
