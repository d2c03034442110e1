"""Readings, and the step down that a rate above its threshold makes."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from aiso import clock
from aiso.errors import DomainError
from aiso.events.models import Event, Notification
from portfolio import tasks
from portfolio.actions.keep_decisions import remove_decision_class
from portfolio.actions.record_readings import record_reading
from portfolio.actions.step_down import answer_step_down, step_down
from portfolio.autonomy_limits import autonomy_limits, volume_per_reviewer
from portfolio.models import DecisionReading, StepDown
from tests.portfolio.initiative.forms import events

pytestmark = pytest.mark.django_db
NOW = datetime(2036, 6, 30, 12, tzinfo=ZoneInfo("UTC"))
MAY = {"first_day": date(2036, 5, 1), "last_day": date(2036, 5, 31)}
JUNE = {"first_day": date(2036, 6, 1), "last_day": date(2036, 6, 30)}
GOOD = {"volume": 200, "overrides": 10, "errors": 2}
BAD = {"volume": 200, "overrides": 41, "errors": 2}


@pytest.fixture(autouse=True)
def _fixed_clock():
    with clock.fixed_at(NOW):
        yield


def level_of(decision) -> str:
    decision.refresh_from_db()
    return str(decision.autonomy)


def test_a_reading_is_recorded_with_its_rates(delegated, technical_owner):
    reading = record_reading(delegated, actor=technical_owner, **MAY, **GOOD)

    assert (reading.override_rate, reading.error_rate) == (Decimal("0.05"), Decimal("0.01"))
    assert events("decision_reading.recorded")[0].payload["reading"] == reading.pk
    assert level_of(delegated) == "delegate"


def test_said_twice_it_is_there_once_and_corrected_both_stay(delegated, business_owner):
    first = record_reading(delegated, actor=business_owner, **MAY, **GOOD)
    assert record_reading(delegated, actor=business_owner, **MAY, **GOOD) == first
    second = record_reading(delegated, actor=business_owner, **MAY, **GOOD | {"overrides": 12})

    assert second.supersedes == first
    assert [*delegated.readings.current()] == [second]
    assert DecisionReading.objects.count() == 2
    assert len(events("decision_reading.corrected")) == 1


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"overrides": 201}, "overrides"),
        ({"errors": 201}, "errors"),
        ({"volume": -1}, "volume"),
        ({"last_day": date(2036, 4, 1)}, "last_day"),
        ({"last_day": date(2036, 7, 1)}, "last_day"),
    ],
)
def test_counts_and_days_that_cannot_be(delegated, business_owner, told, field):
    with pytest.raises(ValidationError) as refused:
        record_reading(delegated, actor=business_owner, **MAY | GOOD | told)
    assert field in refused.value.message_dict


def test_days_that_another_reading_covers_in_part(delegated, business_owner):
    record_reading(delegated, actor=business_owner, **MAY, **GOOD)
    with pytest.raises(DomainError, match="read before"):
        record_reading(delegated, actor=business_owner, first_day=date(2036, 5, 31), last_day=date(2036, 6, 30), **GOOD)
    again = DecisionReading.objects.get()
    again.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


@pytest.mark.parametrize(
    ("told", "steps"),
    [
        ({"overrides": 40}, 0),  # 20 %: at the threshold, not above it
        ({"overrides": 41}, 1),
        ({"errors": 10}, 0),
        ({"errors": 11}, 1),
        ({"overrides": 200, "errors": 200}, 1),
        ({"volume": 49, "overrides": 49, "errors": 0}, 0),
        ({"volume": 50, "overrides": 11, "errors": 0}, 1),
        ({"volume": 0, "overrides": 0, "errors": 0}, 0),
    ],
)
def test_above_its_threshold_the_class_steps_down_one_level(delegated, business_owner, told, steps):
    record_reading(delegated, actor=business_owner, **MAY, **GOOD | told)

    assert StepDown.objects.count() == steps
    assert level_of(delegated) == ("delegate_with_audit" if steps else "delegate")
    assert len(events("autonomy.stepped_down")) == steps


def test_while_it_waits_for_an_answer_it_steps_no_further(delegated, business_owner):
    record_reading(delegated, actor=business_owner, **MAY, **BAD)
    record_reading(delegated, actor=business_owner, **JUNE, **BAD)
    assert StepDown.objects.count() == 1


def test_a_bad_reading_of_older_days_changes_nothing(delegated, business_owner):
    record_reading(delegated, actor=business_owner, **JUNE, **GOOD)
    record_reading(delegated, actor=business_owner, **MAY, **BAD)
    assert not StepDown.objects.exists()


def test_what_people_keep_cannot_step_down(initiative, delegated, business_owner):
    step_down(delegated, because="Incident")
    step_down(delegated, because="Incident")
    step_down(delegated, because="Incident")
    assert level_of(delegated) == "keep_human"
    assert step_down(delegated, because="Incident") is None
    assert delegated.steps_down == 3


def test_it_is_confirmed_then_lifted_with_reasons(delegated, business_owner, risk_owner, office_member):
    record_reading(delegated, actor=business_owner, **MAY, **BAD)
    step = StepDown.objects.get()
    assert "20.5" in step.because
    answer_step_down(step, actor=risk_owner, answer="confirmed", reason="Right so.")
    assert level_of(delegated) == "delegate_with_audit"
    with pytest.raises(DomainError, match="confirmed before"):
        answer_step_down(step, actor=risk_owner, answer="confirmed", reason="Again.")
    answer_step_down(step, actor=office_member, answer="lifted", reason="The form was corrected.")
    assert level_of(delegated) == "delegate"
    with pytest.raises(DomainError, match="lifted before"):
        answer_step_down(step, actor=office_member, answer="confirmed", reason="No.")
    assert len(events("autonomy.step_confirmed")) == len(events("autonomy.step_lifted")) == 1


def test_who_answers_a_step_down(delegated, business_owner, risk_owner, stranger, service_account, auditor):
    step = step_down(delegated, because="Incident")
    for person in (business_owner, stranger, service_account, auditor):
        with pytest.raises(PermissionDenied):
            answer_step_down(step, actor=person, answer="lifted", reason="Fine again.")
    with pytest.raises(DomainError, match="Say why"):
        answer_step_down(step, actor=risk_owner, answer="lifted", reason=" ")
    with pytest.raises(DomainError, match="Confirm it or lift it"):
        answer_step_down(step, actor=risk_owner, answer="", reason="x")


def test_nobody_removes_it_while_it_is_down(delegated, business_owner):
    step_down(delegated, because="Incident")
    with pytest.raises(DomainError, match="stepped down"):
        remove_decision_class(delegated, actor=business_owner)


def test_who_records_readings(delegated, stranger, auditor, service_account):
    for person in (stranger, auditor, service_account):
        with pytest.raises(PermissionDenied):
            record_reading(delegated, actor=person, **MAY, **GOOD)


def test_its_owners_are_told_once(delegated, business_owner, technical_owner, risk_owner):
    step_down(delegated, because="Incident")
    event = Event.objects.get(name="autonomy.stepped_down")
    tasks.notify_of_autonomy(event.pk)
    tasks.notify_of_autonomy(event.pk)
    told = {each.person for each in Notification.objects.all()}
    assert told == {business_owner, technical_owner, risk_owner}
    assert Notification.objects.count() == 3


def test_a_rubber_stamp(surfaced, delegated):
    limits = autonomy_limits()
    assert volume_per_reviewer(surfaced) is None
    assert not limits.is_rubber_stamp(surfaced)
    for reviewers, verdict in ((0, True), (3, True), (4, False)):
        surfaced.reviewers = reviewers
        assert limits.is_rubber_stamp(surfaced) is verdict, reviewers
    delegated.reviewers = 1
    assert not limits.is_rubber_stamp(delegated)
