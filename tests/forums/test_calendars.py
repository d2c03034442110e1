"""Invitations and calendars: whom they name, what they keep to themselves, and that pages and API give the same."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from forums.actions.keep_forums import add_member, end_membership
from forums.actions.meetings import cancel_meeting, move_meeting
from forums.invitations import calendar_of, invitation
from forums.models import Forum
from tests.api.conftest import Script, make_api_token
from tests.factories import make_item, make_meeting, make_person, make_seat

from .conftest import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def script(person) -> Script:
    return Script(make_api_token(person)[1])


def read(content: bytes):
    calendar = Calendar.from_ical(content)
    return calendar, calendar.walk("VEVENT")


def attendees_of(entry) -> dict[str, tuple[str, str, str]]:
    found = entry.get("ATTENDEE", [])
    rows = found if isinstance(found, list) else [found]
    return {str(each): (each.params["CN"], each.params["ROLE"], each.params["PARTSTAT"]) for each in rows}


@pytest.fixture
def secretary(at_noon, review):
    person = make_person("Selma Minutes")
    make_seat(review.slug, person, "secretary")
    return person


def test_an_invitation_asks_each_member_of_its_day(meeting, review, chair, member, secretary):
    left, gone, later = make_person("Lena Left"), make_person("Gerd Gone", is_active=False), make_person("Lars Later")
    make_seat(review.slug, left, ended_on=NOON.date())
    make_seat(review.slug, gone)
    make_seat(review.slug, later, since=meeting.starts_at.date())
    calendar, [entry] = read(invitation(meeting))

    assert calendar["METHOD"] == "REQUEST"
    assert entry["ORGANIZER"] == f"MAILTO:{secretary.email}"
    assert entry["ORGANIZER"].params["CN"] == "Selma Minutes"
    assert attendees_of(entry) == {
        f"MAILTO:{chair.email}": ("Carla Chair", "CHAIR", "NEEDS-ACTION"),
        f"MAILTO:{member.email}": ("Milo Member", "REQ-PARTICIPANT", "NEEDS-ACTION"),
        f"MAILTO:{later.email}": ("Lars Later", "REQ-PARTICIPANT", "NEEDS-ACTION"),
        f"MAILTO:{secretary.email}": ("Selma Minutes", "REQ-PARTICIPANT", "NEEDS-ACTION"),
    }


def test_its_sequence_grows_with_each_change_of_seats_and_each_move(meeting, review, chair, office_lead):
    """Calendars take over a new attendee only from a file of a higher number (RFC 5546, 2.1.4)."""
    elsewhere = Forum.objects.get(slug="standards-review")

    def sequence() -> int:
        [[alone], [listed, *_]] = (read(each)[1] for each in (invitation(meeting), calendar_of(review)))
        assert alone["SEQUENCE"] == listed["SEQUENCE"]
        return int(alone["SEQUENCE"])

    told = [sequence()]
    seat = add_member(review, actor=office_lead, person=make_person("Nora New"))
    told.append(sequence())
    end_membership(seat, actor=office_lead, ended_on=seat.started_on)
    told.append(sequence())
    move_meeting(meeting, actor=chair, place="Room 4")
    meeting.refresh_from_db()
    told.append(sequence())

    assert told == sorted({*told})
    add_member(elsewhere, actor=office_lead, person=make_person())
    assert sequence() == told[-1]


def test_without_a_secretary_the_chair_invites_and_without_both_the_office(meeting, review, settings):
    settings.DEFAULT_FROM_EMAIL = "The office <office@example.org>"
    calendar, [entry] = read(invitation(meeting))
    # What invites nobody is published: a request needs attendees (RFC 5546, 3.2.2).
    assert (calendar["METHOD"], attendees_of(entry)) == ("PUBLISH", {})
    assert (entry["ORGANIZER"], entry["ORGANIZER"].params["CN"]) == ("MAILTO:office@example.org", "The office")
    chair = make_person("Carla Chair")
    make_seat(review.slug, chair, "chair")

    calendar, [entry] = read(invitation(meeting))

    assert (calendar["METHOD"], entry["ORGANIZER"]) == ("REQUEST", f"MAILTO:{chair.email}")


def test_a_cancellation_tells_those_who_were_invited(meeting, chair, member):
    cancel_meeting(meeting, actor=chair, reason="Too few can come.")
    meeting.refresh_from_db()
    calendar, [entry] = read(invitation(meeting))
    assert (calendar["METHOD"], entry["STATUS"], len(attendees_of(entry))) == ("CANCEL", "CANCELLED", 2)


def test_odd_names_stay_inside_their_attendee(meeting, review):
    make_seat(review.slug, make_person('Ö, "Nick"; Name:Colon'))
    _, [entry] = read(invitation(meeting))
    [(address, (name, role, _))] = attendees_of(entry).items()
    assert ("@" in address, "Nick" in name, role) == (True, True, "REQ-PARTICIPANT")


def test_the_calendar_of_a_forum_has_what_comes_and_invites_nobody(meeting, review, chair, member):
    make_meeting(review.slug, starts_at=NOON - timedelta(days=3))
    gone = make_meeting(review.slug, starts_at=NOON + timedelta(days=40))
    cancel_meeting(gone, actor=chair, reason="Holidays.")
    make_meeting("standards-review", starts_at=NOON + timedelta(days=2))
    make_item(meeting, "Secret plan")

    calendar, entries = read(calendar_of(review))

    assert (calendar["METHOD"], calendar["X-WR-CALNAME"]) == ("PUBLISH", review.name)
    assert [(each["URL"].rsplit("/", 2)[1], each["STATUS"]) for each in entries] == [
        (str(meeting.pk), "TENTATIVE"),
        (str(gone.pk), "CANCELLED"),
    ]
    assert all("ATTENDEE" not in each and "ORGANIZER" not in each for each in entries)
    assert b"Secret" not in calendar_of(review)
    _, [alone] = read(invitation(meeting))
    assert alone["UID"] == entries[0]["UID"]


def test_pages_and_api_give_the_same_files(client, stranger, service_account, meeting, chair, member):
    client.force_login(stranger)
    for page, endpoint, name in (
        (f"/meetings/{meeting.pk}/invitation.ics", f"meetings/{meeting.pk}/invitation/", "portfolio-review-2026-07-02"),
        ("/forums/portfolio-review/calendar.ics", "forums/portfolio-review/calendar/", "portfolio-review"),
    ):
        shown = client.get(page)
        assert (shown.status_code, shown["Content-Type"]) == (200, "text/calendar; charset=utf-8")
        for person in (stranger, service_account):
            told = script(person).get(endpoint, accept="text/calendar")
            assert (told.status_code, told["Content-Type"]) == (200, "text/calendar")
            assert (told.content, f'"{name}.ics"' in told["Content-Disposition"]) == (shown.content, True)
        assert script(stranger).get(endpoint).content == shown.content
        client.logout()
        assert client.get(page).status_code == 302
        assert Script().get(endpoint).status_code == 401
        client.force_login(stranger)
    assert "calendar.ics" in client.get("/forums/portfolio-review/").text


def test_a_delegate_has_no_calendar_and_what_is_not_there_is_told_in_json(client, stranger):
    assert Forum.objects.get(slug="fast-lane-delegate").is_delegate
    client.force_login(stranger)
    assert client.get("/forums/fast-lane-delegate/calendar.ics").status_code == 404
    for endpoint in ("forums/fast-lane-delegate/calendar/", "meetings/999999/invitation/"):
        told = script(stranger).get(endpoint, accept="text/calendar")
        assert (told.status_code, told["Content-Type"]) == (404, "application/problem+json")
    assert script(stranger).get("forums/portfolio-review/calendar/", accept="application/pdf").status_code == 406
