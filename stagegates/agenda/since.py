"""When a body looked last."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from forums.models import Forum, Meeting

# How far back the first meeting of a body looks.
FIRST_LOOK = timedelta(days=31)


def last_meeting(forum: Forum, day: date) -> datetime:
    """When the last meeting before a day was closed; a month before that day where there was none. One query."""
    begins = timezone.make_aware(datetime.combine(day, time.min))
    closed = forum.meetings.filter(state=Meeting.State.CLOSED, starts_at__lt=begins).order_by("-starts_at").first()
    return (closed.closed_at or closed.starts_at) if closed else begins - FIRST_LOOK
