"""Who was there from when to when, and whether that was a quorum at a moment."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Model, QuerySet

from aiso.accounts.models import User
from aiso.web import figures

from .models import Attendance, Meeting, Membership, Proxy

type Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Quorum:
    """How many with a vote took part at a moment, proxies included, and how many had to."""

    there: int
    needed: int

    @property
    def is_met(self) -> bool:
        return self.there >= self.needed


@dataclass(frozen=True)
class Presence:
    """One person's time at a meeting: several spans for somebody who left and came back."""

    attendance: Attendance
    spans: list[Span]

    def was_there(self, moment: datetime) -> bool:
        return any(since <= moment <= until for since, until in self.spans)


@dataclass(frozen=True)
class Given:
    """A proxy, and when it was given and taken back."""

    giver: User
    holder: User
    since: datetime
    until: datetime | None

    def held(self, moment: datetime) -> bool:
        return self.since <= moment and (self.until is None or moment < self.until)


class Presences:
    """All who were at a meeting that lasts until a moment. Four queries, however many there were."""

    def __init__(self, meeting: Meeting, until: datetime) -> None:
        self.meeting, self.until = meeting, until

    @cached_property
    def seats(self) -> list[Membership]:
        """The seats of its day."""
        return [*self.meeting.forum.members_on(figures.local_date(self.meeting.started_at or self.meeting.starts_at))]

    @cached_property
    def everybody(self) -> list[Presence]:
        rows = [*self.meeting.attendance.select_related("person")]
        told = _told_of(rows)
        return [Presence(row, spans_of(told[row.pk], self.until)) for row in rows]

    @cached_property
    def proxies(self) -> list[Given]:
        """All that were given, those too that ended because somebody came or left."""
        events = [*_events_of(Proxy).filter(meeting=self.meeting).order_by("pgh_id")]
        ended = {row.pgh_obj_id: row.pgh_created_at for row in events if row.pgh_label == "delete"}
        given = [row for row in events if row.pgh_label == "insert"]
        people = User.objects.in_bulk({pk for row in given for pk in (row.giver_id, row.holder_id)})
        return [
            Given(people[row.giver_id], people[row.holder_id], row.given_at, ended.get(row.pgh_obj_id)) for row in given
        ]

    def quorum_at(self, moment: datetime) -> Quorum:
        """A vote counts once: of who is there, or of who is away and gave it to somebody who is there."""
        there = {each.attendance.person_id for each in self.everybody if each.was_there(moment)}
        voting = {seat.person_id for seat in self.seats if seat.has_vote}
        given = {each.giver.pk for each in self.proxies if each.holder.pk in there and each.held(moment)}
        return Quorum(len(voting & (there | given)), self.meeting.forum.quorum(len(voting)))


def spans_of(told: Iterable[Any], until: datetime) -> list[Span]:
    """From the history of one attendance, the oldest first: when somebody was there, `until` it ended."""
    spans: list[Span] = []
    since: datetime | None = None
    for row in told:
        came = row.arrived_at
        if row.left_at is not None:
            spans.append((since or came, row.left_at))
            since = None
        elif since is None:
            # Who comes back has the row opened again; unless that tells when, its history does.
            since = came if not spans or came > spans[-1][1] else min(max(row.pgh_created_at, spans[-1][1]), until)
    if since is not None:
        spans.append((since, max(since, until)))
    return spans


def _told_of(rows: Sequence[Attendance]) -> dict[int, list[Any]]:
    told: dict[int, list[Any]] = defaultdict(list)
    for row in _events_of(Attendance).filter(pgh_obj__in=[each.pk for each in rows]).order_by("pgh_id"):
        told[row.pgh_obj_id].append(row)
    return told


def _events_of(model: type[Model]) -> QuerySet[Any]:
    """The history of a model's rows."""
    events: QuerySet[Any] = model.pgh_event_model._default_manager.all()  # type: ignore[attr-defined]
    return events
