"""What tells those who follow a meeting that something changed: a number that grows, kept in the cache.

A follower asks with the number that it saw, and nothing else is read while that is the number still.
"""

from django.core.cache import cache
from django.db import transaction
from django.db.models import F

from .models import Meeting

# Milliseconds after which a screen asks again.
ASKED_EVERY = 1200
# Seconds that the number is kept; whoever asks later reads it from the meeting's row.
KEPT = 24 * 60 * 60


def beat(meeting: Meeting) -> None:
    """Let everybody who follows the meeting see what was written, once it is committed.

    Called within the transaction of the change. Adding is right in whatever order two commits are told.
    """
    Meeting.objects.filter(pk=meeting.pk).update(beat=F("beat") + 1)
    transaction.on_commit(lambda: _grow(meeting.pk))


def beat_of(meeting_id: int) -> int | None:
    """The number now; None for a meeting that there is not. Read it before what is shown with it: what is written
    between the two is then shown with the next one.
    """
    kept: int | None = cache.get(key_of(meeting_id))
    return _read(meeting_id) if kept is None else kept


def _grow(meeting_id: int) -> None:
    try:
        cache.incr(key_of(meeting_id))
    except ValueError:
        # Not kept. Who asks at the same moment may just have kept the number from before the change.
        number = Meeting.objects.values_list("beat", flat=True).get(pk=meeting_id)
        if not cache.add(key_of(meeting_id), number, KEPT):
            cache.incr(key_of(meeting_id))


def _read(meeting_id: int) -> int | None:
    number = Meeting.objects.filter(pk=meeting_id).values_list("beat", flat=True).first()
    if number is not None:
        cache.add(key_of(meeting_id), number, KEPT)
    return number


def key_of(meeting_id: int) -> str:
    """Where the cache keeps it."""
    return f"meeting-beat:{meeting_id}"
