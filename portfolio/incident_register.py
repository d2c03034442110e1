"""Incidents as an address asks for them: what went wrong, who sees to it, and what is overdue?"""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.db.models import DateTimeField, Prefetch, Value
from django.db.models.functions import Coalesce

from aiso import clock
from aiso.accounts.models import BusinessUnit, User
from aiso.web.filtered import FilteredList
from aiso.web.keyset import LATEST_FIRST, Order

from .forms.incidents import IncidentFilterForm
from .incidents import incident_counts
from .models import Incident, IncidentShare
from .models.incident import IncidentQuerySet
from .models.initiative import on_visible

NEVER = Value(datetime(9999, 12, 31, tzinfo=UTC), output_field=DateTimeField())
BY_CLOCK = Order(Coalesce("due_at", NEVER), DateTimeField())
ORDERS = {"": ("Due first", BY_CLOCK), "-reported": ("Newest first", LATEST_FIRST)}
# The tabs: their name in the address, and their label. The first shows unless another is asked for.
STATES = {"open": "Open", "review": "To review", "overdue": "Overdue", "mine": "Mine", "closed": "Reviewed"}
FILTERS = ("severity", "support", "unit")


class IncidentRegister(FilteredList[Incident]):
    """One person's view of the incidents by the query string of an address."""

    title = "Incidents"
    states, filters, orders = STATES, FILTERS, ORDERS

    @cached_property
    def counts(self) -> dict[str, int]:
        return incident_counts(self.viewer)

    @cached_property
    def form(self) -> IncidentFilterForm:
        visible = Incident.objects.visible_to(self.viewer)
        people = User.objects.people().filter(pk__in=visible.values("support_owner"))
        form = IncidentFilterForm(self.query, self.order_choices, people)
        form.is_valid()
        return form

    @cached_property
    def matching(self) -> IncidentQuerySet:
        found = in_state(Incident.objects.visible_to(self.viewer), self.state, self.viewer)
        found = narrowed(found, self.viewer, **self.chosen)
        return fetched(found, self.viewer)

    headers = [
        *("Incident", "Title", "Severity", "State", "Initiatives", "Happened", "Detected", "Detected by"),
        *("Asset", "Support owner", "Support owner e-mail", "Due", "Overdue", "Contained", "Resolved", "Reviewed"),
        *("Rolled back", "What happened"),
    ]

    def lines(self) -> Iterator[list[Any]]:
        """For a file: all that match, newest first; of the initiatives, those that the viewer sees."""
        for each in self.matching.order_by("-pk").iterator(chunk_size=1000):
            seen = ", ".join(share.initiative.reference for share in each.seen_shares)  # type: ignore[attr-defined]
            yield [
                *(each.reference, each.title, each.get_severity_display(), each.get_state_display(), seen),
                *(each.happened_at, each.detected_at, each.detected_by or each.get_detection_display()),
                *(str(each.asset or ""), each.support_owner.name, each.support_owner.email, each.due),
                *("Yes" if each.is_overdue else "No", each.contained_at, each.resolved_at, each.reviewed_at),
                *(each.rolled_back_at, each.what_happened),
            ]


def in_state(incidents: IncidentQuerySet, state: str, viewer: User) -> IncidentQuerySet:
    """The incidents under one tab."""
    if state == "mine":
        return incidents.unfinished().of_person(viewer)
    if state == "overdue":
        return incidents.overdue(clock.now())
    if state == "review":
        return incidents.filter(state=Incident.State.RESOLVED)
    return incidents.filter(state=Incident.State.REVIEWED) if state == "closed" else incidents.open()


def narrowed(
    incidents: IncidentQuerySet,
    viewer: User,
    *,
    severity: str = "",
    support: User | None = None,
    unit: BusinessUnit | None = None,
) -> IncidentQuerySet:
    """Of a severity, supported by somebody, or of a unit and those below it: by initiatives that the viewer sees."""
    if severity:
        incidents = incidents.filter(severity=severity)
    if support:
        incidents = incidents.filter(support_owner=support)
    if unit:
        shares = IncidentShare.objects.filter(on_visible(viewer, "initiative"))
        units = BusinessUnit.objects.and_below([unit.pk])
        incidents = incidents.filter(pk__in=shares.filter(initiative__unit__in=units).values("incident"))
    return incidents


def fetched(incidents: IncidentQuerySet, viewer: User) -> IncidentQuerySet:
    """With its people, its asset, and as `seen_shares` those initiatives that the viewer sees. One query more."""
    shares = IncidentShare.objects.filter(on_visible(viewer, "initiative"))
    shares = shares.select_related("initiative__unit").order_by("-is_lead", "pk")
    seen = Prefetch("shares", shares, to_attr="seen_shares")
    return incidents.select_related("support_owner", "asset", "reported_by").prefetch_related(seen)
