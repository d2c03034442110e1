"""Each step towards and past a deadline is told once."""

import pytest

from aiso.events import reminders, tasks
from aiso.events.models import Event, Notification, Reminded
from aiso.events.reminders import Due, register_reminders, remind_of
from tests.factories import make_initiative, make_person

pytestmark = pytest.mark.django_db
ESCALATION = Notification.Kind.ESCALATION


@pytest.fixture
def source(monkeypatch):
    """A source named signs, which gives what stands in the list."""
    monkeypatch.setattr(reminders, "_sources", {})
    found: list[Due] = []
    register_reminders("signs", lambda: found)
    return found


def due(person, step: str = "2 days before", key: str = "7:2026-11-25", **named) -> Due:
    return Due(key, step, [person], "Sign off AI-0042 by Wednesday", "/profile/", **named)


def test_each_step_of_each_key_is_told_once(source, requester):
    source.append(due(requester))
    assert [remind_of("signs"), remind_of("signs")] == [1, 0]
    source[:] = [due(requester), due(requester, "late 1 day", kind=ESCALATION), due(requester, key="8:2026-11-25")]
    assert [remind_of("signs"), remind_of("signs")] == [2, 0]
    told = Notification.objects.filter(person=requester).order_by("pk")
    assert [each.kind for each in told] == ["reminder", "escalation", "reminder"]
    assert Reminded.objects.count() == Event.objects.filter(name="deadline.near").count() == 3


def test_the_same_step_twice_in_one_answer_is_told_once(source, requester):
    source.extend([due(requester), due(requester)])
    assert remind_of("signs") == 1
    assert Notification.objects.count() == 1


def test_where_nobody_can_be_told_a_later_run_finds_somebody(source, requester):
    source.append(due(make_person("Gone Away", is_active=False)))
    assert remind_of("signs") == 0
    assert not Reminded.objects.exists()
    assert not Event.objects.exists()
    source[:] = [due(requester)]
    assert remind_of("signs") == 1


def test_of_what_one_may_not_see_one_is_not_reminded(source, requester, business_owner):
    initiative = make_initiative(is_confidential=True, owner=business_owner)
    source.append(Due("7", "late", [requester, business_owner], "Secret", "/", about={"initiative": initiative.pk}))
    assert remind_of("signs") == 1
    assert [each.person for each in Notification.objects.all()] == [business_owner]


def test_sources_do_not_share_keys(source, requester):
    source.append(due(requester))
    register_reminders("barriers", lambda: [due(requester)])
    assert remind_of("signs") == remind_of("barriers") == 1


def test_the_hourly_task_asks_each_source_apart(source, monkeypatch):
    asked = []
    monkeypatch.setattr(tasks.remind_of, "delay", asked.append)
    register_reminders("barriers", list)
    tasks.remind()
    assert asked == ["signs", "barriers"]


def test_what_was_told_is_looked_up_once(source, requester, django_assert_num_queries):
    source.extend(due(requester, key=str(number)) for number in range(20))
    remind_of("signs")
    with django_assert_num_queries(1):
        assert remind_of("signs") == 0
