"""Counting what changed: marks, checks, two at once, and workers and brokers that die in the middle."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from kombu import Connection

from aiso import clock
from aiso.accounts.models import Role
from aiso.embedded.redis import OPTIONS, _binary
from aiso.events.models import Event
from portfolio.models import Bucket, Initiative
from tests.at_once import both
from tests.factories import make_initiative, make_ownership, make_person, make_unit
from value import tasks
from value.actions.claims import confirm_claim
from value.actions.measure import confirm_measurement, record_measurement
from value.actions.post import reverse_entry
from value.dashboard.asked import Asked
from value.dashboard.money import restated, worths
from value.kept.as_known import as_known
from value.kept.recompute import check_kept, pending_marks, recompute_all, recompute_marked
from value.models import DailySum, KeptMark
from value.worth import worth_of

from .factories import claim, cost_of, post

ROOT = Path(settings.BASE_DIR)
PATIENCE = 60  # seconds that a machine with much to do may take for a step
JUNE = Asked(30, date(2026, 6, 30))


@pytest.fixture
def counted(db):
    """All that was recorded is counted."""
    recompute_all()


@pytest.fixture
def lead():
    return make_person("", Role.OFFICE_LEAD)


def costs(initiative, person, amount=30, **told):
    days = {"first_on": date(2026, 6, 1), "last_on": date(2026, 6, 30), "happened_on": date(2026, 6, 1)}
    return post(initiative, person, cost_of(amount, **(days | told)))


def told_of(lead, asked=JUNE) -> Decimal:
    return worths(lead, [asked])[0].run_cost


def marks() -> list[str]:
    return sorted(KeptMark.objects.values_list("about", flat=True))


# --- marks


def test_an_entry_is_marked_and_counted(counted, initiative, business_owner, lead):
    recompute_marked()
    costs(initiative, business_owner)
    mark = KeptMark.objects.get()
    assert (mark.about, mark.initiative_id, mark.has_run_costs) == ("entries", initiative.pk, True)
    assert (mark.first_on, mark.last_on, mark.claimed_to) == (date(2026, 6, 1), date(2026, 6, 1), None)
    assert (pending_marks(), told_of(lead)) == (1, 0)
    assert recompute_marked()["own_sums"] == 1
    assert (pending_marks(), told_of(lead)) == (0, 30)
    assert recompute_marked() == {}


def test_each_kind_of_change_is_marked(counted, metric, business_owner, finance_controller):
    initiative = metric.initiative
    recompute_marked()

    def after(deed) -> list[str]:
        deed()
        told = marks()
        recompute_marked()
        assert check_kept() == (0, [])
        return told

    entry = claim(metric, business_owner)
    assert after(lambda: None) == ["entries"]
    assert after(lambda: confirm_claim(entry, actor=finance_controller)) == ["answers"]
    assert after(lambda: reverse_entry(entry, actor=finance_controller, reason="No.")) == ["entries"]
    measured = record_measurement(
        metric, actor=business_owner, value=Decimal(12), measured_on=clock.today(), method="Log"
    )
    assert after(lambda: None) == ["measured"]
    assert after(lambda: confirm_measurement(measured, actor=finance_controller)) == ["measured"]
    assert after(
        lambda: initiative.stage_changes.create(stage="scale", changed_on=date(2026, 1, 1), source="opening")
    ) == ["stages"]
    assert after(lambda: make_ownership(initiative, make_person(), "technical")) == ["owners"]
    rows = Initiative.objects.filter(pk=initiative.pk)
    assert after(lambda: rows.update(name="Another")) == []
    assert after(lambda: rows.update(is_confidential=True)) == ["moved"]
    assert after(lambda: rows.update(bucket=Bucket.objects.create(name="New"))) == ["moved"]
    unit = make_unit()
    assert after(lambda: rows.update(unit=unit)) == ["moved"]
    unit.parent = make_unit()
    assert after(unit.save) == ["units"]


def test_one_statement_marks_an_initiative_once(counted, initiative, business_owner):
    recompute_marked()
    with connection.cursor() as cursor, transaction.atomic():
        entry = costs(initiative, business_owner)
        KeptMark.objects.all().delete()
        columns = "initiative_id, kind, benefit_type, claim, amount, currency, rate, happened_on, evidence, reason, "
        columns += "recorded_by_id, recorded_at"
        cursor.execute(
            f"INSERT INTO value_ledgerentry ({columns}, first_on, last_on, key) "
            f"SELECT {columns}, first_on + n, last_on + n, 'copy ' || n FROM value_ledgerentry, "
            "generate_series(1, 50) AS n WHERE id = %s",
            [entry.pk],
        )
    mark = KeptMark.objects.get()
    assert (mark.first_on, mark.last_on) == (date(2026, 6, 2), date(2026, 7, 21))


def test_who_rolls_back_marks_nothing(counted, initiative, business_owner):
    recompute_marked()
    with transaction.atomic():
        costs(initiative, business_owner)
        transaction.set_rollback(True)
    assert pending_marks() == 0


# --- reading


def test_a_figure_costs_one_query(counted, initiative, business_owner, lead, django_assert_num_queries):
    costs(initiative, business_owner)
    recompute_marked()
    assert lead.role_units
    with django_assert_num_queries(1):
        assert [worth.run_cost for worth in worths(lead, [JUNE, JUNE.before])] == [30, 0]
    unit = Asked(30, JUNE.as_of, unit=initiative.unit)
    with django_assert_num_queries(3):
        assert [worth.run_cost for worth in worths(lead, [unit, unit.before])] == [30, 0]


def test_amounts_of_many_digits_are_added_up_exactly(counted, lead):
    alike = {
        "level": DailySum.Level.ALL_BUCKETS, "is_confidential": False, "part": "run_cost", "first_on": JUNE.as_of,
        "last_on": JUNE.as_of, "covered": 1, "shows_on": JUNE.as_of, "recorded_at": clock.now(),
    }  # fmt: skip
    DailySum.objects.create(denominator=10**30, amount=Decimal("98765432109876543210987654321098765.43"), **alike)
    DailySum.objects.create(denominator=3, amount=Decimal("0.02"), **alike)
    exact = Fraction(9876543210987654321098765432109876543, 100 * 10**30) + Fraction(2, 300)
    assert worths(lead, [JUNE])[0].parts == {("run_cost", ""): exact}


def test_who_sees_no_money_reads_none(counted, initiative, business_owner):
    costs(initiative, business_owner)
    recompute_marked()
    assert worths(make_person(), [JUNE]) == [None]
    controller = make_person("", Role.FINANCE_CONTROLLER, role_unit=make_unit())
    assert [worth.run_cost for worth in worths(controller, [JUNE])] == [0]
    assert worths(controller, [Asked(30, JUNE.as_of, unit=initiative.unit)]) == [None]


def test_what_was_known_then_is_told_as_of_then(counted, initiative, business_owner, lead):
    before = clock.now()
    with clock.fixed_at(before + timedelta(hours=1)):
        costs(initiative, business_owner)
        recompute_marked()
        then = Asked(30, JUNE.as_of, known_at=before)
        with as_known(before):
            told = worths(lead, [then])
        assert [worth.run_cost for worth in (*told, *worths(lead, [JUNE]))] == [0, 30]
        assert [worth.parts for worth in told] == [worth_of([initiative.pk], then.window, known_at=before).parts]
        with pytest.raises(ValueError, match="as_known"):
            worths(lead, [then])


def test_what_was_recorded_after_its_day_restates(counted, initiative, business_owner, lead):
    july = Asked(30, date(2026, 7, 2))
    with clock.fixed_at(datetime(2026, 6, 30, 23, 59, tzinfo=UTC)):
        costs(initiative, business_owner)
        recompute_marked()
    assert restated(lead, [JUNE, july, JUNE.before]) == [False, False, False]
    with clock.fixed_at(datetime(2026, 7, 1, tzinfo=UTC)):
        costs(initiative, business_owner)
        recompute_marked()
    assert restated(lead, [JUNE, july, JUNE.before]) == [True, False, False]


# --- checks


def test_a_check_finds_what_was_changed_by_hand(counted, initiative, business_owner):
    costs(initiative, business_owner)
    out = StringIO()
    call_command("recompute", stdout=out)
    call_command("recompute", "--check", stdout=out)
    assert "No kept row differs" in out.getvalue()
    DailySum.objects.filter(level=0).update(amount=31)
    with pytest.raises(CommandError, match=r"2 kept rows differ from the facts:\nown_sums: wrong .*31\.00"):
        call_command("recompute", "--check")
    assert set(DailySum.objects.values_list("amount", flat=True)) == {31, 30}
    call_command("recompute", "--full", stdout=out)
    call_command("recompute", "--check", stdout=out)
    DailySum.objects.exclude(level=0).delete()
    with pytest.raises(CommandError, match="missing"):
        call_command("recompute", "--check")


def test_a_check_counts_what_waits_and_leaves_it_waiting(counted, initiative, business_owner):
    recompute_marked()
    costs(initiative, business_owner)
    assert check_kept() == (0, [])
    assert (pending_marks(), DailySum.objects.count()) == (1, 0)


# --- tasks


def test_events_hurry_one_count(counted, initiative, business_owner, monkeypatch):
    cache.delete(tasks.HURRIED)
    asked = []
    monkeypatch.setattr(tasks.count_what_changed, "apply_async", lambda **told: asked.append(told))
    costs(initiative, business_owner)
    event = Event.objects.filter(name="ledger.posted").latest("pk")
    for _ in range(3):
        tasks.count_soon(event.pk)
    assert asked == [{"countdown": 2}]
    tasks.count_what_changed()
    assert pending_marks() == 0
    tasks.count_soon(event.pk)
    assert len(asked) == 2
    cache.delete(tasks.HURRIED)


def test_all_is_counted_in_the_night(counted, initiative, business_owner, lead):
    costs(initiative, business_owner)
    KeptMark.objects.all().delete()
    tasks.count_what_changed()
    assert told_of(lead) == 0
    tasks.count_all_of_the_night()
    assert told_of(lead) == 30


# --- two at once, and death in the middle


class Killed(BaseException):
    """The worker is gone: nothing catches it."""


def test_one_that_dies_after_it_wrote_changed_nothing(counted, initiative, business_owner, lead, monkeypatch):
    from value.kept import recompute

    recompute_marked()
    costs(initiative, business_owner)
    whole = recompute.bring_up_to_date

    def die(cursor, touched):
        whole(cursor, touched)
        raise Killed

    monkeypatch.setattr(recompute, "bring_up_to_date", die)
    with pytest.raises(Killed), transaction.atomic():
        recompute_marked()
    assert (pending_marks(), told_of(lead)) == (1, 0)
    monkeypatch.setattr(recompute, "bring_up_to_date", whole)
    recompute_marked()
    assert (pending_marks(), told_of(lead)) == (0, 30)


def test_two_count_and_others_post_at_once(transactional_db, metric, business_owner, lead):
    recompute_all()
    initiatives = [make_initiative(owner=business_owner, unit=metric.initiative.unit) for _ in range(2)]

    def post_some(number):
        for _ in range(10):
            costs(initiatives[number], business_owner)
            recompute_marked()

    assert both(post_some) == ["done", "done"]
    recompute_marked()
    assert check_kept() == (0, [])
    assert told_of(lead) == 600


@contextmanager
def worker(**told: str) -> Iterator[subprocess.Popen[bytes]]:
    """A real Celery worker on the test's own database, and its own broker unless another is told."""
    url = urlsplit(os.environ["DATABASE_URL"])
    database = urlunsplit(url._replace(path=f"/{connection.settings_dict['NAME']}"))
    command = [sys.executable, "-m", "celery", "-A", "aiso", "worker", "--pool=solo", "--loglevel=error"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": database, **told})
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(reached: Callable[[], bool], process: subprocess.Popen[bytes] | None = None) -> None:
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < deadline, "it took too long"
        assert process is None or process.poll() is None, "the worker stopped by itself"
        time.sleep(0.02)


def is_counting() -> bool:
    """Whether a recompute has counted, and waits to write."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'value_dailysum'::regclass)"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.worker
def test_a_worker_killed_in_the_middle_is_followed_by_another(transactional_db, initiative, business_owner, lead):
    recompute_all()
    costs(initiative, business_owner)
    cache.delete(tasks.HURRIED)
    with worker() as first, transaction.atomic(), connection.cursor() as cursor:
        # It took the marks and counted by the time it wants to write, and is killed there.
        cursor.execute("LOCK TABLE value_dailysum IN SHARE MODE")
        tasks.count_what_changed.delay()
        until(is_counting, first)
        first.send_signal(signal.SIGKILL)
        first.wait()
    until(lambda: not is_counting())
    assert (pending_marks(), told_of(lead)) == (1, 0)
    costs(initiative, business_owner, 12)
    tasks.count_what_changed.delay()
    with worker() as second:
        until(lambda: pending_marks() == 0, second)
    assert told_of(lead) == 42
    assert check_kept() == (0, [])


@contextmanager
def broker(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Redis of the test's own."""
    options = OPTIONS | {"unixsocket": str(folder / "r.sock"), "dir": str(folder), "daemonize": "no"}
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    process = subprocess.Popen([_binary(), *words], stdout=subprocess.DEVNULL)
    try:
        until(lambda: _answers(folder))
        yield process
    finally:
        process.kill()
        process.wait()


def _answers(folder: Path) -> bool:
    try:
        return bool(redis.Redis(unix_socket_path=str(folder / "r.sock")).ping())
    except redis.ConnectionError:
        return False


@pytest.mark.worker
def test_a_broker_killed_in_the_middle_loses_nothing(transactional_db, initiative, business_owner, lead):
    recompute_all()
    costs(initiative, business_owner)
    with tempfile.TemporaryDirectory(prefix="aiso-") as name:
        folder = Path(name)
        there = Connection(f"redis+socket://{folder}/r.sock")
        with worker_of_its_own_broker(folder, there) as (process, first):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("LOCK TABLE value_dailysum IN SHARE MODE")
                tasks.count_what_changed.apply_async(connection=there)
                until(is_counting, process)
                first.kill()
                first.wait()
            until(lambda: pending_marks() == 0, process)
            assert told_of(lead) == 30
            costs(initiative, business_owner, 12)
            with broker(folder):
                tasks.count_what_changed.apply_async(connection=Connection(there.as_uri()))
                until(lambda: pending_marks() == 0, process)
    assert told_of(lead) == 42
    assert check_kept() == (0, [])


@contextmanager
def worker_of_its_own_broker(folder: Path, there: Connection):
    with broker(folder) as first, worker(REDIS_URL=f"unix://{folder}/r.sock") as process:
        yield process, first
