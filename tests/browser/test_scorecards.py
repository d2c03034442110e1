"""Scorecards and the outcomes of the value and risk review as they are read, with a filter that is left out."""

import pytest

from portfolio.models import OutcomeMetric
from tests.factories import make_initiative, make_person, make_unit
from value.kept.recompute import recompute_marked

from .conftest import LOOKS, axe_findings, finer_findings, overflow

PAGES = ("/scorecards/?by=unit&bucket=999999", "/scorecards/rows/?unit=x", "/review/outcomes/?unit=x")


@pytest.fixture
def reader(transactional_db):
    """Of two agencies, one with a unit below it that runs something nobody measures."""
    below = make_unit("Plant", parent=make_unit("Department of Housing and Urban Development"))
    running = make_initiative("Pumps", unit=below, stage="scale", owner=make_person("Olga Owner"))
    OutcomeMetric.objects.create(initiative=running, name="Stops", unit="stops", direction="down")
    make_initiative("Mail", unit=make_unit("Postal Commission"), stage="scale")
    recompute_marked()
    return make_person("Eva Chief", "executive")


@pytest.mark.parametrize(("on", "theme"), LOOKS)
def test_they_are_readable_on_every_screen(visit, reader, on, theme):
    page = visit("/scorecards/", as_=reader, on=on, theme=theme)
    for path in PAGES:
        page.goto(path)
        page.get_by_text("Left out").wait_for()
        assert (path, axe_findings(page), finer_findings(page), overflow(page)) == (path, [], [], 0)


def test_the_name_of_a_unit_keeps_its_room_beside_many_counts(visit, reader):
    page = visit("/scorecards/?by=unit", as_=reader, on="laptop")
    page.locator(".scroll").evaluate("each => { each.style.width = '500px' }")
    name = page.get_by_role("rowheader", name="Department of Housing")
    lines = "each => each.offsetHeight / parseFloat(getComputedStyle(each).lineHeight)"
    assert name.get_by_role("link").evaluate(lines) == 1
    assert name.evaluate("each => each.offsetWidth") >= 160
