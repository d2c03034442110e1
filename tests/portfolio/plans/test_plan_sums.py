"""Months and sums of a plan, for any months and any amounts."""

import itertools
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from aiso import clock
from portfolio.models import PlanKind
from portfolio.models.plan import BENEFITS
from portfolio.plans import figures_of, first_of_month, months_from

MONTHS = st.dates(date(2020, 1, 1), date(2060, 12, 31)).map(first_of_month)
AMOUNTS = st.decimals(Decimal(0), Decimal("99999999999999.99"), places=2)
CELLS = st.dictionaries(st.tuples(MONTHS, st.sampled_from([str(kind) for kind in PlanKind])), AMOUNTS, max_size=60)
JAN = date(2027, 1, 1)


@given(MONTHS, st.integers(0, 400))
def test_months_from_one_to_another_follow_each_other_without_a_gap(first, count):
    last = clock.months_later(first, count)

    months = months_from(first, last)

    assert months[0] == first
    assert months[-1] == last
    assert len(months) == count + 1
    assert all(month.day == 1 for month in months)
    assert all(clock.months_later(one, 1) == other for one, other in itertools.pairwise(months))


def test_months_the_wrong_way_round_are_none():
    assert months_from(date(2027, 2, 1), date(2027, 1, 31)) == []


@given(CELLS)
def test_nothing_is_lost_between_amounts_years_and_totals(cells):
    figures = figures_of(cells)

    assert sum(figures.totals.values()) == sum(cells.values())
    for kind, total in figures.totals.items():
        assert total == sum(year.get(kind, Decimal(0)) for year in figures.years.values())


@given(CELLS)
def test_a_year_of_a_kind_is_its_first_twelve_months(cells):
    figures = figures_of(cells)

    for kind in PlanKind:
        months = sorted(month for (month, of), amount in cells.items() if of == kind and amount)
        if not months:
            assert kind not in figures.a_year
            continue
        inside = months_from(months[0], clock.months_later(months[0], 11))
        assert figures.a_year[kind] == sum(cells.get((month, kind), Decimal(0)) for month in inside)
        assert figures.a_year[kind] <= figures.totals[kind]


@given(CELLS)
def test_benefit_begins_with_its_first_amount(cells):
    months = [month for (month, kind), amount in cells.items() if kind in BENEFITS and amount]

    assert figures_of(cells).benefit_from == min(months, default=None)


def test_a_month_with_nothing_in_it_begins_no_benefit():
    figures = figures_of({(JAN, "cashable"): Decimal(0), (date(2027, 3, 1), "cashable"): Decimal(5)})

    assert figures.benefit_from == date(2027, 3, 1)
    assert figures.a_year == {"cashable": Decimal(5)}
    assert figures.benefits == [PlanKind.CASHABLE]
