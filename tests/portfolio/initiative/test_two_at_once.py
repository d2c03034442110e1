"""Two people in the same moment: one of them is first, the other is told, and nothing is lost between."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from aiso.errors import ConflictError, DomainError
from portfolio.actions.answer_questions import answer_questions
from portfolio.actions.assign_owners import add_deputy, assign_owner
from portfolio.actions.edit_initiative import Change, edit_initiative
from portfolio.actions.measure_outcomes import edit_outcome_metric
from portfolio.models import OutcomeMetric


def both(deed: Callable[[int], object]) -> list[str]:
    """Do a deed twice at once, as number 0 and 1; what became of each, in words."""
    together, told = threading.Barrier(2), ["", ""]

    def do(number: int) -> None:
        together.wait()
        try:
            deed(number)
            told[number] = "done"
        except DomainError as error:
            told[number] = type(error).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


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
