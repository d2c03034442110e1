"""What an import would do, told before it is done: the page's preview, and the trial run at the shell."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from aiso.accounts.models import User

from ..importing.plan import Plan, conventions
from ..models import ImportJob, ImportRow
from .ground import Ground
from .planned import Planned, decide, read_rows

SHOWN_ROWS = 8
EXAMPLES = 3
CHUNK = 1000


@dataclass
class ColumnProblems:
    """The problems of one column: how many cells, and some of them with their reasons."""

    header: str
    count: int = 0
    examples: list[tuple[int, str, str]] = field(default_factory=list)  # row, cell, reason

    def add(self, number: int, cell: str, reason: str) -> None:
        self.count += 1
        if len(self.examples) < EXAMPLES and reason not in {known for _, _, known in self.examples}:
            self.examples.append((number, cell, reason))


@dataclass
class Preview:
    """Counts by outcome, problems by column, and the first rows as they would land."""

    outcomes: Counter[str]
    problems: list[ColumnProblems]
    rows: list[Planned]
    rejected: list[Planned]
    looked_at: int


def preview(job: ImportJob, actor: User | None, *, most: int | None = None) -> Preview:
    """Decide on the first `most` rows, or on all of them, and change nothing."""
    waiting = job.rows.order_by("number").values_list("number", "cells")
    rows = list(waiting[:most] if most else waiting)
    job.conventions = conventions(job.mapping, [cells for _, cells in rows])
    ground = Ground(job, actor)
    planned = read_rows(ground.plan, rows)
    for start in range(0, len(planned), CHUNK):
        decide(ground, planned[start : start + CHUNK])
    return Preview(
        outcomes=Counter(str(row.outcome) for row in planned),
        problems=problems_by_column(
            ground.plan, ((row.number, row.told_problems) for row in planned if not row.reason)
        ),
        rows=[row for row in planned if not row.reason][:SHOWN_ROWS],
        rejected=[row for row in planned if row.reason][:SHOWN_ROWS],
        looked_at=len(planned),
    )


def problems_of(job: ImportJob, plan: Plan) -> list[ColumnProblems]:
    """The problems that a run has noted."""
    noted = job.rows.exclude(outcome=ImportRow.Outcome.REJECTED).exclude(problems=[]).order_by("number")
    return problems_by_column(plan, noted.values_list("number", "problems").iterator(chunk_size=CHUNK))


def problems_by_column(plan: Plan, noted: Iterable[tuple[int, list[list[str]]]]) -> list[ColumnProblems]:
    """Problems gathered by column, in the order of the file's columns."""
    found: dict[str, ColumnProblems] = {}
    for number, problems in noted:
        for header, cell, reason in problems:
            found.setdefault(header, ColumnProblems(header)).add(number, cell, reason)
    order = {header: place for place, header in enumerate(plan.headers)}
    return sorted(found.values(), key=lambda column: order.get(column.header, len(order)))
