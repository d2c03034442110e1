"""A meeting begins, goes from item to item, and stops for breaks; its clock counts what each item took."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from aiso import clock
from aiso.errors import DomainError
from forums.actions.agenda import put_off
from forums.actions.live import go_on, put_off_live, resume_meeting, show_item, start_meeting, take_break
from forums.models import Meeting
from tests.factories import make_person

from .conftest import NINE, events, meeting_with

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_nine")]


def item(meeting: Meeting, title: str):
    return meeting.items.get(title=title)


def test_the_chair_begins_it_with_the_first_item(meeting, chair):
    start_meeting(meeting, actor=chair)

    meeting.refresh_from_db()
    assert (meeting.state, meeting.started_at, meeting.current.title) == ("in_progress", NINE, "Pumps")
    assert meeting.current.began_at == NINE
    assert [(row.person, row.has_vote) for row in meeting.attendance.all()] == [(chair, True)]
    assert events("meeting.started") == [{"meeting": meeting.pk, "forum": meeting.forum_id}]
    assert meeting.beat == 1


def test_secretary_and_office_begin_it_too_and_nobody_else(meeting, secretary, member, office_member, auditor):
    for person in (member, auditor, make_person()):
        with pytest.raises(PermissionDenied):
            start_meeting(meeting, actor=person)
    start_meeting(meeting, actor=secretary)
    assert meeting.attendance.get().has_vote is False


def test_it_begins_once_and_one_at_a_time(running, chair):
    with pytest.raises(DomainError, match="in progress"):
        start_meeting(running, actor=chair)
    another = Meeting.objects.create(forum=running.forum, starts_at=NINE + timedelta(days=1))
    with pytest.raises(DomainError, match="Close that first"):
        start_meeting(another, actor=chair)


def test_an_empty_agenda_does_not_begin(chair, review):
    with pytest.raises(DomainError, match="Nothing stands on the agenda"):
        start_meeting(meeting_with(), actor=chair)


def test_next_and_back_count_the_time_of_each_item(running, chair):
    with clock.fixed_at(NINE + timedelta(minutes=7)):
        assert go_on(running, actor=chair).current.title == "Invoices"
    with clock.fixed_at(NINE + timedelta(minutes=10)):
        assert go_on(running, actor=chair, back=True).current.title == "Pumps"
        assert go_on(running, actor=chair, back=True).current.title == "Pumps"

    pumps, invoices = item(running, "Pumps"), item(running, "Invoices")
    assert (pumps.seconds, pumps.began_at) == (7 * 60, NINE + timedelta(minutes=10))
    assert (invoices.seconds, invoices.began_at) == (3 * 60, None)
    assert [told["item"] for told in events("meeting.item_shown")] == [invoices.pk, pumps.pk]


def test_it_stays_at_the_end_and_where_somebody_else_went_on(running, chair):
    routes = item(running, "Routes")
    show_item(routes, actor=chair)
    assert go_on(running, actor=chair).current == routes
    assert go_on(running, actor=chair, back=True, seen=item(running, "Pumps").pk).current == routes


def test_a_break_stops_the_clock(running, chair):
    with clock.fixed_at(NINE + timedelta(minutes=2)):
        take_break(running, actor=chair)
        with pytest.raises(DomainError, match="since 09:02"):
            take_break(running, actor=chair)
    with clock.fixed_at(NINE + timedelta(minutes=12)):
        resume_meeting(running, actor=chair)
        with pytest.raises(DomainError, match="no break"):
            resume_meeting(running, actor=chair)
    with clock.fixed_at(NINE + timedelta(minutes=13)):
        go_on(running, actor=chair)
    assert item(running, "Pumps").seconds == 3 * 60
    assert len(events("meeting.paused")) == len(events("meeting.resumed")) == 1


def test_showing_an_item_ends_a_break(running, chair):
    take_break(running, actor=chair)
    show_item(item(running, "Routes"), actor=chair)
    running.refresh_from_db()
    assert running.paused_at is None


def test_it_goes_on_from_an_item_that_was_put_off(running, chair, pumps):
    later = put_off_live(pumps, actor=chair)
    assert (later.meeting, later.title) == (None, "Pumps")
    assert go_on(running, actor=chair).current.title == "Invoices"
    with pytest.raises(DomainError, match="put off"):
        show_item(pumps, actor=chair)


@pytest.mark.parametrize("deed", [go_on, take_break, resume_meeting])
def test_only_those_who_lead_do_it_and_only_while_it_runs(meeting, running, member, chair, deed):
    with pytest.raises(PermissionDenied):
        deed(running, actor=member)
    for waiting in running.items.all():
        put_off(waiting, actor=chair)
    Meeting.objects.filter(pk=running.pk).update(state="closed", closed_at=NINE)
    with pytest.raises(DomainError, match="not in progress: closed"):
        deed(running, actor=chair)


def test_each_change_grows_the_beat(running, chair):
    running.refresh_from_db()
    before = running.beat
    go_on(running, actor=chair)
    take_break(running, actor=chair)
    running.refresh_from_db()
    assert running.beat == before + 2
