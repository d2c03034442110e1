"""What stands between an initiative and its next gate, for its own page. The app that keeps the gates tells it.

register_next_gate(next_gate_of)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from .gaps import Gap
from .models import Initiative


@dataclass(frozen=True)
class NextGate:
    """The gate that comes next: how much of what it asks is missing, and the deeds that mend it.

    `waived` are those that the office let pass. `needs` is short, for the stage component; `due` is the day on which a
    clock of its review runs out. `verb` and `verb_url` are the deed that comes next; `for_editors` when only those who
    edit the initiative may do it. `note` tells how it stands otherwise: that it was never reviewed, or is shown again.
    """

    name: str
    asked: int
    missing: int
    url: str
    needs: str = ""
    due: date | None = None
    gaps: Sequence[Gap] = ()
    verb: str = ""
    verb_url: str = ""
    for_editors: bool = True
    waived: int = 0
    note: str = ""


type Reader = Callable[[Initiative], NextGate | None]
_readers: list[Reader] = []


def register_next_gate(reader: Reader) -> None:
    """`reader` answers for one initiative in a fixed number of queries; None where no gate comes."""
    _readers[:] = [reader]


def next_gate_of(initiative: Initiative) -> NextGate | None:
    return _readers[0](initiative) if _readers else None
