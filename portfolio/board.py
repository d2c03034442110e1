"""The register as a board: a lane a stage."""

from dataclasses import dataclass

from django.db.models import Count

from .models import Initiative, Stage
from .orders import order_of
from .register import Register

# Cards drawn in a lane; the lane's count leads to the rest.
CARDS = 12


@dataclass(frozen=True)
class Lane:
    """One stage with its first cards."""

    stage: str
    label: str
    count: int
    cards: list[Initiative]
    address: str


def board_of(register: Register) -> list[Lane]:
    """The lanes of the set, one query each and one for the counts. Ends are shown when something is there."""
    counts = dict(register.matching.order_by().values_list("stage").annotate(Count("pk")))
    optional = {Stage.PAUSED, Stage.CLOSED, Stage.MERGED}
    return [
        _lane(register, stage, counts.get(stage, 0)) for stage in Stage if stage not in optional or counts.get(stage)
    ]


def _lane(register: Register, stage: Stage, count: int) -> Lane:
    cards: list[Initiative] = []
    if count:
        _, order = order_of("-priority")
        rows = order.apply(register.matching.filter(stage=stage))
        cards = list(rows.select_related("unit").defer("search", "summary", "outcome", "notes")[:CARDS])
    return Lane(stage, stage.label, count, cards, register.address(stage=stage))
