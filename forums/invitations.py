"""Meetings as entries in people's own calendars (RFC 5545): one as an invitation, all of a forum as a calendar."""

from collections.abc import Iterable, Sequence
from datetime import UTC
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from icalendar import Calendar, Event, vCalAddress

from aiso import clock
from aiso.web import figures

from .models import Forum, Meeting, Membership

PRODUCT = "-//AI Scaling Office//Meetings//EN"
MEDIA_TYPE = "text/calendar"
STATUS = {Meeting.State.DRAFT: "TENTATIVE", Meeting.State.CANCELLED: "CANCELLED"}
Role = Membership.Role


def invitation(meeting: Meeting) -> bytes:
    """One calendar file that invites the members (RFC 5546). Its UID stays and its SEQUENCE grows, so that a later
    file replaces what an earlier one entered. It names nothing of the agenda: calendars are read by more people than
    the page. Its attendees are those with a seat on its day, with the addresses that the directory shows to everybody.
    """
    seats = _seats_on(meeting)
    entry = _entry(meeting, _changes_of_seats(meeting.forum))
    entry.add("organizer", _organizer(seats))
    for seat in seats:
        entry.add("attendee", _attendee(seat))
    if meeting.state == Meeting.State.CANCELLED:
        return _file("CANCEL", [entry])
    return _file("REQUEST" if seats else "PUBLISH", [entry])


def calendar_of(forum: Forum) -> bytes:
    """The meetings of a forum from today on as one calendar, cancelled ones as such. It is published to whoever takes
    it and invites nobody, so that it names no attendees.
    """
    meetings = forum.meetings.filter(starts_at__date__gte=clock.today()).select_related("forum")
    changes = _changes_of_seats(forum)
    entries = [_entry(meeting, changes) for meeting in meetings.order_by("starts_at", "pk")]
    return _file("PUBLISH", entries, forum.name)


def file_name_of(subject: Meeting | Forum) -> str:
    if isinstance(subject, Forum):
        return f"{subject.slug}.ics"
    return f"{subject.forum.slug}-{figures.local_date(subject.starts_at).isoformat()}.ics"


def _file(method: str, entries: Iterable[Event], name: str = "") -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
    for entry in entries:
        calendar.add_component(entry)
    return bytes(calendar.to_ical())


def _changes_of_seats(forum: Forum) -> int:
    """How often somebody took or left a seat, or changed it, since there are seats: what never shrinks and grows with
    each change of who is invited. Calendars keep the attendees that they know while SEQUENCE stays.
    """
    events: type[models.Model] = Membership.pgh_event_model  # type: ignore[attr-defined]
    return events._default_manager.filter(forum=forum).count()


def _entry(meeting: Meeting, changes_of_seats: int) -> Event:
    address = f"{settings.SITE_ADDRESS}{meeting.get_absolute_url()}"
    told = meeting.cancelled_because or f"Agenda and pre-read: {address}"
    entry = Event()
    entry.add("uid", f"meeting-{meeting.pk}@{urlsplit(settings.SITE_ADDRESS).hostname}")
    entry.add("sequence", meeting.version + changes_of_seats)
    entry.add("dtstamp", clock.now().astimezone(UTC))
    entry.add("dtstart", meeting.starts_at.astimezone(UTC))
    entry.add("dtend", meeting.ends_at.astimezone(UTC))
    entry.add("summary", meeting.forum.name)
    entry.add("description", told)
    entry.add("url", address)
    entry.add("status", STATUS.get(Meeting.State(meeting.state), "CONFIRMED"))
    if meeting.place:
        entry.add("location", meeting.place)
    return entry


def _seats_on(meeting: Meeting) -> list[Membership]:
    """Who is invited: those with a seat on its day who can still sign in."""
    day = figures.local_date(meeting.starts_at)
    return [*meeting.forum.members_on(day).filter(person__is_active=True)]


def _organizer(seats: Sequence[Membership]) -> vCalAddress:
    """The secretary, who keeps the calendar, else the chair, else the office's own mailbox."""
    holders = {seat.role: seat.person for seat in seats}
    if person := holders.get(Role.SECRETARY) or holders.get(Role.CHAIR):
        return _mailbox(person.name, person.email)
    return _mailbox(*parseaddr(settings.DEFAULT_FROM_EMAIL))


def _attendee(seat: Membership) -> vCalAddress:
    mailbox = _mailbox(seat.person.name, seat.person.email)
    mailbox.params["CUTYPE"] = "INDIVIDUAL"
    mailbox.params["ROLE"] = "CHAIR" if seat.role == Role.CHAIR else "REQ-PARTICIPANT"
    mailbox.params["PARTSTAT"] = "NEEDS-ACTION"
    mailbox.params["RSVP"] = "TRUE"
    return mailbox


def _mailbox(name: str, address: str) -> vCalAddress:
    mailbox = vCalAddress(f"MAILTO:{address}")
    if name:
        mailbox.params["CN"] = name
    return mailbox
