"""Looks at systems in use: scheduled by the matrix, recorded by owners, late ones told."""

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aiso import clock
from aiso.configuration.actions import edit_draft, publish_draft, start_draft
from aiso.configuration.kinds import kind_of
from aiso.errors import DomainError
from aiso.events.models import Event
from aiso.web.work import work_of
from portfolio.gaps import gaps_of, with_gap_facts
from portfolio.models import Initiative
from stagegates.actions.monitor import NOT_ASKED, NOT_IN_USE, record_monitoring, schedule_monitoring
from stagegates.models import MonitoringTask
from stagegates.monitoring import monitoring_reminders
from tests.factories import make_initiative, make_person, move_stage

pytestmark = pytest.mark.django_db
START = datetime(2050, 1, 10, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_time():
    with clock.fixed_at(START):
        yield


def on(months: int, days: int = 0):
    return clock.fixed_at(datetime.combine(clock.months_later(START.date(), months), START.timetz()) + timedelta(days))


@pytest.fixture
def owner():
    return make_person("Tilda Techno")


@pytest.fixture
def initiative(owner):
    """High risk, in limited rollout from today: a look every three months."""
    return make_initiative("Pump", stage="limited_rollout", risk_tier="high", technical_owner=owner)


@pytest.fixture
def task(initiative) -> MonitoringTask:
    schedule_monitoring()
    return initiative.monitoring_tasks.get()


def published(lead, **months: str) -> None:
    """The matrix with other rhythms, by the codes of its rules."""
    kind = kind_of("governance-matrix")
    draft = start_draft(kind, actor=lead)
    content = deepcopy(draft.content)
    for row in content["rules"]:
        row["monitoring"] = months.get(row["code"].replace("-", "_"), row["monitoring"])
    content["rules"] = [row for row in content["rules"] if row["monitoring"] or row["functions"] or row["documents"]]
    edit_draft(draft, actor=lead, content=content)
    publish_draft(draft, actor=lead, reason="Another rhythm.")


@pytest.mark.parametrize(
    ("stage", "tier", "months"),
    [
        ("limited_rollout", "", 12),
        ("limited_rollout", "low", 12),
        ("scale", "moderate", 6),
        ("scale", "high", 3),
        ("limited_rollout", "critical", 1),
        ("pilot", "high", None),
        ("paused", "high", None),
        ("closed", "high", None),
    ],
)
def test_the_strictest_rhythm_holds_for_what_is_in_production(stage, tier, months):
    initiative = make_initiative(stage=stage, risk_tier=tier)
    for _ in range(2):
        schedule_monitoring()
    tasks = [*initiative.monitoring_tasks.all()]
    assert [task.months for task in tasks] == ([months] if months else [])
    assert [task.due_on for task in tasks] == ([clock.months_later(START.date(), months)] if months else [])


def test_what_runs_for_long_is_first_due_after_the_rules_asked(owner):
    initiative = make_initiative(stage="scale", since=date(2019, 5, 1), risk_tier="high")
    with on(1):
        schedule_monitoring()
    # The shipped matrix holds since long before these days.
    assert initiative.monitoring_tasks.get().due_on == clock.months_later(START.date(), 1)


def test_a_task_names_its_rule_and_version(task):
    assert (task.rule, task.rule_name, task.version.number) == ("high", "High risk", 1)


def test_recording_schedules_the_next(task, initiative, owner):
    with on(2):
        record_monitoring(task, actor=owner, finding="as_expected")
        second = initiative.monitoring_tasks.open().get()
    assert second.due_on == date(2050, 6, 10)
    task.refresh_from_db()
    assert (task.done_by, task.finding) == (owner, "as_expected")
    assert Event.objects.filter(name="monitoring.recorded", payload__task=task.pk).count() == 1


def test_it_is_recorded_once_with_a_finding_and_a_note(task, owner):
    for told, says in (
        ({"finding": ""}, "what you found"),
        ({"finding": "nonsense"}, "what you found"),
        ({"finding": "attention", "note": " "}, "not as expected"),
        ({"finding": "stop"}, "not as expected"),
    ):
        with pytest.raises(DomainError, match=says):
            record_monitoring(task, actor=owner, **told)
    record_monitoring(task, actor=owner, finding="attention", note="Drifts.")
    with pytest.raises(DomainError, match="recorded before"):
        record_monitoring(task, actor=owner, finding="as_expected")
    assert MonitoringTask.objects.count() == 2


@pytest.mark.parametrize("role", ["stranger", "auditor", "executive", "service_account"])
def test_nobody_else_records_it(request, role, task):
    with pytest.raises(PermissionDenied):
        record_monitoring(task, actor=request.getfixturevalue(role), finding="as_expected")


@pytest.mark.parametrize("role", ["office_member", "office_lead"])
def test_the_office_records_it(request, role, task):
    assert record_monitoring(task, actor=request.getfixturevalue(role), finding="as_expected").done_at


def test_it_stops_when_the_initiative_leaves_production_and_begins_anew(task, initiative):
    with on(1):
        move_stage(initiative, "paused")
        schedule_monitoring()
    task.refresh_from_db()
    assert (task.is_open, task.dropped_because) == (False, NOT_IN_USE)
    with on(5):
        move_stage(initiative, "scale")
        schedule_monitoring()
        assert initiative.monitoring_tasks.open().get().due_on == date(2050, 9, 10)


def test_a_matrix_that_asks_more_often_moves_what_is_due(task, initiative, office_lead):
    with on(1):
        published(office_lead, high="1")
    task.refresh_from_db()
    assert (task.months, task.version.number, task.due_on) == (1, 2, date(2050, 2, 10))
    with on(2):
        published(office_lead, high="12")
        task.refresh_from_db()
        assert (task.months, task.due_on) == (12, date(2051, 1, 10))


def test_what_became_due_by_new_rules_is_due_today_not_late(task, office_lead):
    with on(2, days=5):
        published(office_lead, high="1")
        task.refresh_from_db()
        assert (task.due_on, task.is_late) == (clock.today(), False)


def test_a_matrix_that_asks_no_more_drops_it(task, office_lead):
    published(office_lead, in_use="", low="", moderate="", high="", critical="", acts_alone="", agents="")
    task.refresh_from_db()
    assert task.dropped_because == NOT_ASKED


def test_there_is_one_open_task_an_initiative(task):
    task.pk = None
    with pytest.raises(IntegrityError, match="one_open_monitoring_task"), transaction.atomic():
        task.save(force_insert=True)


def test_the_night_costs_the_same_queries_however_many(initiative):
    counts = []
    for _ in range(2):
        schedule_monitoring()
        with CaptureQueriesContext(connection) as queries:
            schedule_monitoring()
        counts.append(len(queries))
        for tier in ("low", "critical", "high"):
            make_initiative(stage="scale", risk_tier=tier)
    assert counts[0] == counts[1]


def test_late_ones_are_a_gap_and_work_and_reminders_of_their_owners(task, initiative, owner, stranger):
    def gaps() -> list[str]:
        return [gap.what for gap in gaps_of(with_gap_facts(Initiative.objects.all()).get(pk=initiative.pk))]

    def waits(person) -> list[str]:
        return [item.url for item in work_of(person) if item.what == "Look at how it works in use"]

    address = reverse("stagegates:monitoring_record", args=[initiative.reference, task.pk])
    assert ("Monitoring" in gaps(), waits(owner), [*monitoring_reminders()]) == (False, [], [])
    with on(3, days=-3):
        assert ("Monitoring" in gaps(), waits(owner), waits(stranger)) == (False, [address], [])
        [due] = monitoring_reminders()
        assert (due.step, {*due.people}, due.path) == ("a week before", {owner}, address)
    with on(3, days=1):
        assert ("Monitoring" in gaps(), waits(owner)) == (True, [address])
        [due] = monitoring_reminders()
        assert due.step == "late"


def test_the_page_records_it(client, task, initiative, owner, stranger):
    address = reverse("stagegates:monitoring_record", args=[initiative.reference, task.pk])
    client.force_login(stranger)
    assert client.get(address).status_code == client.post(address, {"finding": "as_expected"}).status_code == 403
    assert "Record a look" not in client.get(initiative.get_absolute_url()).content.decode()
    client.force_login(owner)
    assert address in client.get(initiative.get_absolute_url()).content.decode()
    assert "High risk" in client.get(address).content.decode()
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"finding": "stop", "note": ""}).status_code == 422
    sent = client.post(address, {"finding": "stop", "note": "It harms."})
    assert sent.url == f"{initiative.get_absolute_url()}#monitoring"
    page = client.get(initiative.get_absolute_url()).content.decode()
    for told in ("It harms.", "Must be stopped or set back", "Tilda Techno"):
        assert told in page
    assert client.post(address, {"finding": "as_expected"}).status_code == 422
    assert client.get(reverse("stagegates:monitoring_record", args=[initiative.reference, 0])).status_code == 404
    assert "Needs attention" not in client.get(f"{initiative.get_absolute_url()}history/").content.decode()
    assert "Must be stopped" in client.get(f"{initiative.get_absolute_url()}history/").content.decode()


def test_the_api_records_it(client, task, initiative, owner, stranger):
    path = f"/api/v1/initiatives/{initiative.reference}/monitoring/"
    client.force_login(owner)
    [row] = client.get(path).json()["results"]
    assert (row["state"], row["due_on"], row["asked_by"]["name"]) == ("due", "2050-04-10", "High risk")
    record = f"{path}{task.pk}/record/"
    json = "application/json"
    assert client.post(record, {}, json).status_code == 422
    assert client.post(record, {"finding": "stop"}, json).status_code == 422
    assert client.post(record, {"finding": "as_expected"}, json).json()["state"] == "done"
    assert client.post(record, {"finding": "as_expected"}, json).status_code == 409
    assert [row["state"] for row in client.get(path).json()["results"]] == ["due", "done"]
    assert client.get(f"{path}{task.pk}/").json()["done_by"]["name"] == "Tilda Techno"
    client.force_login(stranger)
    assert client.get(path).status_code == 200
    assert client.post(record, {"finding": "as_expected"}, json).status_code == 403
    initiative.is_confidential = True
    initiative.save()
    assert client.get(path).status_code == client.post(record, {}, json).status_code == 404
