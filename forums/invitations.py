"""A meeting as an entry in people's own calendars (RFC 5545)."""

from datetime import UTC
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress

from aiso import clock

from .models import Meeting

PRODUCT = "-//AI Scaling Office//Meetings//EN"
STATUS = {Meeting.State.DRAFT: "TENTATIVE", Meeting.State.CANCELLED: "CANCELLED"}


def invitation(meeting: Meeting) -> bytes:
    """One calendar file. Its UID stays and its SEQUENCE grows, so that a later file replaces what an earlier one
    entered. It names nothing of the agenda: calendars are read by more people than the page.
    """
    is_cancelled = meeting.state == Meeting.State.CANCELLED
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if is_cancelled else "PUBLISH")
    calendar.add_component(_entry(meeting))
    return bytes(calendar.to_ical())


def _entry(meeting: Meeting) -> Event:
    address = f"{settings.SITE_ADDRESS}{meeting.get_absolute_url()}"
    told = meeting.cancelled_because or f"Agenda and pre-read: {address}"
    entry = Event()
    entry.add("uid", f"meeting-{meeting.pk}@{urlsplit(settings.SITE_ADDRESS).hostname}")
    entry.add("sequence", meeting.version)
    entry.add("dtstamp", clock.now().astimezone(UTC))
    entry.add("dtstart", meeting.starts_at.astimezone(UTC))
    entry.add("dtend", meeting.ends_at.astimezone(UTC))
    entry.add("summary", meeting.forum.name)
    entry.add("description", told)
    entry.add("url", address)
    entry.add("status", STATUS.get(Meeting.State(meeting.state), "CONFIRMED"))
    if meeting.place:
        entry.add("location", meeting.place)
    if organizer := meeting.forum.secretary_of() or meeting.forum.chair_of():
        mailbox = vCalAddress(f"MAILTO:{organizer.email}")
        mailbox.params["CN"] = organizer.name
        entry.add("organizer", mailbox)
    return entry
