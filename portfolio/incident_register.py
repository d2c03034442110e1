"""Incidents as an address asks for them: what went wrong, who sees to it, and what is overdue?"""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.db.models import DateTimeField, Prefetch, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict

from aiso import clock
from aiso.accounts.models import BusinessUnit, User
from aiso.web.keyset import LATEST_FIRST, Order, Page, page_of
from aiso.web.tabs import Tab

from .barrier_register import Chip
from .forms.incidents import IncidentFilterForm
from .incidents import incident_counts
from .models import Incident, IncidentShare, Severity
from .models.incident import IncidentQuerySet
from .models.initiative import on_visible

PAGE = 50
NEVER = Value(datetime(9999, 12, 31, tzinfo=UTC), output_field=DateTimeField())
BY_CLOCK = Order(Coalesce("due_at", NEVER), DateTimeField())
ORDERS = {"": ("Due first", BY_CLOCK), "-reported": ("Newest first", LATEST_FIRST)}
# The tabs: their name in the address, and their label. The first shows unless another is asked for.
STATES = {"open": "Open", "review": "To review", "overdue": "Overdue", "mine": "Mine", "closed": "Reviewed"}
FILTERS = ("severity", "support", "unit")


class IncidentRegister:
    """One person's view of the incidents by the query string of an address."""

    title = "Incidents"

    def __init__(self, viewer: User, query: QueryDict) -> None:
        self.viewer, self.query = viewer, query
        asked = query.get("state", "")
        self.state = asked if asked in STATES else "open"
        self.order = query.get("order", "") if query.get("order", "") in ORDERS else ""

    @cached_property
    def counts(self) -> dict[str, int]:
        return incident_counts(self.viewer)

    @property
    def tabs(self) -> list[Tab]:
        return [
            Tab(label, self.address(state=name), self.counts[name], self.state == name)
            for name, label in STATES.items()
        ]

    @cached_property
    def form(self) -> IncidentFilterForm:
        visible = Incident.objects.visible_to(self.viewer)
        people = User.objects.people().filter(pk__in=visible.values("support_owner"))
        orders = [(name, label) for name, (label, _) in ORDERS.items()]
        form = IncidentFilterForm(self.query, orders, people)
        form.is_valid()
        return form

    @cached_property
    def chosen(self) -> dict[str, Any]:
        """The filters that can be read of the address; the rest is as if it were not there."""
        given = {name: self.form.cleaned_data.get(name) for name in FILTERS}
        return {name: value for name, value in given.items() if value}

    @property
    def chips(self) -> list[Chip]:
        return [
            Chip(
                str(self.form.fields[name].label or name.capitalize()),
                Severity(value).label if name == "severity" else str(value),
                self.address(**{name: ""}),
            )
            for name, value in self.chosen.items()
        ]

    @cached_property
    def matching(self) -> IncidentQuerySet:
        found = in_state(Incident.objects.visible_to(self.viewer), self.state, self.viewer)
        found = narrowed(found, self.viewer, **self.chosen)
        return fetched(found, self.viewer)

    @cached_property
    def page(self) -> Page[Incident]:
        place = {"after": self.query.get("after", ""), "before": self.query.get("before", "")}
        return page_of(self.matching, ORDERS[self.order][1], size=PAGE, **place)

    @cached_property
    def count(self) -> int:
        """How many match; the tab has counted them already where nothing narrows it."""
        return self.matching.order_by().count() if self.chosen else self.counts[self.state]

    def address(self, **changes: str) -> str:
        """This address from its beginning, with some parts changed; empty takes one out."""
        query = QueryDict(mutable=True)
        kept = {name: self.query.get(name, "") for name in ("state", "order", *FILTERS)} | changes
        query.update({name: value for name, value in kept.items() if value})
        return f"?{query.urlencode()}"

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
