"""Whether what runs in production has a run cost in each month: examples, and any history read anew, day by day."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from aiso import clock
from portfolio.models import Initiative
from tests.api.conftest import Script, make_api_token
from tests.factories import make_initiative, make_person, move_stage
from value.actions.post import reverse_entry
from value.cost_coverage import CostCoverage, cost_coverage_by_initiative, cost_coverage_of
from value.worth import Window

from .factories import cost_of, post

pytestmark = pytest.mark.django_db
QUARTER = Window(date(2026, 6, 15), date(2026, 4, 1))
APRIL, MAY, JUNE = date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)


@pytest.fixture
def live(business_owner) -> Initiative:
    """In limited rollout since 20 April, at scale since June."""
    found = make_initiative(owner=business_owner, stage="pilot", since=date(2026, 1, 1))
    move_stage(found, "limited_rollout", date(2026, 4, 20))
    move_stage(found, "scale", JUNE)
    return found


def run(initiative, day: date, **more):
    return post(initiative, initiative.business_owner, cost_of(10, happened_on=day, first_on=day, **more))


def test_a_month_in_production_needs_a_run_cost(live):
    run(live, APRIL, last_on=date(2026, 4, 2))
    run(live, MAY, kind="rework")
    found = cost_coverage_of([live.pk], QUARTER)
    assert (found.covered, found.missing_months, found.share) == (1, [MAY, JUNE], Decimal("0.3333"))
    assert (found.is_complete, found.told) == (False, "May and June 2026")
    run(live, MAY, last_on=date(2026, 6, 1))
    found = cost_coverage_of([live.pk], QUARTER)
    assert (found.is_complete, found.share, found.told) == (True, 1, "")


def test_what_was_taken_back_or_not_known_covers_nothing(live):
    entry = run(live, APRIL, last_on=JUNE)
    before = clock.now()
    with clock.fixed_at(before + timedelta(hours=1)):
        reverse_entry(entry, actor=live.business_owner, reason="Not ours.")
        assert cost_coverage_of([live.pk], QUARTER).covered == 0
        assert cost_coverage_of([live.pk], QUARTER, known_at=before).covered == 3
        early = cost_coverage_of([live.pk], QUARTER, known_at=before - timedelta(seconds=1))
        # Then nobody knew of its stages either.
        assert early.share is None or early.covered == 0


def test_what_is_not_in_production_needs_none(live, business_owner):
    move_stage(live, "paused", JUNE)
    move_stage(live, "closed", date(2026, 6, 2))
    pilot = make_initiative(owner=business_owner, stage="pilot", since=date(2026, 1, 1))
    found = cost_coverage_by_initiative([live.pk, pilot.pk], QUARTER)
    # Of two changes on one day the later holds: it was at scale on no day.
    assert {pk: each.missing_months for pk, each in found.items()} == {live.pk: [APRIL, MAY]}
    assert cost_coverage_of([pilot.pk], QUARTER) == CostCoverage()
    assert cost_coverage_of([pilot.pk], QUARTER).share is None
    assert cost_coverage_of([], QUARTER).is_complete


def test_the_window_bounds_it(live):
    assert cost_coverage_of([live.pk], Window.to_date(date(2026, 4, 19))).share is None
    assert cost_coverage_of([live.pk], Window.to_date(date(2026, 4, 20))).missing_months == [APRIL]
    assert cost_coverage_of([live.pk], Window(date(2026, 5, 31), date(2026, 5, 31))).missing_months == [MAY]


def test_many_months_are_counted(live):
    found = cost_coverage_of([live.pk], Window.to_date(date(2027, 3, 1)))
    assert found.told == "April 2026 to March 2027"


def test_many_cost_one_query(live, business_owner, django_assert_num_queries):
    rows = [live.pk, *(make_initiative(owner=business_owner, stage="scale", since=MAY).pk for _ in range(4))]
    with django_assert_num_queries(1):
        assert len(cost_coverage_by_initiative(rows, QUARTER)) == 5
    with django_assert_num_queries(2):
        assert len(cost_coverage_of(Initiative.objects.all(), QUARTER).missing) == 3 + 4 * 2


def test_the_tab_and_the_api_say_what_is_missing(live, client):
    here = f"{live.get_absolute_url()}value/"
    owner = live.business_owner
    client.force_login(owner)
    told = "Run cost is missing for April to June 2026: net value is incomplete."
    assert told in " ".join(client.get(here).content.decode().split())
    run(live, APRIL, last_on=JUNE)
    assert "There is a run cost for all 3 months in production." in client.get(here).content.decode()
    api = Script(make_api_token(owner)[1])
    address = f"/api/v1/initiatives/{live.reference}/value/"
    assert api.get(address).json()["cost_coverage"] == {
        "is_complete": True,
        "share": "1.0000",
        "covered": 3,
        "missing": [],
    }
    early = api.get(f"{address}?as_of=2026-03-01").json()["cost_coverage"]
    assert (early["share"], early["covered"]) == (None, 0)
    assert Script(make_api_token(make_person())[1]).get(address).status_code == 403


stays = st.lists(
    st.tuples(st.integers(0, 500), st.sampled_from(["pilot", "limited_rollout", "scale", "paused", "closed"])),
    max_size=6,
)
costs = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 70), st.booleans()), max_size=5)
BEGIN = date(2027, 12, 20)
# Late enough that all of it is over, and yet some is taken back before the last day that is looked at.
NOW = datetime(2029, 6, 1, 12, tzinfo=UTC)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(stays, costs, st.integers(0, 520), st.sampled_from([None, 1, 30, 90, 366]))
def test_any_history_reads_as_the_definition_says(db, stays, costs, after, days):
    with transaction.atomic(), clock.fixed_at(NOW):
        owner = make_person()
        one = make_initiative(owner=owner, since=BEGIN)
        changes = [(BEGIN + timedelta(days=n), stage) for n, stage in stays]
        for day, stage in changes:
            move_stage(one, stage, day)
        for start, length, is_taken_back in costs:
            first, last = BEGIN + timedelta(days=start), BEGIN + timedelta(days=start + length)
            entry = post(one, owner, cost_of(5, happened_on=first, first_on=first, last_on=last))
            if is_taken_back:
                with clock.fixed_at(clock.now() - timedelta(days=after)):
                    reverse_entry(entry, actor=owner, reason="No.")
        as_of = BEGIN + timedelta(days=after)
        window = Window.of_days(days, as_of) if days else Window.to_date(as_of)
        found = cost_coverage_of([one.pk], window)
        live = {day.replace(day=1) for day in _live(changes, window)}
        paid = _paid(one, as_of)
        assert set(found.missing_months) == {month for month in live if month not in paid}
        assert found.covered == len(live & paid)
        transaction.set_rollback(True)


def _live(changes: list[tuple[date, str]], window: Window) -> list[date]:
    """Each day of the window on which the last word of its stage is one of production."""
    found, day = [], max(BEGIN, window.first or BEGIN)
    while day <= window.as_of:
        told = [(when, place, stage) for place, (when, stage) in enumerate(changes) if when <= day]
        if told and max(told)[2] in ("limited_rollout", "scale"):
            found.append(day)
        day += timedelta(days=1)
    return found


def _paid(one: Initiative, as_of: date) -> set[date]:
    """Months with a day of a run cost that happened by then, and was not taken back by then."""
    found = set()
    for entry in one.ledger_entries.filter(reverses=None):
        taken = getattr(entry, "reversed_by", None)
        if entry.happened_on > as_of or (taken and taken.happened_on <= as_of):
            continue
        every = [entry.first_on + timedelta(days=n) for n in range((entry.last_on - entry.first_on).days + 1)]
        found |= {day.replace(day=1) for day in every}
    return found
