"""Hours of specialists and looks at systems in use, when their initiative is merged and when that is undone."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from aiso import clock
from aiso.web.work import work_of
from portfolio.models import Stage
from stagegates.actions.capacity import answer_specialists, ask_specialists, withdraw_specialists
from stagegates.actions.merge import merge_into, undo_merge
from stagegates.actions.monitor import MERGED, record_monitoring, schedule_monitoring
from stagegates.capacity import Board
from stagegates.merge_page import MergePanel
from stagegates.models import MonitoringTask, ReviewFunction, SpecialistRequest
from tests.factories import make_initiative, move_stage

pytestmark = pytest.mark.django_db
NOW = datetime(2050, 1, 10, 9, tzinfo=UTC)
DEC, JAN, FEB = date(2049, 12, 1), date(2050, 1, 1), date(2050, 2, 1)


@pytest.fixture(autouse=True)
def _in_time():
    with clock.fixed_at(NOW):
        yield


def merge(initiative, survivor, actor):
    return merge_into(initiative, actor=actor, survivor=survivor, rationale="The same thing twice.").merge


def undo(merge_, actor):
    merge_.refresh_from_db()
    undo_merge(merge_, actor=actor, rationale="They differ after all.")


def legal_hours(month: date) -> tuple[Decimal, Decimal]:
    """Agreed and asked for."""
    [cell] = [row.cells[0] for row in Board(month, 1).rows if row.function.slug == "legal"]
    return cell.agreed, cell.asked


@pytest.fixture
def asked(initiative, business_owner):
    """Two requests to legal, for this month and the next."""
    told = {"first_month": JAN, "last_month": FEB, "hours": Decimal(40), "purpose": "The contract"}
    legal = ReviewFunction.objects.get(slug="legal")
    return [ask_specialists(initiative, actor=business_owner, function=legal, **told) for _ in range(2)]


def of(initiative) -> set[int]:
    return {*initiative.specialist_requests.values_list("pk", flat=True)}


def test_hours_that_are_asked_for_go_on_with_the_survivor(
    initiative, survivor, asked, chair, legal_reviewer, office_lead, business_owner
):
    over = SpecialistRequest.objects.create(
        initiative=initiative, function=asked[0].function, first_month=DEC, last_month=DEC, hours=9, purpose="Done",
        state="agreed", asked_by=business_owner,
    )  # fmt: skip
    answer_specialists(asked[0], actor=legal_reviewer, agree=True)
    assert (2, "requests for specialists") in MergePanel(initiative, chair, survivor).moves

    made = merge(initiative, survivor, chair)

    assert (of(survivor), of(initiative)) == ({each.pk for each in asked}, {over.pk})
    assert legal_hours(JAN) == (40, 40)
    [row] = [each for each in work_of(legal_reviewer) if each.verb == "Answer"]
    assert row.initiative == str(survivor)
    asked[1].refresh_from_db()
    withdraw_specialists(asked[1], actor=office_lead)

    undo(made, chair)

    assert (of(survivor), of(initiative)) == (set(), {over.pk, *(each.pk for each in asked)})
    assert legal_hours(JAN) == (40, 0)


@pytest.mark.parametrize("stage", [Stage.CLOSED, Stage.MERGED])
def test_what_has_ended_asks_nobody(initiative, asked, stage, legal_reviewer):
    assert legal_hours(JAN) == (0, 80)
    move_stage(initiative, stage)
    assert legal_hours(JAN) == (0, 0)
    assert not [each for each in work_of(legal_reviewer) if each.verb == "Answer"]


@pytest.fixture
def live(technical_owner):
    """At scale, looked at every six months."""
    made = make_initiative("Sort claims", stage=Stage.SCALE, risk_tier="moderate", technical_owner=technical_owner)
    schedule_monitoring()
    return made


@pytest.fixture
def look(live) -> MonitoringTask:
    return live.monitoring_tasks.get()


def other(stage: Stage, **fields):
    return make_initiative("Sort letters", stage=stage, risk_tier="moderate", **fields)


def test_a_look_that_is_due_moves_to_a_survivor_without_one(live, look, chair):
    survivor = other(Stage.LIMITED_ROLLOUT)
    made = merge(live, survivor, chair)
    look.refresh_from_db()
    assert (look.initiative, look.is_open) == (survivor, True)
    schedule_monitoring()
    assert [*survivor.monitoring_tasks.open()] == [look]

    undo(made, chair)

    look.refresh_from_db()
    assert (look.initiative, look.is_open) == (live, True)


def test_what_was_looked_at_meanwhile_stays(live, look, chair, office_lead):
    survivor = other(Stage.LIMITED_ROLLOUT)
    made = merge(live, survivor, chair)
    record_monitoring(MonitoringTask.objects.get(pk=look.pk), actor=office_lead, finding="as_expected")
    undo(made, chair)
    assert survivor.monitoring_tasks.done().get() == look
    schedule_monitoring()
    assert live.monitoring_tasks.get().is_open


@pytest.mark.parametrize("stage", [Stage.SCALE, Stage.PILOT])
def test_else_it_falls_away_with_a_reason_and_is_due_again_when_undone(live, look, chair, stage):
    survivor = other(stage)
    schedule_monitoring()
    own = [*survivor.monitoring_tasks.all()]
    assert MergePanel(live, chair, survivor).moves == []

    made = merge(live, survivor, chair)

    dropped = MonitoringTask.objects.get(pk=look.pk)
    assert (dropped.initiative, dropped.is_open, dropped.dropped_because) == (live, False, MERGED)
    assert [*survivor.monitoring_tasks.all()] == own

    undo(made, chair)

    look.refresh_from_db()
    assert (look.initiative, look.is_open, look.dropped_because) == (live, True, "")
    schedule_monitoring()
    assert live.monitoring_tasks.count() == 1


def test_what_fell_away_before_stays_away(live, look, chair):
    move_stage(live, Stage.PAUSED)
    schedule_monitoring()
    move_stage(live, Stage.SCALE)
    made = merge(live, other(Stage.PILOT), chair)
    undo(made, chair)
    look.refresh_from_db()
    assert not look.is_open
