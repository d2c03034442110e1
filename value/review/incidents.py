"""Incidents that are not over, or were closed since the forum met; and what their reviews asked of people."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Prefetch, Q, Value, When
from django.urls import reverse

from aiso.web import figures
from forums.models import Forum
from forums.sources import Proposed
from portfolio.models import Incident, IncidentAction, IncidentShare
from portfolio.models.incident import IncidentQuerySet, IncidentShareQuerySet, Severity
from portfolio.models.initiative import InitiativeQuerySet
from stagegates.agenda.looks import day_of
from stagegates.agenda.since import last_meeting

from .rows import SHOWN, Heads, Listed, Row, Sight, counted

SOURCE, ACTIONS = "incidents", "incident_actions"
OVER_LAST = Case(When(state=Incident.State.REVIEWED, then=1), default=0, output_field=IntegerField())
WORST_FIRST = Case(
    *(When(severity=severity, then=Value(place)) for place, severity in enumerate(Severity)),
    output_field=IntegerField(),
)


def incidents(forum: Forum, day: date) -> Iterator[Proposed]:
    """All of them as one item. Two queries."""
    since = last_meeting(forum, day)
    if incidents_since(since).exists():
        yield Proposed(
            key="incidents",
            title="Incidents",
            why=f"Those that are not over, and those closed since {figures.day(since)}.",
        )


def incident_actions(forum: Forum, day: date) -> Iterator[Proposed]:
    """All of them as one item. One query."""
    if IncidentAction.objects.open().exists():
        yield Proposed(
            key="incident-actions",
            title="Actions after incidents",
            why="What reviews of incidents gave to people, and is not done.",
            minutes=5,
        )


def incidents_since(since: datetime) -> IncidentQuerySet:
    """Those that still ask something of somebody, and those whose review was concluded since."""
    return Incident.objects.filter(~Q(state=Incident.State.REVIEWED) | Q(reviewed_at__gt=since))


def listed_incidents(sight: Sight) -> Listed:
    """Those that are not over first, then by severity. Three queries."""
    rows = incidents_since(last_meeting(sight.item.forum, day_of(sight.item))).filter(Exists(_shares(sight.seen)))
    rows = rows.select_related("support_owner").prefetch_related(_seen(sight.seen, "shares"))
    found = [*rows.order_by(OVER_LAST, WORST_FIRST, "due_at", "pk")[: SHOWN + 1]]
    over = sum(each.state == Incident.State.REVIEWED for each in found[:SHOWN])
    told = f", {figures.number(over)} of those below {'is' if over == 1 else 'are'} closed" if over else ""
    return Listed(
        [_incident(each) for each in found[:SHOWN]],
        f"{counted(len(found), 'incident')}{told}.",
        len(found) > SHOWN,
        reverse("portfolio:incident_list"),
        "all incidents",
        Heads("Incident", "Support", "Due"),
    )


def listed_actions(sight: Sight) -> Listed:
    """Those due first. Two queries."""
    rows = IncidentAction.objects.open().filter(Exists(_shares(sight.seen, of="incident")))
    rows = rows.select_related("owner", "incident").prefetch_related(_seen(sight.seen, "incident__shares"))
    found = [*rows.order_by("due_on", "pk")[: SHOWN + 1]]
    late = sum(each.due_on < sight.day for each in found[:SHOWN])
    told = f", {figures.number(late)} of those below {'is' if late == 1 else 'are'} late" if late else ""
    return Listed(
        [_action(each, sight.day) for each in found[:SHOWN]],
        f"{counted(len(found), 'action')}{told}.",
        len(found) > SHOWN,
        reverse("portfolio:incident_list"),
        "all incidents",
        Heads("Action", "Owner", "Due"),
    )


def _shares(seen: InitiativeQuerySet, of: str = "pk") -> IncidentShareQuerySet:
    return IncidentShare.objects.filter(initiative__in=seen, incident=OuterRef(of))


def _seen(seen: InitiativeQuerySet, through: str) -> "Prefetch[Any, Any, Any]":
    """Of the initiatives that each concerns those that the reader sees."""
    shares = IncidentShare.objects.filter(initiative__in=seen).select_related("initiative")
    shares = shares.defer("initiative__search").order_by("-is_lead", "pk")
    return Prefetch(through, shares, to_attr="seen_shares")


def _incident(each: Incident) -> Row:
    due = each.due
    step = each.next_step
    return Row(
        [share.initiative for share in each.seen_shares],  # type: ignore[attr-defined]
        str(each.state),
        each.title,
        f"{each.get_severity_display()}, {each.get_state_display().lower()}{', overdue' if each.is_overdue else ''}",
        each.get_absolute_url(),
        step or "Open",
        id=each.pk,
        tone="late" if each.is_overdue or (each.is_severe and step) else "risk" if step else "ok",
        note=each.reference,
        person=each.support_owner,
        on=figures.local_date(due) if due else None,
    )


def _action(each: IncidentAction, day: date) -> Row:
    is_late = each.due_on < day
    return Row(
        [share.initiative for share in each.incident.seen_shares],  # type: ignore[attr-defined]
        "late" if is_late else "open",
        each.text,
        "Late" if is_late else "Open",
        each.incident.get_absolute_url(),
        "Open",
        id=each.pk,
        tone="late" if is_late else "risk",
        note=str(each.incident),
        person=each.owner,
        on=each.due_on,
    )
