"""Whether what finance confirmed lasts: the definition by examples, on days that are easy to miss."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from aiso import clock
from portfolio.models import OutcomeMetric
from tests.factories import make_initiative, move_stage
from value.actions.claims import confirm_claim, reject_claim
from value.actions.measure import confirm_measurement, record_measurement, reject_measurement
from value.actions.months import close_month
from value.actions.post import reverse_entry
from value.durability import Outcome, Reading, Span
from value.models import BenefitType
from value.worth import Window, worth_of

from .factories import claim

pytestmark = pytest.mark.django_db
TODAY = datetime(2026, 6, 15, 12, tzinfo=UTC)


def read(day: date, value: int, pk: int = 1, *, baseline: int | None = 10, unit: str = "h", direction: str = "up"):
    """A confirmed reading of an outcome that began at 10."""
    return Reading(pk, Decimal(value), day, None if baseline is None else Decimal(baseline), unit, direction)


def outcome(*readings: Reading, launch: date = date(2026, 1, 31), claimed_from: date | None = date(2026, 2, 1)):
    return Outcome(launch, claimed_from, readings)


@pytest.mark.parametrize(
    ("launch", "due"),
    [
        (date(2027, 11, 30), [date(2028, 2, 29), date(2028, 5, 30), date(2028, 11, 30)]),
        (date(2026, 11, 30), [date(2027, 2, 28), date(2027, 5, 30), date(2027, 11, 30)]),
        (date(2028, 2, 29), [date(2028, 5, 29), date(2028, 8, 29), date(2029, 2, 28)]),
        (date(2026, 8, 31), [date(2026, 11, 30), date(2027, 2, 28), date(2027, 8, 31)]),
    ],
)
def test_checks_fall_due_after_calendar_months(launch, due):
    assert [day for _, day in outcome(launch=launch, claimed_from=launch).due_days] == due


def test_only_what_was_confirmed_by_then_is_measured_again():
    assert outcome(claimed_from=None).due_days == []
    assert [months for months, _ in outcome(claimed_from=date(2026, 4, 30)).due_days] == [3, 6, 12]
    assert [months for months, _ in outcome(claimed_from=date(2026, 5, 1)).due_days] == [6, 12]
    better, worse = read(date(2026, 7, 31), 12), read(date(2026, 4, 1), 9)
    assert [months for months, _ in outcome(worse, better, claimed_from=None).due_days] == [6, 12]
    assert outcome(read(date(2026, 4, 1), 12, baseline=None), claimed_from=None).due_days == []


@pytest.mark.parametrize(
    ("value", "state", "lost"),
    [
        (40, "held", None),
        (28, "held", None),
        (27, "decayed", Fraction(3, 20)),
        (11, "decayed", Fraction(19, 20)),
        (10, "lost", Fraction(1)),
        (5, "lost", Fraction(1)),
    ],
)
def test_what_is_left_counts_from_the_day_measured(value, state, lost):
    """Of an improvement of 20, nine tenths are 18."""
    found = outcome(read(date(2026, 3, 1), 30), read(date(2026, 5, 2), value, 2))
    assert found.checks(date(2026, 5, 2))[0].state == state
    assert [*found.spans_lost(date(2026, 5, 10))] == ([Span(date(2026, 5, 2), date(2026, 5, 10), lost)] if lost else [])


def test_a_check_is_due_then_overdue():
    found = outcome()
    says = {day: found.checks(day)[0].state for day in (date(2026, 4, 29), date(2026, 4, 30), date(2026, 5, 29))}
    assert [*says.values()] == ["to_come", "due", "due"]
    assert found.checks(date(2026, 5, 30))[0].state == "overdue"
    assert [*found.spans_lost(date(2026, 5, 29))] == []
    assert [*found.spans_lost(date(2026, 5, 30))] == [Span(date(2026, 5, 30), date(2026, 5, 30), Fraction(1))]


def test_what_waits_for_finance_keeps_it_from_being_overdue():
    waiting = read(date(2026, 5, 29), 30, baseline=None)
    found = outcome(waiting)
    assert [*found.spans_lost(date(2026, 8, 29))] == []
    assert found.checks(date(2026, 6, 30))[0].state == "waiting"
    # A day later it came too late.
    assert [span.first for span in outcome(read(date(2026, 5, 30), 30, baseline=None)).spans_lost(date(2026, 6, 30))]


def test_a_later_good_measurement_counts_again():
    found = outcome(read(date(2026, 3, 1), 30), read(date(2026, 6, 9), 29, 2))
    assert [*found.spans_lost(date(2026, 6, 30))] == [Span(date(2026, 5, 30), date(2026, 6, 8), Fraction(1))]
    assert found.checks(date(2026, 6, 30))[0].state == "held"
    half = outcome(read(date(2026, 3, 1), 30), read(date(2026, 5, 1), 20, 2), read(date(2026, 5, 20), 30, 3))
    assert [*half.spans_lost(date(2026, 6, 30))] == [Span(date(2026, 5, 1), date(2026, 5, 19), Fraction(1, 2))]


def test_a_check_that_nobody_made_was_missed():
    found = outcome(read(date(2026, 8, 1), 30))
    assert [check.state for check in found.checks(date(2026, 8, 2))] == ["missed", "held", "to_come"]


def test_the_improvement_is_read_by_the_later_baseline():
    before, later = read(date(2026, 3, 1), 30), read(date(2026, 5, 1), 20, 2, baseline=0)
    # 20 of the 30 that it would have been by this baseline.
    assert outcome(before, later).share_of(later) == Fraction(2, 3)
    other = read(date(2026, 5, 1), 20, 2, unit="min")
    assert outcome(before, other).share_of(other) == 1


def test_without_one_before_the_first_check_the_first_one_is_what_is_compared():
    first, second = read(date(2026, 5, 1), 30), read(date(2026, 7, 31), 20, 2)
    found = outcome(first, second)
    assert [check.state for check in found.checks(date(2026, 8, 1))] == ["held", "decayed", "to_come"]


def launched(launch: date, owner, **fields) -> OutcomeMetric:
    """From 14 stops down."""
    initiative = make_initiative(owner=owner, since=date(2025, 1, 1))
    move_stage(initiative, "limited_rollout", launch)
    told = {"baseline": Decimal(14), "baseline_on": date(2025, 1, 1), "baseline_source": "Log"}
    return OutcomeMetric.objects.create(
        initiative=initiative, name="Stops", unit="stops", direction="down", **told | fields
    )


def measure(metric, owner, finance, value, day):
    row = record_measurement(metric, actor=owner, value=Decimal(value), measured_on=day, method="Log")
    confirm_measurement(row, actor=finance)
    return row


def test_an_entry_counts_by_the_days_on_which_the_outcome_lasted(business_owner, finance_controller):
    metric = launched(date(2026, 1, 31), business_owner)
    measure(metric, business_owner, finance_controller, 10, date(2026, 3, 1))
    entry = claim(metric, business_owner, amount=Decimal(31))
    assert worth_of([metric.initiative_id], Window.to_date()).decayed == 0
    confirm_claim(entry, actor=finance_controller)
    # Nobody measured by 29 May: the 30th and 31st count nothing.
    worth = worth_of([metric.initiative_id], Window.to_date())
    assert (worth.confirmed, worth.decayed, worth.net) == (31, 2, 29)
    assert worth.sum_of("decayed", BenefitType.CASHABLE) == 2
    assert worth_of([metric.initiative_id], Window.to_date(date(2026, 5, 30))).decayed == 1
    assert worth_of([metric.initiative_id], Window.to_date(date(2026, 5, 29))).decayed == 0
    before = clock.now()
    with clock.fixed_at(TODAY + timedelta(hours=1)):
        # A quarter is left, from the 12th on.
        measure(metric, business_owner, finance_controller, 13, date(2026, 5, 12))
        worth = worth_of([metric.initiative_id], Window.to_date())
        assert (worth.confirmed, worth.decayed, worth.net) == (31, 15, 16)
        then = worth_of([metric.initiative_id], Window.to_date(), known_at=before)
        assert (then.decayed, then.net) == (2, 29)
        # By the 11th nothing had decayed.
        assert worth_of([metric.initiative_id], Window.to_date(date(2026, 5, 11))).decayed == 0
        reverse_entry(entry, actor=finance_controller, reason="Twice.")
        worth = worth_of([metric.initiative_id], Window.to_date())
        assert (worth.confirmed, worth.decayed, worth.net) == (0, 0, 0)


def test_a_rejection_makes_it_overdue_from_then(business_owner, finance_controller):
    metric = launched(date(2026, 1, 31), business_owner)
    measure(metric, business_owner, finance_controller, 10, date(2026, 3, 1))
    confirm_claim(claim(metric, business_owner, amount=Decimal(31)), actor=finance_controller)
    row = record_measurement(metric, actor=business_owner, value=Decimal(9), measured_on=date(2026, 5, 3), method="Log")
    assert worth_of([metric.initiative_id], Window.to_date()).decayed == 0
    known = clock.now()
    with clock.fixed_at(TODAY + timedelta(hours=1)):
        reject_measurement(row, actor=finance_controller, reason="Half a month.")
        assert worth_of([metric.initiative_id], Window.to_date()).decayed == 2
        assert worth_of([metric.initiative_id], Window.to_date(), known_at=known).decayed == 0


def test_what_is_taken_back_after_its_month_closed_takes_what_it_counted(business_owner, finance_controller):
    metric = launched(date(2026, 1, 31), business_owner)
    measure(metric, business_owner, finance_controller, 10, date(2026, 3, 1))
    entry = claim(metric, business_owner, amount=Decimal(31))
    confirm_claim(entry, actor=finance_controller)
    close_month(date(2026, 5, 1), actor=finance_controller)
    reverse_entry(entry, actor=finance_controller, reason="Twice.")
    today = Window(date(2026, 6, 15), date(2026, 6, 15))
    worth = worth_of([metric.initiative_id], today)
    assert (worth.confirmed, worth.decayed, worth.net) == (-31, -2, -29)
    assert worth_of([metric.initiative_id], Window.to_date()).net == 0


def test_only_confirmed_claims_of_launched_initiatives_decay(business_owner, finance_controller):
    metric = launched(date(2026, 1, 31), business_owner)
    measure(metric, business_owner, finance_controller, 10, date(2026, 3, 1))
    confirm_claim(claim(metric, business_owner), actor=finance_controller)
    reject_claim(claim(metric, business_owner), actor=finance_controller, reason="No.")
    claim(metric, business_owner)
    worth = worth_of([metric.initiative_id], Window.to_date())
    assert worth.decayed == (Decimal(1000) * 2 / 31).quantize(Decimal("0.01"))
    never = OutcomeMetric.objects.create(
        initiative=make_initiative(owner=business_owner, stage="pilot"), name="M", unit="u", direction="up"
    )
    confirm_claim(claim(never, business_owner), actor=finance_controller)
    assert worth_of([never.initiative_id], Window.to_date()).decayed == 0


def test_the_first_entry_into_production_is_the_launch(business_owner, finance_controller):
    metric = launched(date(2026, 1, 31), business_owner)
    measure(metric, business_owner, finance_controller, 10, date(2026, 3, 1))
    move_stage(metric.initiative, "pilot", date(2026, 2, 15))
    move_stage(metric.initiative, "scale", date(2026, 3, 15))
    confirm_claim(claim(metric, business_owner, amount=Decimal(31)), actor=finance_controller)
    assert worth_of([metric.initiative_id], Window.to_date()).decayed == 2


def test_the_office_s_day_is_what_counts(settings, business_owner, finance_controller):
    metric = launched(date(2026, 1, 31), business_owner)
    late = datetime(2026, 5, 29, 22, 30, tzinfo=UTC)
    with clock.fixed_at(late):
        days = {"first_on": date(2026, 5, 1), "last_on": date(2026, 5, 29), "happened_on": date(2026, 5, 1)}
        confirm_claim(claim(metric, business_owner, amount=Decimal(29), **days), actor=finance_controller)
        assert worth_of([metric.initiative_id], Window.to_date()).decayed == 0
        claimed = Window.to_date()
        assert claimed.as_of == date(2026, 5, 29)
    settings.TIME_ZONE = "Europe/Berlin"
    from django.utils import timezone

    timezone.get_default_timezone.cache_clear()
    try:
        with clock.fixed_at(late):
            assert Window.to_date().as_of == date(2026, 5, 30)
    finally:
        settings.TIME_ZONE = "UTC"
        timezone.get_default_timezone.cache_clear()


def test_many_decaying_outcomes_cost_as_many_queries_as_one(
    business_owner, finance_controller, django_assert_num_queries
):
    metrics = [launched(date(2026, 1, 31), business_owner) for _ in range(4)]
    for metric in metrics:
        measure(metric, business_owner, finance_controller, 10, date(2026, 3, 1))
        confirm_claim(claim(metric, business_owner, amount=Decimal(31)), actor=finance_controller)
    for several in (metrics[:1], metrics):
        with django_assert_num_queries(5):
            worth = worth_of([metric.initiative_id for metric in several], Window.to_date())
        assert worth.decayed == 2 * len(several)


def test_the_threshold_is_a_setting(settings):
    settings.DURABILITY_HELD_PERCENT = 50
    found = outcome(read(date(2026, 3, 1), 30), read(date(2026, 5, 2), 20, 2))
    assert found.checks(date(2026, 5, 2))[0].state == "held"
