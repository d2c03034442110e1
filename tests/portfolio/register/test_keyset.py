"""Pages by place: every row once, in order, forwards and backwards, for every order of the register."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiso import clock
from aiso.web.keyset import page_of
from portfolio.models import Initiative, Stage
from portfolio.orders import ORDERS, order_of
from tests.factories import make_initiative, make_unit

NAMES = [f"{order}" for order in ORDERS] + [f"-{order}" for order in ORDERS]


def walk(order, size, *, backwards=False):
    """The ids met when paging from one end to the other."""
    met, page = [], page_of(Initiative.objects.all(), order, size=size)
    while True:
        met.extend(row.pk for row in page.rows)
        if not page.after:
            break
        page = page_of(Initiative.objects.all(), order, size=size, after=page.after)
    if backwards:
        returned = [row.pk for row in page.rows]
        while page.before:
            page = page_of(Initiative.objects.all(), order, size=size, before=page.before)
            returned = [row.pk for row in page.rows] + returned
        return returned
    return met


@pytest.fixture
def varied(db):
    unit = make_unit()
    for number in range(17):
        make_initiative(
            ["same", "Same", "Ümlaut", "zz", "1"][number % 5],
            unit=unit,
            stage=[*Stage][number % 4],
            since=clock.today() - timedelta(days=number % 3),
            priority=[None, Decimal("3.20"), Decimal("4.10")][number % 3],
        )


@pytest.mark.parametrize("name", NAMES)
def test_every_row_once_in_order(varied, name):
    _, order = order_of(name)
    whole = [row.pk for row in order.apply(Initiative.objects.all())]

    assert len(whole) == 17
    for size in (1, 4, 16, 17, 50):
        assert walk(order, size) == whole
        assert walk(order, size, backwards=True) == whole


def test_missing_priorities_come_last(varied):
    _, order = order_of("-priority")

    scores = [row.priority for row in order.apply(Initiative.objects.all())]

    assert scores == sorted((score for score in scores if score), reverse=True) + [None] * scores.count(None)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=st.text(max_size=60), name=st.sampled_from(NAMES))
def test_a_place_that_no_page_gave_shows_the_first_page(varied, place, name):
    _, order = order_of(name)

    first = page_of(Initiative.objects.all(), order, size=5)

    assert page_of(Initiative.objects.all(), order, size=5, after=place).rows == first.rows
