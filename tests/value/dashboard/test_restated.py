"""Figures of a past day say where they rest on what was recorded later."""

from datetime import date, timedelta

import pytest

from aiso import clock
from aiso.accounts.models import Role
from portfolio.models import Workflow
from tests.factories import make_entry, make_initiative, make_ownership, make_person, move_stage
from tests.value.adoption_factories import WEEK, read
from tests.value.factories import cost_of, post
from value.dashboard.asked import Asked
from value.dashboard.reading import dashboard_of
from value.kept.recompute import recompute_marked

pytestmark = pytest.mark.django_db
FIRST = Asked(30, date(2026, 6, 10))


@pytest.fixture
def office():
    return make_person("", Role.OFFICE_LEAD)


def restated(office, asked=FIRST):
    recompute_marked()
    return dashboard_of(office, asked).restated


def test_what_was_recorded_later_restates_what_it_touches(office, business_owner):
    with clock.fixed_at(clock.now() - timedelta(days=60)):
        workflow = make_entry(Workflow, is_critical=True)
        initiative = make_initiative(workflow=workflow, stage="pilot", since=date(2026, 2, 1), owner=business_owner)
    assert restated(office) == set()
    post(initiative, business_owner, cost_of(10, first_on=date(2026, 6, 1), last_on=date(2026, 6, 30)))
    assert restated(office) == set(), "booked on the fifteenth, it happened after the day"
    day = date(2026, 6, 5)
    post(initiative, business_owner, cost_of(10, happened_on=day, first_on=day, last_on=day))
    assert restated(office) == {"net_value"}
    move_stage(initiative, "limited_rollout", day)
    assert restated(office) == {"net_value", "lead_time", "stable_owner", "adoption"}


def test_readings_and_owners_recorded_later_restate_their_figures(office, business_owner):
    day = date(2026, 6, 5)
    with clock.fixed_at(clock.now() - timedelta(days=60)):
        workflow = make_entry(Workflow, is_critical=True)
        initiative = make_initiative(workflow=workflow, stage="scale", since=date(2026, 2, 1))
    assert restated(office) == set()
    make_ownership(initiative, business_owner, since=date(2026, 3, 1))
    assert restated(office) == {"stable_owner"}
    read(workflow, business_owner, WEEK - timedelta(days=7))
    assert restated(office) == {"stable_owner", "adoption"}
    move_stage(make_initiative(), "closed", date(2026, 6, 6))
    assert "closed" in restated(office)
    assert restated(office, Asked(30, day)) == {"stable_owner"}


def test_today_and_what_is_told_as_it_was_known_is_not_restated(office):
    move_stage(make_initiative(stage="pilot", since=date(2026, 6, 1)), "scale", date(2026, 6, 5))
    assert restated(office) == {"lead_time", "stable_owner", "net_value"}
    assert restated(office, Asked(30, clock.today())) == set()
    assert restated(office, Asked(30, FIRST.as_of, clock.now())) == set()
