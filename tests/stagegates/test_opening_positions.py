"""The imported portfolio takes its opening positions: every initiative has a next gate and a checklist."""

from time import perf_counter

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portfolio.management.commands.load_demo import SAMPLE
from portfolio.models import Initiative, Stage
from portfolio.models.stage import ENDED
from stagegates.askings import gates_ahead_of
from stagegates.register_columns import gates_told_of
from stagegates.standing import next_checklists

pytestmark = pytest.mark.django_db
# Rows of the published sample.
ROWS = 1_757
PAGE = 50
# Seconds for the whole portfolio: several times what it takes alone, since tests share their machine.
PATIENCE = 20


@pytest.fixture
def imported(office_member) -> list[Initiative]:
    call_command("import_initiatives", SAMPLE, preset="omb-2024", by=office_member.email, verbosity=0)
    found = [*Initiative.objects.on_register().defer("search", "summary", "outcome", "notes")]
    assert len(found) == ROWS
    return found


def test_every_imported_initiative_that_has_not_ended_has_a_next_gate_and_a_checklist(imported):
    living = [each for each in imported if each.stage not in ENDED]
    assert len(living) > ROWS * 0.9
    gates = gates_ahead_of(imported)
    begun = perf_counter()
    checklists = next_checklists(imported)
    assert perf_counter() - begun < PATIENCE
    assert [each.reference for each in living if not gates[each.pk]] == []
    assert [each.reference for each in living if not checklists[each.pk]] == []


def test_the_register_tells_the_gate_of_each_and_of_what_ended_that_there_is_none(imported):
    told = gates_told_of(imported)
    at_scale = {told[each.pk].gate for each in imported if each.stage == Stage.SCALE}
    assert at_scale == {"Value fit, never reviewed"}
    ended = {told[each.pk].gate for each in imported if each.stage in ENDED}
    assert ended == {"None: closed"}
    assert all(told[each.pk].url for each in imported if each.stage not in ENDED)


def test_what_ended_is_asked_nothing_more(imported):
    checklists = next_checklists([each for each in imported if each.stage in ENDED])
    assert checklists
    assert not any(checklists.values())


def test_a_page_of_them_costs_the_same_as_all(imported):
    counts = []
    for rows in (imported[:PAGE], imported):
        with CaptureQueriesContext(connection) as queries:
            next_checklists(rows)
        counts.append(len(queries))
    # Of more initiatives more kinds of requirements are asked, each a query or two; never one for each initiative.
    assert counts[1] <= counts[0] + PAGE / 2
