"""What was known at a moment, kept in a schema of its own: made once, read as if it were counted, dropped in time."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from kombu.exceptions import OperationalError as BrokerAwayError

from aiso import clock
from portfolio.models import Initiative, Ownership
from tests.at_once import both
from tests.factories import make_initiative, make_ownership, make_person, make_unit, move_stage
from value import tasks
from value.dashboard.asked import Asked
from value.dashboard.money import worths
from value.kept import anew, asking, look_backs, recompute
from value.kept.as_known import as_known
from value.kept.look_backs import drop_all, drop_ended, is_kept, make
from value.kept.recompute import recompute_all, recompute_marked
from value.models import DailySum, KeptMark, LedgerEntry

from .factories import cost_of, post
from .look_backs import counted, nothing, schemas
from .test_recompute import until, worker

THEN = datetime(2026, 6, 1, tzinfo=UTC)
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ASKED = Asked(30, date(2026, 6, 30), known_at=THEN)


@pytest.fixture
def known(initiative, business_owner, executive):
    """30 € of June that were recorded on 1 June, of 50 €."""
    days = {"first_on": date(2026, 6, 1), "last_on": date(2026, 6, 30), "happened_on": date(2026, 6, 1)}
    with clock.fixed_at(THEN):
        post(initiative, business_owner, cost_of(30, **days))
    post(initiative, business_owner, cost_of(20, **days))
    recompute_marked()
    return executive


@pytest.fixture
def committed(transactional_db) -> Iterator[None]:
    """What a test commits of them is dropped when it ends."""
    recompute_all()
    yield
    drop_all()


def run_costs(executive) -> int:
    with as_known(THEN):
        return int(worths(executive, [ASKED])[0].run_cost)


@contextmanager
def elsewhere(deed: Callable[[], object]) -> Iterator[None]:
    """On another connection a deed is done, in a transaction that lasts as long as this."""
    begun, enough = threading.Event(), threading.Event()

    def do() -> None:
        with transaction.atomic(), clock.fixed_at(NOW):
            deed()
            begun.set()
            enough.wait(30)
        connection.close()

    thread = threading.Thread(target=do)
    thread.start()
    assert begun.wait(30)
    try:
        yield
    finally:
        enough.set()
        thread.join()


# --- made and read


def test_it_is_made_once_and_read_without_counting(known):
    assert counted(lambda: run_costs(known)) > 0
    assert counted(lambda: make(THEN, nothing)) > 0
    assert schemas() == [look_backs.name_of(THEN)]
    assert counted(lambda: make(THEN, nothing)) == 0
    assert counted(lambda: run_costs(known)) == 0
    assert run_costs(known) == 30
    # Beside it and after it all is as ever.
    assert DailySum.objects.filter(level=0).count() == 1
    with as_known(THEN + HOUR):
        assert LedgerEntry.objects.count() == 1
    assert (LedgerEntry.objects.count(), LedgerEntry._meta.db_table) == (2, "value_ledgerentry")


def test_what_is_recorded_later_does_not_enter_it(known, initiative, business_owner):
    make(THEN, nothing)
    post(initiative, business_owner, cost_of(7, first_on=date(2026, 6, 2), last_on=date(2026, 6, 2)))
    recompute_marked()
    assert is_kept(THEN)
    assert run_costs(known) == 30


def test_how_far_it_is_is_told_before_each_table(known):
    told: list[tuple[int, int]] = []
    make(THEN, lambda done, of: told.append((done, of)))
    assert told == [(done, len(told)) for done in range(len(told))]
    assert len(told) == len(anew.dated_tables())


# --- what ends it


def test_where_anything_without_a_date_changes_all_are_retired(known, initiative):
    unit = make_unit()
    rows = Initiative.objects.filter(pk=initiative.pk)
    ended = make_ownership(make_initiative(), make_person(), since=date(2026, 1, 1))
    rows_of_owners = Ownership.objects.filter(pk=ended.pk)
    rows_of_owners.update(ended_on=date(2026, 2, 1), end_recorded_at=THEN)
    recompute_marked()
    for deed in (
        lambda: rows.update(unit=unit),
        lambda: rows.update(is_confidential=True),
        lambda: setattr(unit, "parent", make_unit()) or unit.save(),
        lambda: initiative.stage_changes.create(stage="idea", changed_on=date(2026, 1, 1), source="opening").delete(),
        lambda: initiative.ownerships.all().delete(),
        lambda: rows_of_owners.update(ended_on=None, end_recorded_at=None),
    ):
        make(THEN, nothing)
        assert is_kept(THEN)
        deed()
        assert is_kept(THEN)
        recompute_marked()
        assert not is_kept(THEN)
    assert make(THEN, nothing)


def test_what_is_recorded_of_stages_and_owners_retires_none(known, initiative):
    make(THEN, nothing)
    initiative.stage_changes.create(stage="scale", changed_on=date(2026, 6, 3), source="opening")
    held = make_ownership(initiative, make_person(), "technical", since=date(2026, 6, 3))
    Ownership.objects.filter(pk=held.pk).update(ended_on=date(2026, 6, 9), end_recorded_at=NOW)
    recompute_marked()
    assert is_kept(THEN)


def test_after_a_move_the_new_unit_has_it(known, initiative):
    make(THEN, nothing)
    unit = make_unit("Other")
    Initiative.objects.filter(pk=initiative.pk).update(unit=unit)
    recompute_marked()
    for _ in range(2):
        with as_known(THEN):
            assert worths(known, [replace(ASKED, unit=unit)])[0].run_cost == 30
        make(THEN, nothing)


def test_recomputing_all_retires_all(known):
    make(THEN, nothing)
    call_command("recompute", "--check")
    assert is_kept(THEN)
    call_command("recompute", "--full")
    assert not is_kept(THEN)
    drop_ended()
    assert schemas() == []


def test_each_is_kept_for_an_hour(known):
    make(THEN, nothing)
    with clock.fixed_at(NOW + HOUR):
        tasks.drop_look_backs()
        assert is_kept(THEN)
    with clock.fixed_at(NOW + HOUR + timedelta(seconds=1)):
        assert not is_kept(THEN)
        tasks.drop_look_backs()
    assert schemas() == []


def test_of_what_may_still_become_known_none_is_kept_for_long(known):
    moments = [NOW - timedelta(minutes=9), NOW - timedelta(minutes=10)]
    for moment in moments:
        make(moment, nothing)
    with clock.fixed_at(NOW + timedelta(minutes=1)):
        assert all(map(is_kept, moments))
    with clock.fixed_at(NOW + timedelta(minutes=1, seconds=1)):
        assert [is_kept(moment) for moment in moments] == [False, True]
        # It is made again.
        assert make(moments[0], nothing)
        assert is_kept(moments[0])


def test_the_oldest_make_room(known, monkeypatch):
    monkeypatch.setattr(look_backs, "MOST", 2)
    moments = [THEN - HOUR * number for number in range(3)]
    for number, moment in enumerate(moments):
        with clock.fixed_at(NOW + timedelta(seconds=number)):
            asking.make_asked(moment)
    assert [is_kept(moment) for moment in moments] == [False, True, True]
    assert len(schemas()) == 2


def test_migrating_drops_all_and_begins_with_none(known):
    make(THEN, nothing)
    call_command("migrate", verbosity=0)
    assert schemas() == []
    drop_all()


def test_what_postgres_empties_after_a_crash_is_not_read(known):
    make(THEN, nothing)
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace", [schemas()[0]])
        names = {name for (name,) in cursor.fetchall()}
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = 'r' "
            "AND relpersistence = 'u'",
            [schemas()[0]],
        )
        unlogged = {name for (name,) in cursor.fetchall()}
        assert {"life", "value_dailysum"} < unlogged < names
        cursor.execute(f"TRUNCATE {', '.join(f'{schemas()[0]}.{name}' for name in unlogged)}")
    assert not is_kept(THEN)
    assert run_costs(known) == 30
    assert make(THEN, nothing)
    assert counted(lambda: run_costs(known)) == 0


# --- asking for it


def test_few_facts_are_counted_at_once(known, asked, monkeypatch):
    count = sum(model.objects.count() for model, _ in anew.RECORDED)
    monkeypatch.setattr(asking, "AT_ONCE", count)
    assert (asking.awaited(None), asking.awaited(THEN), asked) == (None, None, [])
    monkeypatch.setattr(asking, "AT_ONCE", count - 1)
    assert (asking.awaited(None), asking.awaited(THEN), len(asked)) == (None, 0, 1)


def test_it_is_asked_for_once(known, asked):
    assert [asking.awaited(THEN) for _ in range(3)] == [0, 0, 0]
    assert asked == [["2026-06-01T00:00:00+00:00"]]
    tasks.look_back(*asked[0])
    assert asking.awaited(THEN) is None
    assert run_costs(known) == 30
    # Repeating it finds it there.
    assert counted(lambda: tasks.look_back(*asked[0])) == 0
    assert len(asked) == 1


def test_how_far_it_is_is_seen_meanwhile(known, asked, monkeypatch):
    shares: list[int | None] = []
    count = anew._count

    def look_and_count(cursor, kept, place):
        shares.append(cache.get(asking._key(THEN)))
        count(cursor, kept, place)

    asking.awaited(THEN)
    monkeypatch.setattr(anew, "_count", look_and_count)
    tasks.look_back(*asked[0])
    assert (shares[0], shares[1]) == (0, 100 // len(shares))
    assert shares == sorted(shares)


def test_what_was_lost_with_its_worker_is_asked_for_again(known, asked, monkeypatch):
    monkeypatch.setattr(asking, "ASKED_AGAIN", 1)
    for _ in range(3):
        assert asking.awaited(THEN) == 0
        time.sleep(0.6)
    assert len(asked) == 2


def test_few_are_waited_for_at_once(known, asked, monkeypatch):
    moments = [THEN - HOUR * number for number in range(asking.MOST + 1)]
    for _ in range(2):
        assert [asking.awaited(moment) for moment in moments] == [0] * len(moments)
    assert len(asked) == asking.MOST
    tasks.look_back(*asked[0])
    assert asking.awaited(moments[-1]) == 0
    assert asked[-1] == [moments[-1].isoformat()]


def test_what_nobody_asks_for_any_more_is_given_up(committed, asked):
    asking.awaited(THEN)
    with elsewhere(_count_another):
        tasks.look_back(*asked[0])
        assert len(asked) == 2
        cache.delete(asking._wanted(THEN))
        tasks.look_back(*asked[0])
    assert len(asked) == 2


def test_a_broker_that_is_away_is_asked_again_by_the_next_look(known, asked, monkeypatch):
    def away(*told, **options):
        raise BrokerAwayError

    with monkeypatch.context() as patched:
        patched.setattr(tasks.look_back, "apply_async", away)
        assert asking.awaited(THEN) == 0
    assert asking.awaited(THEN) == 0
    assert len(asked) == 1


class Killed(BaseException):
    """The worker is gone: nothing catches it."""


def test_one_that_dies_in_the_middle_leaves_nothing(known):
    def die(done, of):
        if done == 5:
            raise Killed

    with pytest.raises(Killed):
        make(THEN, die)
    assert (schemas(), is_kept(THEN)) == ([], False)
    assert make(THEN, nothing)


# --- two at once


def test_two_at_once_make_one(committed, metric, asked):
    def make_it(number: int) -> None:
        for _ in range(50):
            asking.make_asked(THEN)
            if is_kept(THEN):
                return

    assert both(make_it) == ["done", "done"]
    assert schemas() == [look_backs.name_of(THEN)]


def _count_another() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock({anew.LOCK})")


def test_whose_turn_it_is_not_tries_again(committed, asked):
    asking.awaited(THEN)
    with elsewhere(_count_another):
        tasks.look_back(THEN.isoformat())
        assert asked == [[THEN.isoformat()]] * 2
        assert schemas() == []
    tasks.look_back(*asked[0])
    assert is_kept(THEN)


def test_who_reads_one_keeps_it_until_the_end(committed, asked, monkeypatch):
    make(THEN, nothing)

    def read() -> None:
        with connection.cursor() as cursor:
            assert look_backs.enter(cursor, THEN)

    with elsewhere(read):
        # Retiring waits for nobody: nobody begins to read it, and it is not dropped.
        recompute_all()
        assert not is_kept(THEN)
        drop_ended()
        assert len(schemas()) == 1
        assert not make(THEN, nothing)
        monkeypatch.setattr(look_backs, "TRIES", 2)
        with pytest.raises(RuntimeError, match=look_backs.name_of(THEN)):
            drop_all()
    drop_ended()
    assert schemas() == []


def test_one_that_is_made_while_something_moves_is_retired(committed, metric, business_owner):
    """The move is not in it, and it is not there yet when the move is to be counted."""
    moved = make_initiative(owner=business_owner)
    move_stage(moved, "build", date(2026, 1, 2))
    recompute_marked()

    def make_it() -> None:
        assert make(THEN, nothing)

    threads = [threading.Thread(target=lambda: (recompute_marked(), connection.close()))]
    with elsewhere(make_it):
        Initiative.objects.filter(pk=moved.pk).update(unit=make_unit())
        threads[0].start()
        until(_waits)
        assert KeptMark.objects.exists()
    threads[0].join()
    assert not KeptMark.objects.exists()
    assert not is_kept(THEN)


def test_who_comes_again_by_the_clock_does_not_wait_for_one_that_is_made(committed, initiative, monkeypatch):
    monkeypatch.setattr(recompute, "MOMENT", "50ms")

    def make_it() -> None:
        assert make(THEN, nothing)

    with elsewhere(make_it):
        move_stage(initiative, "scale", date(2026, 1, 2))
        tasks.count_what_changed()
        assert KeptMark.objects.exists()
    tasks.count_what_changed()
    assert not KeptMark.objects.exists()


def test_what_another_dropped_meanwhile_needs_nothing_more(known, monkeypatch):
    gone = look_backs.name_of(THEN + HOUR)
    monkeypatch.setattr(look_backs, "_names", lambda cursor: [gone])
    drop_ended()
    drop_all()


def test_what_another_version_made_is_not_read(known, monkeypatch):
    make(THEN, nothing)
    monkeypatch.setattr(look_backs, "_version", lambda: "0" * 8)
    assert not is_kept(THEN)
    assert counted(lambda: run_costs(known)) > 0


def _waits() -> bool:
    """Whether somebody waits for their turn to count."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype = 'advisory')")
        return bool(cursor.fetchone()[0])


@pytest.mark.worker
def test_a_worker_killed_in_the_middle_leaves_nothing_and_another_makes_it(committed, metric):
    with worker() as first, transaction.atomic(), connection.cursor() as cursor:
        # The schema is there for the worker alone by the time it wants to look at the entries.
        cursor.execute("LOCK TABLE value_ledgerentry IN ACCESS EXCLUSIVE MODE")
        tasks.look_back.delay(THEN.isoformat())
        until(_looks_at_entries, first)
        first.send_signal(signal.SIGKILL)
        first.wait()
    until(lambda: not _looks_at_entries())
    assert schemas() == []
    with worker() as second:
        tasks.look_back.delay(THEN.isoformat())
        until(lambda: is_kept(THEN), second)


def _looks_at_entries() -> bool:
    """Whether somebody waits to read entries."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'public.value_ledgerentry'::regclass)"
        )
        return bool(cursor.fetchone()[0])
