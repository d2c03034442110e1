"""The imported portfolio takes its opening positions: every initiative has a next gate and a checklist."""

from time import perf_counter

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portfolio.management.commands.load_demo import SAMPLE
from portfolio.models import Initiative, Stage
from portfolio.models.stage import ENDED
from stagegates.askings import next_gates
from stagegates.rules import gates_in_force
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


def test_every_imported_initiative_on_its_way_has_a_next_gate_and_a_checklist(imported):
    on_the_way = [each for each in imported if each.stage not in (*ENDED, Stage.SCALE, Stage.PAUSED)]
    assert len(on_the_way) > ROWS / 2
    gates = gates_in_force()
    begun = perf_counter()
    checklists = next_checklists(imported)
    assert perf_counter() - begun < PATIENCE
    without_gate = [each.reference for each in on_the_way if not next_gates(gates, each)]
    assert without_gate == []
    assert [each.reference for each in on_the_way if not checklists[each.pk]] == []


def test_those_at_scale_or_ended_are_asked_nothing_more(imported):
    rest = [each for each in imported if each.stage in (*ENDED, Stage.SCALE)]
    checklists = next_checklists(rest)
    assert rest
    assert not any(checklists.values())


def test_a_page_of_them_costs_the_same_as_all(imported):
    counts = []
    for rows in (imported[:PAGE], imported):
        with CaptureQueriesContext(connection) as queries:
            next_checklists(rows)
        counts.append(len(queries))
    # Of more initiatives more kinds of requirements are asked, each a query or two; never one for each initiative.
    assert counts[1] <= counts[0] + PAGE / 2
