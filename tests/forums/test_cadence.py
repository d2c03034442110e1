"""When the forums meet: cadences, meetings made ahead, those called, moved, cancelled and opened."""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from aiso import clock
from aiso.errors import ConflictError, DomainError
from aiso.events.models import Event, Notification
from forums import tasks
from forums.actions.meetings import (
    call_meeting,
    cancel_meeting,
    make_meetings,
    move_meeting,
    open_meeting,
    set_cadence,
)
from forums.invitations import invitation
from forums.models import Cadence, Forum, Meeting
from forums.schedule import moments_of
from tests.factories import make_initiative, make_item, make_meeting, make_person

from .conftest import NOON, events

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

IN_JULY = datetime(2026, 7, 2, 8, tzinfo=UTC)


@pytest.fixture
def cadence(review) -> Cadence:
    return review.cadence


def days(forum) -> list[date]:
    return [timezone.localdate(meeting.starts_at) for meeting in forum.meetings.order_by("starts_at")]


def test_the_three_forums_are_shipped_with_a_day_of_the_month():
    found = {cadence.forum.slug: str(cadence) for cadence in Cadence.objects.select_related("forum")}

    assert found == {
        "portfolio-review": "First Thursday of each month, 10:00",
        "standards-review": "Second Tuesday of each month, 14:00",
        "value-and-risk-review": "Third Wednesday of each month, 10:00",
    }


@pytest.mark.parametrize(
    ("week", "weekday", "day"),
    [(1, 0, date(2026, 6, 1)), (2, 1, date(2026, 6, 9)), (4, 4, date(2026, 6, 26)), (-1, 0, date(2026, 6, 29))],
)
def test_a_cadence_names_a_day_of_each_month(cadence, closed_days, week, weekday, day):
    cadence.week, cadence.weekday = week, weekday

    moments = moments_of(cadence, date(2026, 6, 15))

    assert [*moments] == [date(2026, month, 1) for month in (6, 7, 8, 9)]
    assert timezone.localdate(moments[date(2026, 6, 1)]) == day


def test_the_hour_stays_over_summer_time(cadence, closed_days):
    cadence.months_ahead = 12

    moments = moments_of(cadence, date(2026, 6, 15)).values()

    assert {timezone.localtime(moment).time() for moment in moments} == {time(10, 0)}


def test_a_closed_day_gives_way_to_the_next_working_day(cadence, closed_days):
    closed_days |= {date(2026, 7, 2): "Summer party", date(2026, 7, 3): "The day after"}

    moved = moments_of(cadence, date(2026, 6, 15))[date(2026, 7, 1)]

    assert timezone.localtime(moved).replace(tzinfo=None) == datetime(2026, 7, 6, 10)


def test_meetings_are_made_ahead_and_none_twice(review, cadence, closed_days):
    for _ in range(2):
        make_meetings(cadence)

    assert days(review) == [date(2026, 7, 2), date(2026, 8, 6), date(2026, 9, 3)]
    assert [told["forum"] for told in events("meeting.made")] == [review.pk] * 3
    assert {meeting.minutes_planned for meeting in review.meetings.all()} == {90}


def test_a_month_whose_meeting_was_moved_or_cancelled_gets_no_other(review, cadence, closed_days, chair):
    july, august, _ = make_meetings(cadence)
    move_meeting(july, actor=chair, starts_at=july.starts_at + timedelta(days=5))
    cancel_meeting(august, actor=chair, reason="Holidays.")

    assert make_meetings(cadence) == []
    assert days(review) == [date(2026, 7, 7), date(2026, 8, 6), date(2026, 9, 3)]


def test_the_nightly_task_makes_and_fills_the_next_one_alone(review, proposed, closed_days):
    from forums.sources import Proposed

    proposed.append(Proposed("1", "Waits for a decision"))
    for _ in range(2):
        tasks.prepare_meetings()

    first, *later = review.meetings.order_by("starts_at")
    assert [item.title for item in first.items.all()] == ["Waits for a decision"]
    assert not any(meeting.items.exists() for meeting in later)
    assert Meeting.objects.count() == 10  # of two forums this month's day is past


def test_an_office_lead_changes_the_day_and_drafts_follow(review, cadence, closed_days, office_lead, chair):
    july, august, september = make_meetings(cadence)
    move_meeting(august, actor=chair, starts_at=august.starts_at + timedelta(days=1))
    make_item(september)
    open_meeting(september, actor=chair)

    set_cadence(review, actor=office_lead, week=2, place="Room 4")

    assert days(review) == [date(2026, 7, 9), date(2026, 8, 7), date(2026, 9, 3)]
    july.refresh_from_db()
    assert (july.place, july.version) == ("Room 4", 1)
    assert events("cadence.changed") == [{"forum": review.pk, "fields": ["place", "week"]}]


@pytest.mark.parametrize("who", ["office_member", "chair", "executive", "auditor", "stranger"])
def test_nobody_else_says_when_a_forum_meets(request, review, who):
    with pytest.raises(PermissionDenied):
        set_cadence(review, actor=request.getfixturevalue(who), week=2)


def test_a_cadence_that_somebody_else_changed_is_not_overwritten(review, office_lead):
    with pytest.raises(ConflictError):
        set_cadence(review, actor=office_lead, seen={"week": 3}, week=2)


def test_a_delegate_never_meets(office_lead):
    delegate = Forum.objects.get(slug="fast-lane-delegate")

    with pytest.raises(DomainError, match="alone"):
        set_cadence(delegate, actor=office_lead, at=time(9))
    with pytest.raises(DomainError, match="alone"):
        call_meeting(delegate, actor=office_lead, starts_at=IN_JULY)


@pytest.mark.parametrize("who", ["chair", "office_member"])
def test_chair_and_office_call_a_meeting(request, review, who):
    actor = request.getfixturevalue(who)

    meeting = call_meeting(review, actor=actor, starts_at=IN_JULY, minutes_planned=45, place=" Room 1 ")

    assert (meeting.state, meeting.place, meeting.made_for) == ("draft", "Room 1", None)
    assert events("meeting.called") == [{"forum": review.pk, "meeting": meeting.pk}]


@pytest.mark.parametrize("who", ["member", "executive", "auditor", "stranger"])
def test_nobody_else_calls_moves_cancels_or_opens(request, meeting, who):
    actor = request.getfixturevalue(who)
    make_item(meeting)

    for deed in (
        lambda: call_meeting(meeting.forum, actor=actor, starts_at=IN_JULY + timedelta(days=1)),
        lambda: move_meeting(meeting, actor=actor, place="Elsewhere"),
        lambda: cancel_meeting(meeting, actor=actor, reason="No."),
        lambda: open_meeting(meeting, actor=actor),
    ):
        with pytest.raises(PermissionDenied):
            deed()


def test_an_office_role_of_another_unit_does_not_reach_a_forum_of_the_company(meeting):
    from tests.factories import make_unit

    limited = make_person("Limited", "office_member", role_unit=make_unit())

    with pytest.raises(PermissionDenied):
        move_meeting(meeting, actor=limited, place="Elsewhere")


def test_a_moment_that_is_past_or_taken_is_refused(meeting, chair):
    with pytest.raises(DomainError, match="past"):
        call_meeting(meeting.forum, actor=chair, starts_at=NOON - timedelta(minutes=1))
    with pytest.raises(DomainError, match="already"):
        call_meeting(meeting.forum, actor=chair, starts_at=meeting.starts_at)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_meeting("portfolio-review", starts_at=meeting.starts_at)


def test_a_meeting_is_moved_and_calendars_learn_of_it(meeting, chair):
    moved = move_meeting(meeting, actor=chair, starts_at=IN_JULY + timedelta(days=4), minutes_planned=75)

    assert (moved.version, moved.minutes_planned) == (1, 75)
    assert events("meeting.moved")[0]["fields"] == ["minutes_planned", "starts_at"]
    assert move_meeting(moved, actor=chair, minutes_planned=75).version == 1


def test_two_who_move_one_meeting_see_each_other(meeting, chair):
    move_meeting(meeting, actor=chair, place="Room 1")

    with pytest.raises(ConflictError):
        move_meeting(meeting, actor=chair, seen={"place": ""}, place="Room 2")


def test_cancelling_says_why_once_and_its_items_wait(meeting, chair):
    item, gone = make_item(meeting), make_item(meeting, state="removed")
    with pytest.raises(DomainError, match="why"):
        cancel_meeting(meeting, actor=chair, reason=" ")

    cancel_meeting(meeting, actor=chair, reason="Too few can come.")

    meeting.refresh_from_db()
    assert (meeting.state, meeting.version) == ("cancelled", 1)
    assert [*meeting.forum.items.backlog()] == [item]
    assert [*meeting.items.all()] == [gone]
    for deed in (
        lambda: cancel_meeting(meeting, actor=chair, reason="Again."),
        lambda: open_meeting(meeting, actor=chair),
    ):
        with pytest.raises(DomainError, match="cancelled"):
            deed()


def test_opening_sends_the_agenda_once(meeting, chair):
    with pytest.raises(DomainError, match="Nothing"):
        open_meeting(meeting, actor=chair)
    make_item(meeting)

    opened = open_meeting(meeting, actor=chair)

    assert (opened.state, opened.opened_at) == ("open", NOON)
    with pytest.raises(DomainError, match="before"):
        open_meeting(meeting, actor=chair)


def test_members_and_owners_are_told_once_and_the_one_who_did_it_is_not(meeting, chair, member, business_owner):
    initiative = make_initiative("Secret plan", owner=business_owner, is_confidential=True)
    make_item(meeting, "Secret plan", initiative=initiative)
    open_meeting(meeting, actor=chair)
    event = Event.objects.get(name="meeting.opened")

    for _ in range(2):
        tasks.notify_of_meeting(event.pk)

    told = {(note.person, note.kind, note.path) for note in Notification.objects.all()}
    assert told == {
        (member, "request", f"/meetings/{meeting.pk}/pre-read/"),
        (business_owner, "news", f"/meetings/{meeting.pk}/"),
    }
    assert not Notification.objects.filter(text__contains="Secret").exists()


@pytest.mark.parametrize("deed", ["called", "moved", "cancelled"])
def test_members_learn_of_what_becomes_of_a_meeting(review, chair, member, deed):
    meeting = call_meeting(review, actor=chair, starts_at=IN_JULY)
    if deed == "moved":
        move_meeting(meeting, actor=chair, starts_at=IN_JULY + timedelta(days=1))
    elif deed == "cancelled":
        cancel_meeting(meeting, actor=chair, reason="Too few can come.")
    event = Event.objects.get(name=f"meeting.{deed}")

    tasks.notify_of_meeting(event.pk)

    assert [note.person for note in event.notifications.all()] == [member]


def test_the_calendar_file_keeps_its_uid_and_grows_its_sequence(review, chair, settings):
    meeting = call_meeting(review, actor=chair, starts_at=IN_JULY, minutes_planned=45, place="Room, 1")
    make_item(meeting, "Secret plan")

    def entry():
        meeting.refresh_from_db()
        calendar = Calendar.from_ical(invitation(meeting))
        return calendar, calendar.walk("VEVENT")[0]

    _, first = entry()
    move_meeting(meeting, actor=chair, starts_at=IN_JULY + timedelta(days=1))
    _, moved = entry()
    cancel_meeting(meeting, actor=chair, reason="Too few can come.")
    calendar, gone = entry()

    assert first["UID"] == moved["UID"] == gone["UID"]
    # Who joined the forum before counts in the first one, too.
    assert [each["SEQUENCE"] - first["SEQUENCE"] for each in (first, moved, gone)] == [0, 1, 2]
    assert (first["DTSTART"].dt, first["DTEND"].dt) == (IN_JULY, IN_JULY + timedelta(minutes=45))
    assert first["LOCATION"] == "Room, 1"
    assert first["ORGANIZER"] == f"MAILTO:{chair.email}"
    assert (calendar["METHOD"], gone["STATUS"], first["STATUS"]) == ("CANCEL", "CANCELLED", "TENTATIVE")
    assert b"Secret" not in invitation(meeting)


def test_the_page_of_a_cadence(client, office_lead, review, closed_days):
    client.force_login(office_lead)
    address = reverse("forums:cadence_edit", args=[review.slug])
    seen = {"week": 1, "weekday": 3, "at": "10:00", "minutes": 90, "place": "", "months_ahead": 3}
    sent = {f"initial-{name}": value for name, value in seen.items()} | seen | {"week": 3}

    assert client.get(address).status_code == 200
    assert client.post(address, sent | {"minutes": 3}).status_code == 422
    assert client.post(address, sent).status_code == 302
    review.cadence.refresh_from_db()
    assert review.cadence.week == 3
    assert client.post(address, sent | {"week": 2}).status_code == 409


def test_the_pages_of_calling_moving_and_cancelling(client, office_member, review):
    client.force_login(office_member)
    called = client.post(
        reverse("forums:meeting_call", args=[review.slug]), {"starts_at": "2026-07-02T10:00", "minutes_planned": 60}
    )
    meeting = review.meetings.get()
    assert called.headers["Location"] == f"/meetings/{meeting.pk}/"
    move = reverse("forums:meeting_move", args=[meeting.pk])
    page = client.get(move).text
    seen = dict(re.findall(r'name="(initial-\w+)" value="([^"]*)"', page))
    assert "2026-07-02T10:00" in page

    past = client.post(move, seen | {"starts_at": "2026-01-02T10:00", "minutes_planned": 60})
    assert (past.status_code, "past" in past.text) == (422, True)
    assert client.post(move, seen | {"starts_at": "2026-07-03T10:00", "minutes_planned": 60}).status_code == 302
    meeting.refresh_from_db()
    assert timezone.localdate(meeting.starts_at) == date(2026, 7, 3)

    cancel = reverse("forums:meeting_cancel", args=[meeting.pk])
    assert client.post(cancel, {"reason": ""}).status_code == 422
    assert client.post(cancel, {"reason": "Holidays."}).status_code == 302
    assert client.post(cancel, {"reason": "Again."}).status_code == 422
    assert "Holidays." in client.get(f"/meetings/{meeting.pk}/").text


def test_the_file_page_names_its_day(client, stranger, meeting):
    client.force_login(stranger)

    answer = client.get(reverse("forums:meeting_invitation", args=[meeting.pk]))

    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "portfolio-review-2026-07-02.ics" in answer.headers["Content-Disposition"]
    assert clock.now() == NOON
