"""A small portfolio on 15 June 2026: the window of 90 days begins on 18 March, the one before on 18 December."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest

from portfolio.models import Bucket, Initiative, OutcomeMetric, StageChange, Workflow
from tests.factories import make_entry, make_initiative, make_person, make_unit, move_stage
from tests.value.adoption_factories import WEEK, read
from tests.value.factories import claim, cost_of, post
from value.actions.claims import confirm_claim
from value.kept.recompute import recompute_marked


@dataclass
class Small:
    """What the tests point at."""

    quick: Initiative
    slow: Initiative
    ended: Initiative
    used: Workflow
    unread: Workflow


def produced(name: str, piloted_on: date | None, on: date, **fields) -> Initiative:
    stage, since = ("pilot", piloted_on) if piloted_on else ("build", date(2025, 9, 1))
    found = make_initiative(name, stage=stage, since=since, **fields)
    move_stage(found, "limited_rollout", on)
    recompute_marked()
    return found


def end(initiative: Initiative, on: date, rationale: str) -> None:
    told = {"stage": "closed", "changed_on": on, "source": "opening", "rationale": rationale}
    StageChange.objects.create(initiative=initiative, **told)


@pytest.fixture
def small(business_owner, technical_owner, risk_owner, finance_controller) -> Small:
    """Three that entered production (92 and 120 days, one without pilot), two closed, 1,000 € confirmed, 400 € cost."""
    retail = make_unit("Retail")
    below = make_unit("Shops", parent=retail)
    bucket = make_entry(Bucket, "Cash desks")
    used, unread = (make_entry(Workflow, name, is_critical=True) for name in ("Answer a claim", "Plan a route"))
    quick = produced("Quick", date(2026, 3, 1), date(2026, 6, 1), workflow=unread, unit=below, bucket=bucket)
    owners = {"owner": business_owner, "technical_owner": technical_owner, "risk_owner": risk_owner}
    slow = produced("Slow", date(2026, 1, 1), date(2026, 5, 1), workflow=used, **owners)
    produced("Never piloted", None, date(2026, 5, 20))
    produced("Before", date(2025, 10, 1), date(2026, 2, 1))
    ended = make_initiative("Ended", stage="build", since=date(2026, 1, 1))
    end(ended, date(2026, 6, 2), "Too dear.")
    end(make_initiative("Ended too", stage="build", since=date(2026, 1, 1)), date(2026, 6, 3), "")
    make_initiative("Resting", stage="paused", since=date(2026, 1, 1))
    for back in range(13):
        read(used, business_owner, WEEK - timedelta(weeks=back))
    metric = OutcomeMetric.objects.create(initiative=slow, name="Stops", unit="stops", direction="down")
    confirm_claim(claim(metric, business_owner, amount=Decimal(1000)), actor=finance_controller)
    may = {"first_on": date(2026, 5, 1), "last_on": date(2026, 5, 31)}
    post(slow, business_owner, cost_of(400, **may))
    recompute_marked()
    return Small(quick, slow, ended, used, unread)


@pytest.fixture
def chief_of_retail(small):
    """An executive of Retail alone, where nothing is posted."""
    return make_person("Carl Chief", "executive", role_unit=small.quick.unit.parent)
