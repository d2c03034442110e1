"""Reading and posting long files of costs, in lots: a worker may die at any moment, and nothing is lost or posted
twice.
"""

from collections import Counter
from collections.abc import Sequence

import structlog
from django.db import transaction

from aiso import clock
from aiso.errors import DomainError
from aiso.events.models import Notification
from aiso.events.outbox import publish
from aiso.events.telling import tell
from aiso.web.figures import plural
from portfolio.row_files import CREATED, REJECTED, SHOWN
from stagegates.actions.land_spending import may_upload

from ..cost_plan import CostPlan, Named, read_cost_rows
from ..models import CostFile
from .land_costs import UPLOADING, post_rows, read_costs

# Rows of one transaction: it takes about a second, in which nobody else posts on their initiatives.
LOT = 5000
# A file that was taken up this often without moving on has something wrong with it.
MOST_ATTEMPTS = 5
# Rejected rows that the page tells; the file that is handed back has all.
TOLD = 200
AGAIN = "It stopped again and again. The office's operator finds why in the log."
log = structlog.get_logger(__name__)
State = CostFile.State


def run_cost_file(pk: int) -> None:
    """Take a file up where it stands, and bring it to its next rest. Safe to repeat, and to run twice at once."""
    file = _taken_up(pk)
    if file is None:
        return
    if not may_upload(file.uploaded_by):
        _fail(file, UPLOADING)
    elif file.state == State.READING:
        _read(file)
    else:
        _land(file)


def resume_cost_files(minutes: float) -> None:
    """Take up files that have not moved for so long that their worker must have died."""
    with transaction.atomic():
        # One whose row is locked has a worker, however slow.
        stalled = CostFile.objects.stalled(minutes).select_for_update(skip_locked=True)
        waiting = [*stalled.values_list("pk", flat=True)]
    for pk in waiting:
        run_cost_file(pk)


def _taken_up(pk: int) -> CostFile | None:
    with transaction.atomic():
        rows = CostFile.objects.select_for_update(of=["self"]).filter(pk=pk, state__in=CostFile.MOVING)
        file: CostFile | None = rows.select_related("uploaded_by").first()
        if file is None:
            return None
        file.attempts += 1
        file.moved_at = clock.now()
        file.save(update_fields=["attempts", "moved_at"])
    if file.attempts > MOST_ATTEMPTS:
        _fail(file, AGAIN)
        return None
    return file


def _fail(file: CostFile, why: str) -> None:
    log.warning("cost_file_failed", file=file.pk, why=why)
    file.state, file.failure, file.content = State.FAILED, why[:500], None
    file.save(update_fields=["state", "failure", "content"])


def _read(file: CostFile) -> None:
    """Read the file once, then check its rows, lot by lot."""
    if file.content is not None:
        try:
            read = read_costs(bytes(file.content), file.file_name)
        except DomainError as error:
            _fail(file, str(error))
            return
        for name, value in read.items():
            setattr(file, name, value)
        file.content, file.rows_total, file.moved_at = None, len(file.rows), clock.now()
        file.save(update_fields=[*read, "content", "rows_total", "moved_at"])
    outcomes: list[list[str]] = []
    seen: set[Named] = set()
    for start in range(0, file.rows_total, LOT):
        lot = read_cost_rows(file, file.rows[start : start + LOT])
        outcomes += [
            [row.outcome, row.reason] for row in CostPlan(file.uploaded_by, lot, seen, is_drawn=False).planned()
        ]
        CostFile.objects.filter(pk=file.pk).update(rows_done=len(outcomes), moved_at=clock.now())
    file.outcomes, file.told, file.state = outcomes, _told(file, outcomes), State.CHECKED
    file.attempts, file.rows_done = 0, 0
    file.save(update_fields=["outcomes", "told", "state", "attempts", "rows_done"])


def _land(file: CostFile) -> None:
    seen: set[Named] = set()
    noted = 0
    while True:
        with transaction.atomic():
            # Two workers on one file take turns: each lot holds this lock.
            held = CostFile.objects.select_for_update(of=["self"]).only("state", "rows_done").get(pk=file.pk)
            if held.state != State.LANDING:
                return
            noted = _noted(file, noted, held.rows_done, seen)
            lot = file.rows[noted : noted + LOT]
            if not lot:
                _finish(file)
                return
            plan = post_rows(read_cost_rows(file, lot), seen, file.uploaded_by)
            file.outcomes[noted : noted + len(lot)] = [[row.outcome, row.reason] for row in plan]
            noted += len(lot)
            file.rows_done, file.moved_at, file.attempts = noted, clock.now(), 0
            file.save(update_fields=["outcomes", "rows_done", "moved_at", "attempts"])


def _noted(file: CostFile, start: int, end: int, seen: set[Named]) -> int:
    """Note what rows name that another worker landed, so that a booking that stands in the file twice is found."""
    if start < end:
        file.outcomes = CostFile.objects.values_list("outcomes", flat=True).get(pk=file.pk)
    for place in range(start, end, LOT):
        CostPlan(file.uploaded_by, read_cost_rows(file, file.rows[place : min(place + LOT, end)]), seen).note()
    return end


def _finish(file: CostFile) -> None:
    file.told, file.state, file.landed_at = _told(file, file.outcomes), State.CHECKED, clock.now()
    file.save(update_fields=["told", "state", "landed_at"])
    counts = file.told["counts"]
    event = publish("costs.landed", actor=file.uploaded_by, file=file, outcomes=counts)
    rejected = f", {plural(counts[REJECTED], 'row')} rejected" if counts.get(REJECTED) else ""
    text = f"{file.file_name[:120]}: {plural(counts.get(CREATED, 0), 'cost')} posted{rejected}"
    news, path = Notification.Kind.NEWS, file.get_absolute_url()
    tell([file.uploaded_by], event=event, kind=news, text=text, path=path, even_actor=True)


def _told(file: CostFile, outcomes: Sequence[Sequence[str]]) -> dict[str, object]:
    """What the page tells of a long file without reading all of it."""
    told = [*zip(file.rows, outcomes, strict=True)]
    rejected = [[number, reason] for (number, _), (outcome, reason) in told if outcome == REJECTED]
    return {
        "counts": dict(Counter(outcome for outcome, _ in outcomes)),
        "rejected": rejected[:TOLD],
        "sample": [row for row, (outcome, _) in told if outcome == CREATED][:SHOWN],
    }
