"""A meeting is closed and its minutes are made; afterwards only signed addenda add to them."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..beats import beat
from ..minutes_content import content_of, hash_of
from ..models import Addendum, Forum, Meeting, Minutes
from ..permissions import can_run_meetings, can_sign_addendum, can_write_addendum
from .agenda import put_off
from .live import stop_clock

State = Meeting.State


@transaction.atomic
def close_meeting(meeting: Meeting, *, actor: User) -> Minutes:
    """End a meeting, lock it, and make its minutes. What was not reached goes back to the backlog.

    Raises DomainError for a meeting that is not in progress: of two people who close it at once, the second is told.
    """
    if not can_run_meetings(actor, meeting.forum):
        raise PermissionDenied("The chair, the secretary and the office close a meeting.")
    meeting = Meeting.objects.select_for_update(of=["self"]).select_related("forum").get(pk=meeting.pk)
    if meeting.state == State.CLOSED:
        raise DomainError("This meeting was closed already. Its minutes tell what was recorded.")
    if not meeting.is_live:
        raise DomainError(f"Only a meeting in progress is closed; this one is {meeting.get_state_display().lower()}.")
    stop_clock(meeting)
    waiting = [*meeting.items.to_come().select_related("forum", "meeting")]
    for item in waiting:
        put_off(item, actor=actor)
    closed_at = clock.now()
    content = content_of(meeting, closed_at)
    minutes = Minutes.objects.create(
        meeting=meeting, content=content, sha256=hash_of(content), made_at=closed_at, made_by=actor
    )
    # Before the lock: afterwards the meeting's row takes nothing more.
    beat(meeting)
    _lock(meeting)
    about = {"forum": meeting.forum_id, "meeting": meeting, "minutes": minutes}
    publish("meeting.closed", actor=actor, put_off=len(waiting), **about)
    return minutes


@transaction.atomic
def write_addendum(minutes: Minutes, *, actor: User, text: str) -> Addendum:
    """Correct minutes or add to them. It counts once the chair signs it. For the forum's members and its secretary."""
    if not can_write_addendum(actor, minutes.meeting.forum):
        raise PermissionDenied("Members of the forum and its secretary add to its minutes.")
    if not text.strip():
        raise DomainError("Say what the minutes lack, or what is right instead.", field="text")
    addendum = minutes.addenda.create(text=text.strip(), written_by=actor, written_at=clock.now())
    publish("addendum.written", actor=actor, meeting=minutes.meeting_id, addendum=addendum)
    return addendum


@transaction.atomic
def sign_addendum(addendum: Addendum, *, actor: User) -> Addendum:
    """Let an addendum count. For the chair of today, who may have written it; nobody else signs."""
    locked = Addendum.objects.select_for_update(of=["self"]).select_related("minutes__meeting__forum", "written_by")
    addendum = locked.get(pk=addendum.pk)
    forum: Forum = addendum.minutes.meeting.forum
    if not can_sign_addendum(actor, forum):
        raise PermissionDenied(f"{forum.chair_of() or 'The chair'} signs what is added to the minutes of {forum}.")
    if addendum.signed_at:
        raise DomainError("This addendum was signed already.")
    addendum.signed_by, addendum.signed_at = actor, clock.now()
    addendum.save(update_fields=["signed_by", "signed_at"])
    publish("addendum.signed", actor=actor, meeting=addendum.minutes.meeting_id, addendum=addendum)
    return addendum


def _lock(meeting: Meeting) -> None:
    """From now on the database refuses every change of what the meeting holds."""
    meeting.state, meeting.closed_at = State.CLOSED, clock.now()
    meeting.current = meeting.paused_at = None
    meeting.save(update_fields=["state", "closed_at", "current", "paused_at"])
