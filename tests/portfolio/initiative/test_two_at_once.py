"""Two people in the same moment: one of them is first, the other is told, and nothing is lost between."""

from datetime import date
from decimal import Decimal

import pytest

from aiso.errors import ConflictError, DomainError
from portfolio.actions.answer_questions import answer_questions
from portfolio.actions.assign_owners import add_deputy, assign_owner
from portfolio.actions.clear_barriers import lift_barrier
from portfolio.actions.edit_initiative import Change, edit_initiative
from portfolio.actions.measure_outcomes import edit_outcome_metric
from portfolio.actions.record_releases import mark_released, record_result
from portfolio.actions.write_plan import Seen, freeze_latest, start_plan_version, write_plan
from portfolio.models import OutcomeMetric
from portfolio.releases import standing_of
from tests.at_once import both
from tests.factories import make_barrier, make_criterion, make_release
from tests.portfolio.initiative.forms import events

ONE_OF_TWO = [ConflictError.__name__, "done"]


@pytest.fixture
def here(transactional_db, request):
    """An initiative that other threads see too."""
    return request.getfixturevalue("initiative")


def test_one_edit_of_a_field_is_first(here, office_member):
    def edit(number):
        edit_initiative(here, actor=office_member, changes={"summary": Change("", f"By {number}")})

    assert both(edit) == ONE_OF_TWO
    here.refresh_from_db()
    assert here.summary.startswith("By ")


def test_one_assignment_is_first(here, office_member, stranger, risk_owner):
    people = (stranger, risk_owner)

    def assign(number):
        assign_owner(here, actor=office_member, kind="risk", person=people[number], was=None)

    assert both(assign) == ONE_OF_TWO
    assert here.ownerships.filter(kind="risk").count() == 1


def test_one_answer_is_first(here, office_member):
    def answer(number):
        given = {"safety": ("no", "direct")[number]}
        answer_questions(here, actor=office_member, kind="risk_tier", answers=given, was={"safety": ""})

    assert both(answer) == ONE_OF_TWO
    assert here.answers.count() == 1


def test_one_edit_of_a_metric_is_first(here, office_member):
    metric = OutcomeMetric.objects.create(initiative=here, name="Stops", unit="a month", direction="down")

    def edit(number):
        edit_outcome_metric(metric, actor=office_member, was={"unit": "a month"}, unit=f"a week {number}")

    assert both(edit) == ONE_OF_TWO


def test_the_same_deputy_is_named_once(here, office_member, stranger):
    def name(number):
        add_deputy(here, actor=office_member, kind="risk", person=stranger)

    assert both(name) == ["DomainError", "done"]
    assert here.ownerships.filter(is_deputy=True).count() == 1


def test_a_barrier_is_lifted_by_one(here, office_member):
    barrier = make_barrier(here, office_member)

    def lift(number):
        lift_barrier(barrier, actor=office_member, how=f"By {number}.")

    assert both(lift) == [DomainError.__name__, "done"]
    assert len(events("barrier.lifted")) == 1


def test_no_bad_result_slips_into_a_release_that_goes_out(here, office_member):
    release = make_release(here, office_member)
    criterion = make_criterion(release, result=95)

    def out_or_bad(number):
        if number:
            record_result(criterion, actor=office_member, result=10)
        else:
            mark_released(release, actor=office_member)

    assert both(out_or_bad) == [DomainError.__name__, "done"]
    release.refresh_from_db()
    assert release.is_out == standing_of(release).is_met


def test_one_writing_of_an_amount_is_first(here, office_member):
    cell = date(2027, 1, 1), "cashable"

    def write(number):
        amounts = {cell: Decimal(number + 1)}
        write_plan(here, actor=office_member, amounts=amounts, seen=Seen(amounts={cell: None}))

    assert both(write) == ONE_OF_TWO
    assert here.plans.count() == 1


def test_one_begins_the_next_version_of_a_plan(here, office_member):
    write_plan(here, actor=office_member, amounts={(date(2027, 1, 1), "cashable"): Decimal(1)})
    freeze_latest(here, actor=office_member)

    assert both(lambda number: start_plan_version(here, actor=office_member, reason=f"Because {number}.")) == [
        DomainError.__name__,
        "done",
    ]
    assert here.plans.count() == 2
