"""The decision inventory: all decisions of a workflow's initiatives, or of the whole portfolio, as an address asks."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import BigIntegerField, Count, F, Q, Sum
from django.http import QueryDict

from aiso.accounts.models import User
from aiso.web.keyset import Order, Page, page_of
from aiso.web.tabs import Tab

from .autonomy_limits import Limits, autonomy_limits
from .decisions import Line, lines_of
from .models import AutonomyLevel, DecisionClass, DecisionReading, Initiative, Ownership, Workflow
from .models.decision import DecisionClassQuerySet
from .models.initiative import InitiativeQuerySet
from .models.stage import ENDED
from .permissions import owned_among

# Rows of the table: each has a form of some twenty fields, and a request takes a thousand.
PAGE = 25
BY_INITIATIVE = Order(F("initiative_id"), BigIntegerField())
# Initiatives that a new row may belong to.
MOST_TO_CHOOSE = 300
# The tabs: their name in the address, and their label.
SHOWN = (
    ("", "All"),
    ("mine", "Mine"),
    ("not-automated", "Not yet automated"),
    ("stepped-down", "Stepped down"),
    ("rubber-stamp", "Rubber stamp"),
)


@dataclass(frozen=True)
class Row:
    """A decision of the table, with how it went last, and whether the viewer may change it."""

    line: Line
    reading: DecisionReading | None
    may_edit: bool

    @property
    def decision(self) -> DecisionClass:
        return self.line.decision


class Inventory:
    """One person's view of the decisions of a workflow, or of all. Its page costs six queries."""

    def __init__(self, viewer: User, workflow: Workflow | None, query: QueryDict) -> None:
        self.viewer, self.workflow, self.query = viewer, workflow, query
        asked = query.get("show", "")
        self.show = asked if asked in dict(SHOWN) else ""

    @cached_property
    def limits(self) -> Limits:
        return autonomy_limits()

    @property
    def initiatives(self) -> InitiativeQuerySet:
        """The initiatives whose decisions stand here: those on the register that have not ended."""
        running = Initiative.objects.visible_to(self.viewer).on_register().exclude(stage__in=ENDED)
        return running.filter(workflow=self.workflow) if self.workflow else running

    @property
    def all(self) -> DecisionClassQuerySet:
        return DecisionClass.objects.filter(initiative__in=self.initiatives.values("pk"))

    @property
    def matching(self) -> DecisionClassQuerySet:
        return self.all.filter(self._conditions[self.show])

    @cached_property
    def counts(self) -> dict[str, int]:
        """The figures of the first line and of the tabs, in one query."""
        tabs = {f"n_{name.replace('-', '_')}": Count("pk", filter=self._conditions[name]) for name, _ in SHOWN}
        levels = {f"n_{level.value}": Count("pk", filter=Q(autonomy=level)) for level in AutonomyLevel}
        initiatives = Count("initiative", distinct=True)
        told = self.all.order_by().aggregate(**tabs, **levels, initiatives=initiatives, a_week=Sum("volume_per_week"))
        return {name: value or 0 for name, value in told.items()}

    @property
    def tabs(self) -> list[Tab]:
        return [
            Tab(label, self.address(show=name), self.counts[f"n_{name.replace('-', '_')}"], self.show == name)
            for name, label in SHOWN
            if name != "mine" or self.show == name or self.counts["n_mine"]
        ]

    @cached_property
    def page(self) -> Page[DecisionClass]:
        place = {"after": self.query.get("after", ""), "before": self.query.get("before", "")}
        rows = self.matching.select_related("owner", "initiative__workflow").defer("initiative__search")
        return page_of(rows, BY_INITIATIVE, size=PAGE, **place)

    @cached_property
    def rows(self) -> list[Row]:
        return self.rows_of(self.page.rows)

    def rows_of(self, decisions: Iterable[DecisionClass]) -> list[Row]:
        """Decisions that were read with their initiative, with their latest reading. Two queries."""
        found = [*decisions]
        may_edit = owned_among(self.viewer, [decision.initiative for decision in found])
        current = DecisionReading.objects.current().filter(decision_class__in=found)
        latest = current.order_by("decision_class_id", "-last_day").distinct("decision_class_id")
        readings = {reading.decision_class_id: reading for reading in latest}
        lines = lines_of(found, self.limits)
        return [Row(line, readings.get(line.decision.pk), may_edit(line.decision.initiative)) for line in lines]

    @cached_property
    def to_choose(self) -> list[Initiative]:
        """The initiatives of the workflow that the viewer may add a decision to. Two queries."""
        if self.workflow is None:
            return []
        fields = ("name", "unit_id", "business_owner_id", "technical_owner_id", "risk_owner_id")
        found = [*self.initiatives.only(*fields).order_by("pk")[:MOST_TO_CHOOSE]]
        return [*filter(owned_among(self.viewer, found), found)]

    def address(self, **changes: str) -> str:
        """This address from its beginning, with some parts changed; empty takes one out."""
        query = QueryDict(mutable=True)
        query.update({name: value for name, value in ({"show": self.show} | changes).items() if value})
        return f"?{query.urlencode()}"

    @cached_property
    def _conditions(self) -> dict[str, Q]:
        cap = self.limits.reviewer_cap
        owned = Ownership.objects.current().filter(person=self.viewer)
        # Nobody to look counts as one, as `volume_per_reviewer` says.
        too_many = Q(volume_per_week__gt=F("reviewers") * cap, reviewers__gt=0) | Q(
            volume_per_week__gt=cap, reviewers=0
        )
        return {
            "": Q(),
            "mine": Q(owner=self.viewer) | Q(initiative__in=owned.values("initiative")),
            "not-automated": ~Q(not_automated_because=""),
            "stepped-down": Q(steps_down__gt=0),
            "rubber-stamp": Q(autonomy=AutonomyLevel.SURFACE) & too_many,
        }
