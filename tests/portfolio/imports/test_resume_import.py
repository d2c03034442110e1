"""A worker that dies in mid-import loses nothing and doubles nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection, transaction

from aiso.events.models import Event
from portfolio import tasks
from portfolio.actions.imports import run
from portfolio.actions.imports.run import run_import, start_import
from portfolio.actions.imports.undo import undo_import
from portfolio.actions.imports.upload import upload_import
from portfolio.models import ImportJob, ImportRow, Initiative

from .conftest import HEADER, sheet

ROOT = Path(settings.BASE_DIR)
PATIENCE = 60  # seconds that a machine with much to do may take for a step


def many(count: int) -> bytes:
    row = ["", "2023-01-10", "2023-09-01", "Matches invoices with orders and pays what fits", "cost", "fine"]
    return sheet(
        [[f"U-{n}", f"Case {n}", "Finance", f"Office {n % 9}", "Live", *row[1:]] for n in range(count)], HEADER
    )


class Killed(BaseException):
    """The worker is gone: nothing catches it."""


def test_a_batch_is_landed_whole_or_not_at_all(transactional_db, office_member, monkeypatch):
    monkeypatch.setattr(run, "BATCH", 10)
    job = upload_import(many(35), file_name="cases.csv", actor=office_member)
    start_import(job, actor=office_member)
    land, batches = run.Batch.land, []

    def die_in_the_third(self, rows):
        batches.append(len(rows))
        land(self, rows)
        if len(batches) == 3:
            raise Killed

    monkeypatch.setattr(run.Batch, "land", die_in_the_third)
    with pytest.raises(Killed):
        run_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.rows_created, Initiative.objects.count()) == (ImportJob.State.RUNNING, 20, 20)

    run_import(job.pk)

    job.refresh_from_db()
    assert (job.state, job.rows_created, Initiative.objects.count()) == (ImportJob.State.DONE, 35, 35)
    run_import(job.pk)
    assert Initiative.objects.count() == 35


def test_what_stops_again_and_again_is_given_up(office_member, monkeypatch):
    job = upload_import(many(5), file_name="cases.csv", actor=office_member)
    start_import(job, actor=office_member)

    def die(self, rows):
        raise Killed

    monkeypatch.setattr(run.Batch, "land", die)
    for _ in range(run.MOST_ATTEMPTS + 1):
        with pytest.raises(Killed):
            run_import(job.pk)
    run_import(job.pk)

    job.refresh_from_db()
    assert job.state == ImportJob.State.FAILED
    assert job.failure
    undo_import(job, actor=office_member)
    assert not Initiative.objects.exists()


def test_only_stalled_imports_are_taken_up(office_member, monkeypatch):
    job = upload_import(many(3), file_name="cases.csv", actor=office_member)
    start_import(job, actor=office_member)
    tasks.resume_imports()
    job.refresh_from_db()
    assert job.state == ImportJob.State.QUEUED

    ImportJob.objects.update(moved_at=job.moved_at - timedelta(minutes=2))
    tasks.resume_imports()
    job.refresh_from_db()
    assert job.state == ImportJob.State.DONE


def test_the_task_may_come_twice(office_member):
    job = upload_import(many(3), file_name="cases.csv", actor=office_member)
    start_import(job, actor=office_member)
    event = Event.objects.get(name="import.started")
    tasks.run_started_import(event.pk)
    tasks.run_started_import(event.pk)
    assert Initiative.objects.count() == 3


@contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    """A real Celery worker on the test's own database and broker."""
    url = urlsplit(os.environ["DATABASE_URL"])
    database = urlunsplit(url._replace(path=f"/{connection.settings_dict['NAME']}"))
    command = [sys.executable, "-m", "celery", "-A", "aiso", "worker", "--pool=solo", "--loglevel=error"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": database})
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(reached: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < deadline, "the worker took too long"
        assert process.poll() is None, "the worker stopped by itself"
        time.sleep(0.02)


@pytest.mark.worker
def test_a_killed_worker_is_followed_by_another(transactional_db, office_member):
    total = 3000
    with transaction.atomic():
        job = upload_import(many(total), file_name="cases.csv", actor=office_member)
        start_import(job, actor=office_member)

    with worker() as first:
        until(lambda: ImportJob.objects.get().rows_created > 0, first)
        first.send_signal(signal.SIGKILL)
        first.wait()
    job.refresh_from_db()
    assert job.state == ImportJob.State.RUNNING
    assert 0 < job.rows_created < total
    assert Initiative.objects.count() == job.rows_created

    ImportJob.objects.update(moved_at=job.moved_at - timedelta(minutes=2))
    tasks.resume_imports.delay()
    with worker() as second:
        until(lambda: ImportJob.objects.get().state == ImportJob.State.DONE, second)
    job.refresh_from_db()
    assert (job.rows_created, job.rows_rejected) == (total, 0)
    assert Initiative.objects.count() == total
    assert Initiative.objects.values("external_id").distinct().count() == total
    assert not ImportRow.objects.filter(outcome="").exists()
