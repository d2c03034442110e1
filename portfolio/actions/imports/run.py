"""Running an import: in batches, each a transaction, so that a worker may die at any moment and nothing is lost."""

from collections.abc import Iterator, Sequence

import pghistory
import structlog
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.models import Notification
from aiso.events.outbox import publish
from aiso.events.telling import tell
from aiso.web.figures import plural

from ...importing.interpret import LONGEST_SPELLING, identify, seen_values
from ...importing.keys import record_keys
from ...importing.plan import Plan, conventions
from ...importing.wording import folded
from ...landing.batch import Batch
from ...landing.ground import Ground, plan_of
from ...landing.planned import Planned, decide, read_rows
from ...models import ImportJob, ImportRow, ValueMapEntry
from ...permissions import can_run_import

BATCH = 500
# A job that was taken up this often without moving on has something wrong with it.
MOST_ATTEMPTS = 5
log = structlog.get_logger(__name__)
KEY_ROWS = """
    UPDATE portfolio_importrow AS r SET key = u.key
    FROM unnest(%s::int[], %s::text[]) AS u(number, key)
    WHERE r.job_id = %s AND r.number = u.number
"""


@transaction.atomic
def start_import(job: ImportJob, *, actor: User | None) -> ImportJob:
    """Let an import begin. A worker takes it up; `run_import` does it here and now.

    Raises DomainError when it was started before.
    """
    job = ImportJob.objects.select_for_update().get(pk=job.pk)
    if actor is not None and not can_run_import(actor, job):
        raise PermissionDenied("The person who uploaded the file and the office lead start its import.")
    if job.state != ImportJob.State.MAPPING:
        raise DomainError("This import was started before.")
    job.state = ImportJob.State.QUEUED
    job.started_at = job.moved_at = clock.now()
    job.save(update_fields=["state", "started_at", "moved_at"])
    publish("import.started", actor=actor, job=job)
    return job


def run_import(job_id: int) -> None:
    """Take an import up where it stands, and bring it to its end. Safe to repeat, and to run twice at once."""
    if not _take_up(job_id):
        return
    while _advance(job_id):
        pass


def resume_imports(minutes: float) -> None:
    """Take up imports that have not moved for so long that their worker must have died."""
    with transaction.atomic():
        # One whose row is locked has a worker, however slow.
        stalled = ImportJob.objects.stalled(minutes).select_for_update(skip_locked=True)
        waiting = list(stalled.values_list("pk", flat=True))
    for job in waiting:
        run_import(job)


@transaction.atomic
def _take_up(job_id: int) -> bool:
    job = _locked(job_id)
    if job is None:
        return False
    job.attempts += 1
    job.state = ImportJob.State.RUNNING
    job.moved_at = clock.now()
    if job.attempts > MOST_ATTEMPTS:
        job.state, job.failure = (
            ImportJob.State.FAILED,
            "It stopped again and again. The office's operator finds why in the log.",
        )
    job.save(update_fields=["attempts", "state", "moved_at", "failure"])
    return job.state == ImportJob.State.RUNNING


@transaction.atomic
def _advance(job_id: int) -> bool:
    """One step: the keys of all rows, or a batch of rows. False when there is nothing left to do."""
    job = _locked(job_id)
    if job is None:
        return False
    actor = job.uploaded_by
    with pghistory.context(
        user=actor.pk if actor else None, url=job.get_absolute_url(), reason=f"Import of {job.file_name}"
    ):
        if not job.is_prepared:
            _prepare(job)
            return True
        rows = list(job.rows.filter(outcome="").order_by("number")[:BATCH])
        if not rows:
            _finish(job)
            return False
        _land(job, rows)
    return True


def _locked(job_id: int) -> ImportJob | None:
    """The job, if it is to move on. Two workers on one job take turns: each batch holds this lock."""
    moving = [ImportJob.State.QUEUED, ImportJob.State.RUNNING]
    jobs = ImportJob.objects.select_for_update(of=["self"]).select_related("uploaded_by")
    return jobs.filter(pk=job_id, state__in=moving).first()


def _prepare(job: ImportJob) -> None:
    """What needs all rows at once: the order of day and month, the keys, and the spellings that were met."""
    rows = list(job.rows.order_by("number").values_list("number", "cells"))
    cells = [row for _, row in rows]
    job.conventions = conventions(job.mapping, cells)
    plan = plan_of(job)
    keys = record_keys([identify(plan, row) for row in cells])
    with connection.cursor() as cursor:
        cursor.execute(KEY_ROWS, [[number for number, _ in rows], keys, job.pk])
    note_spellings(plan, cells)
    job.is_prepared, job.moved_at, job.attempts = True, clock.now(), 0
    job.save(update_fields=["conventions", "is_prepared", "moved_at", "attempts"])


def note_spellings(plan: Plan, cells: Sequence[Sequence[str]]) -> None:
    """Show the office how words of a file are read, and which are not understood."""
    met: dict[tuple[str, str], ValueMapEntry] = {}
    for (kind, raw), (count, automatic) in seen_values(plan, cells).items():
        spelling = folded(raw)[:LONGEST_SPELLING]
        entry = met.setdefault(
            (kind, spelling),
            ValueMapEntry(
                kind=kind, raw=raw[:LONGEST_SPELLING], folded=spelling, automatic=automatic[:LONGEST_SPELLING]
            ),
        )
        entry.seen += count
    ValueMapEntry.objects.bulk_create(
        met.values(), update_conflicts=True, unique_fields=["kind", "folded"], update_fields=["seen", "automatic"]
    )


def _land(job: ImportJob, rows: Sequence[ImportRow]) -> None:
    """Bring a batch in; should the database refuse it, row by row, so that one bad row keeps no good one out."""
    try:
        with transaction.atomic():
            landed = _landed(job, rows)
    except (DatabaseError, ValidationError) as error:
        log.warning("import_batch_refused", job=job.pk, first=rows[0].number, error=str(error))
        landed = [planned for row in rows for planned in _landed_alone(job, row)]
    _count(job, landed)
    for event, outcome in (
        ("initiative.registered", ImportRow.Outcome.CREATED),
        ("initiative.edited", ImportRow.Outcome.UPDATED),
    ):
        if touched := [row.initiative for row in landed if row.outcome == outcome]:
            publish(event, actor=job.uploaded_by, initiatives=touched, job=job)


def _landed(job: ImportJob, rows: Sequence[ImportRow]) -> list[Planned]:
    ground = Ground(job, job.uploaded_by)
    planned = read_rows(ground.plan, [(row.number, row.cells) for row in rows])
    for each, row in zip(planned, rows, strict=True):
        each.key = row.key
    decide(ground, planned)
    Batch(ground).land(planned)
    for model, pks in ground.made.items():
        job.made[model] = [*job.made.get(model, []), *pks]
    return planned


def _landed_alone(job: ImportJob, row: ImportRow) -> Iterator[Planned]:
    try:
        with transaction.atomic():
            yield from _landed(job, [row])
    except (DatabaseError, ValidationError) as error:
        row.outcome = ImportRow.Outcome.REJECTED
        row.reason = f"The register refused it: {str(error).splitlines()[0]}"
        row.save(update_fields=["outcome", "reason"])
        refused = read_rows(plan_of(job), [(row.number, row.cells)])[0]
        refused.outcome, refused.reason = row.outcome, row.reason
        yield refused


def _count(job: ImportJob, landed: Sequence[Planned]) -> None:
    for outcome in ImportRow.Outcome.values:
        field = f"rows_{outcome}"
        setattr(job, field, getattr(job, field) + sum(row.outcome == outcome for row in landed))
    job.moved_at, job.attempts = clock.now(), 0
    job.save(
        update_fields=["made", "moved_at", "attempts", *(f"rows_{outcome}" for outcome in ImportRow.Outcome.values)]
    )


def _finish(job: ImportJob) -> None:
    job.state = ImportJob.State.DONE
    job.finished_at = job.moved_at = clock.now()
    job.save(update_fields=["state", "finished_at", "moved_at"])
    event = publish("import.finished", actor=job.uploaded_by, job=job)
    if job.uploaded_by:
        rejected = f", {plural(job.rows_rejected, 'row')} rejected" if job.rows_rejected else ""
        text = f"Import of {job.file_name[:120]}: {plural(job.rows_created, 'initiative')} created{rejected}"
        news, path = Notification.Kind.NEWS, job.get_absolute_url()
        tell([job.uploaded_by], event=event, kind=news, text=text, path=path, even_actor=True)
