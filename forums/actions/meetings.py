"""Meetings before they begin: made ahead by a cadence or called, moved, cancelled, and opened with their agenda."""

from collections.abc import Mapping
from copy import copy
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.conflicts import changes_to_make
from aiso.errors import DomainError
from aiso.events.outbox import publish
from aiso.web import figures

from ..models import Cadence, Forum, Meeting
from ..permissions import can_manage_forums, can_run_meetings
from ..schedule import moments_of
from .agenda.filling import drop_past
from .agenda.writing import place

State = Meeting.State
# Minutes that a meeting lasts unless told.
USUAL_LENGTH = 90


@transaction.atomic
def set_cadence(forum: Forum, *, actor: User, seen: Mapping[str, Any] | None = None, **wanted: Any) -> Cadence:
    """Say on which day of each month a forum meets, and make its meetings ahead.

    Drafts that still stand where the cadence had put them move with it. ConflictError tells what somebody else wrote
    since it was `seen`; DomainError that a delegate meets nobody.
    """
    if not can_manage_forums(actor):
        raise PermissionDenied("An office lead for the whole company says when the forums meet.")
    forum = _locked_forum(forum)
    if forum.is_delegate:
        raise DomainError(f"{forum} decides alone, without meetings.")
    cadence = Cadence.objects.select_for_update().filter(forum=forum).first()
    before = copy(cadence)
    cadence = cadence or Cadence(forum=forum)
    changed = changes_to_make(cadence, seen=seen or {}, wanted=wanted)
    for field, value in changed.items():
        setattr(cadence, field, value)
    cadence.full_clean()
    if changed or before is None:
        cadence.save()
        publish("cadence.changed", actor=actor, forum=forum, fields=sorted(changed))
    if before is not None:
        _move_drafts(cadence, moments_of(before, clock.today()))
    make_meetings(cadence)
    return cadence


@transaction.atomic
def make_meetings(cadence: Cadence) -> list[Meeting]:
    """Make the meetings of the months ahead that are not made yet. Repeating it makes none twice.

    A month whose meeting was moved or cancelled is not given another one.
    """
    forum = _locked_forum(cadence.forum)
    made = {*forum.meetings.exclude(made_for=None).values_list("made_for", flat=True)}
    taken = {*forum.meetings.exclude(state=State.CANCELLED).values_list("starts_at", flat=True)}
    wanted = {
        month: moment
        for month, moment in moments_of(cadence, clock.today()).items()
        if month not in made and moment > clock.now() and moment not in taken
    }
    return [_make(cadence, month, moment) for month, moment in wanted.items()]


@transaction.atomic
def call_meeting(
    forum: Forum, *, actor: User, starts_at: datetime, minutes_planned: int = USUAL_LENGTH, place: str = ""
) -> Meeting:
    """Call a meeting besides those of the cadence.

    Raises DomainError for a moment that is past or taken, and for a body that decides without meetings.
    """
    _may_run(actor, forum)
    forum = _locked_forum(forum)
    if forum.is_delegate:
        raise DomainError(f"{forum} decides alone, without meetings.")
    meeting = Meeting(forum=forum, starts_at=starts_at, minutes_planned=minutes_planned, place=place.strip())
    _check_moment(meeting)
    meeting.clean_fields()
    meeting.save()
    publish("meeting.called", actor=actor, forum=forum, meeting=meeting)
    return meeting


@transaction.atomic
def move_meeting(meeting: Meeting, *, actor: User, seen: Mapping[str, Any] | None = None, **wanted: Any) -> Meeting:
    """Change when it begins, how long it lasts or where it is, before it began; calendars take it over.

    ConflictError tells what somebody else wrote since it was `seen`, DomainError that the moment is past or taken.
    """
    _may_run(actor, meeting.forum)
    meeting = _locked_ahead(meeting)
    changed = changes_to_make(meeting, seen=seen or {}, wanted=wanted)
    if not changed:
        return meeting
    for field, value in changed.items():
        setattr(meeting, field, value)
    if "starts_at" in changed:
        _check_moment(meeting)
    meeting.version += 1
    meeting.clean_fields()
    meeting.save(update_fields=[*changed, "version"])
    publish("meeting.moved", actor=actor, forum=meeting.forum, meeting=meeting, fields=sorted(changed))
    return meeting


@transaction.atomic
def cancel_meeting(meeting: Meeting, *, actor: User, reason: str) -> Meeting:
    """Cancel a meeting before it began. What was to come on its agenda goes back to the backlog."""
    _may_run(actor, meeting.forum)
    if not reason.strip():
        raise DomainError("Say why it is cancelled: those who were invited read it.", field="reason")
    meeting = _locked_ahead(meeting)
    for item in meeting.items.to_come().select_for_update(of=["self"]).select_related("forum"):
        place(item, None)
    meeting.state, meeting.cancelled_because = State.CANCELLED, reason.strip()
    meeting.version += 1
    meeting.save(update_fields=["state", "cancelled_because", "version"])
    publish("meeting.cancelled", actor=actor, forum=meeting.forum, meeting=meeting)
    return meeting


@transaction.atomic
def open_meeting(meeting: Meeting, *, actor: User) -> Meeting:
    """Send the agenda: its members are told, its order stands, and items may still be added. What holds no longer is
    taken off before.

    Raises DomainError for an agenda that was sent before, and for one without items.
    """
    _may_run(actor, meeting.forum)
    meeting = _locked_ahead(meeting)
    if meeting.state != State.DRAFT:
        raise DomainError("The agenda was sent before.")
    drop_past(meeting)
    if not meeting.items.to_come().exists():
        raise DomainError("Nothing stands on the agenda yet. Put something on it first.")
    meeting.state, meeting.opened_at = State.OPEN, clock.now()
    meeting.save(update_fields=["state", "opened_at"])
    publish("meeting.opened", actor=actor, forum=meeting.forum, meeting=meeting)
    return meeting


def _make(cadence: Cadence, month: date, moment: datetime) -> Meeting:
    length, where = cadence.minutes, cadence.place
    meeting = cadence.forum.meetings.create(starts_at=moment, minutes_planned=length, place=where, made_for=month)
    publish("meeting.made", actor=None, forum=cadence.forum, meeting=meeting)
    return meeting


def _move_drafts(cadence: Cadence, before: Mapping[date, datetime]) -> None:
    """Let drafts follow a cadence that changed, where nobody had moved them by hand."""
    now = moments_of(cadence, clock.today())
    drafts = cadence.forum.meetings.filter(state=State.DRAFT, made_for__in=now).select_for_update(of=["self"])
    for meeting in drafts:
        assert meeting.made_for
        moment = now[meeting.made_for]
        changes = {"starts_at": moment, "minutes_planned": cadence.minutes, "place": cadence.place}
        is_as_it_was = all(getattr(meeting, name) == value for name, value in changes.items())
        if meeting.starts_at != before.get(meeting.made_for) or moment <= clock.now() or is_as_it_was:
            continue
        if cadence.forum.meetings.filter(starts_at=moment).exclude(pk=meeting.pk).exists():
            continue
        for name, value in changes.items():
            setattr(meeting, name, value)
        meeting.version += 1
        meeting.save(update_fields=[*changes, "version"])


def _check_moment(meeting: Meeting) -> None:
    if meeting.starts_at <= clock.now():
        raise DomainError("That moment is past. Choose one to come.", field="starts_at")
    others = meeting.forum.meetings.exclude(state=State.CANCELLED).exclude(pk=meeting.pk)
    if others.filter(starts_at=meeting.starts_at).exists():
        raise DomainError(f"{meeting.forum} meets on {figures.moment(meeting.starts_at)} already.", field="starts_at")


def _locked_ahead(meeting: Meeting) -> Meeting:
    """The meeting for writing, its forum before it, so that no two meetings take one moment."""
    _locked_forum(meeting.forum)
    meeting = Meeting.objects.select_for_update(of=["self"]).select_related("forum").get(pk=meeting.pk)
    if not meeting.is_ahead:
        raise DomainError(f"This meeting is {meeting.get_state_display().lower()}.")
    return meeting


def _locked_forum(forum: Forum) -> Forum:
    return Forum.objects.select_for_update(of=["self"]).get(pk=forum.pk)


def _may_run(actor: User, forum: Forum) -> None:
    if not can_run_meetings(actor, forum):
        raise PermissionDenied("The chair, the secretary and the office call and prepare meetings.")
