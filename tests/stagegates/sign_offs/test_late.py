"""Reminders before a clock runs out, escalation after it; it never approves anything."""

from datetime import timedelta

import pytest

from aiso import clock
from aiso.events.models import Event, Notification
from aiso.events.reminders import remind_of
from stagegates.actions.ask_question import ask_question
from stagegates.actions.escalate_sign_offs import escalate_sign_offs
from stagegates.models import ReviewFunction, SignOff
from stagegates.sign_off_tasks import escalate_late_sign_offs, tell_of_sign_off
from stagegates.sign_off_work import sign_offs_due, sign_offs_of
from tests.factories import make_initiative, make_person

from .factories import MONDAY, answered, make_review, sign_off_of

pytestmark = pytest.mark.django_db
# The risk function has seven working days here, until Wednesday the tenth, and is reminded one before.
LATE = MONDAY + timedelta(days=10)


@pytest.fixture
def review(initiative, requester, risk_reviewer):
    return make_review(initiative, requester, "risk")


@pytest.mark.parametrize(("days", "is_near"), [(0, False), (7, False), (8, True), (9, True), (10, False)])
def test_it_is_near_from_the_last_working_days_on_and_until_it_runs_out(review, risk_reviewer, days, is_near):
    with clock.fixed_at(MONDAY + timedelta(days=days)):
        found = [*sign_offs_due()]

    assert [due.people for due in found] == ([[risk_reviewer]] if is_near else [])


def test_a_step_is_told_once(review, risk_reviewer):
    with clock.fixed_at(MONDAY + timedelta(days=9)):
        assert (remind_of("sign-offs"), remind_of("sign-offs")) == (1, 0)

    reminder = Notification.objects.get(person=risk_reviewer)
    assert (reminder.kind, reminder.path) == ("reminder", sign_off_of(review, "risk").get_absolute_url())


def test_a_late_clock_goes_up_once_and_approves_nothing(review, risk_reviewer, office_lead, stranger):
    above = make_person("Abel Above")
    ReviewFunction.objects.filter(slug="risk").update(escalates_to=above)

    with clock.fixed_at(LATE):
        escalate_late_sign_offs()
        escalate_late_sign_offs()
        event = Event.objects.get(name="sign_off.escalated")
        tell_of_sign_off(event.pk)
        tell_of_sign_off(event.pk)

    risk = sign_off_of(review, "risk")
    assert (risk.state, risk.answer, risk.escalated_at) == (SignOff.State.OPEN, None, LATE)
    told = Notification.objects.filter(event=event, kind="escalation")
    assert {each.person for each in told} == {above, risk_reviewer, office_lead}


def test_on_its_last_day_it_is_not_late(review):
    with clock.fixed_at(MONDAY + timedelta(days=9)):
        assert escalate_sign_offs() == 0


def test_what_is_answered_stopped_or_closed_does_not_escalate(review, initiative, requester, risk_reviewer):
    answered(review, "risk", risk_reviewer)
    stopped = make_review(make_initiative(owner=requester), requester, "risk")
    ask_question(sign_off_of(stopped, "risk"), actor=risk_reviewer, text="Why?")
    closed = make_review(make_initiative(owner=requester), requester, "risk")
    closed.closed_at = clock.now()
    closed.save()

    with clock.fixed_at(LATE):
        assert escalate_sign_offs() == 0


def test_reviewers_find_it_in_their_work_and_parties_do_not(review, risk_reviewer, requester, business_owner):
    (item,) = sign_offs_of(risk_reviewer)
    assert (item.what, item.due) == ("Sign off: Risk,", sign_off_of(review, "risk").due_on)
    assert not [*sign_offs_of(requester)]
    assert not [*sign_offs_of(business_owner)]


def test_reminders_cost_the_same_however_many(requester, risk_reviewer, monday, django_assert_max_num_queries):
    for _ in range(3):
        make_review(make_initiative(owner=requester), requester, "risk")
    with clock.fixed_at(MONDAY + timedelta(days=9)), django_assert_max_num_queries(12):
        assert len([*sign_offs_due()]) == 3
