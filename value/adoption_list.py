"""Workflows and how many use them, as an address asks for them; their readings as a file."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.db.models import Case, CharField, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Concat, Lower
from django.http import QueryDict

from aiso.accounts.models import BusinessUnit, User
from aiso.web.keyset import Order, Page, page_of
from aiso.web.tabs import Tab
from portfolio.models import Initiative, Workflow

from .adoption import Adoption, AdoptionFigure, adoption_figure, critical_in_production, weeks_of
from .adoption_chart import Trend, trend_of
from .adoption_columns import ADOPTION_COLUMNS, cell_of
from .adoption_told import Told
from .models import AdoptionReading, AdoptionReadingQuerySet
from .weeks import last_weeks
from .worth import Window

PAGE = 50
CHUNK = 1000
# Weeks of a trend, and days in which a workflow counts as measured or not on these pages.
TREND_WEEKS, DAYS = 12, 90
SHOWN = {"": "All", "critical": "Critical", "unmeasured": "Unmeasured"}
# Critical ones first, each part by name.
IN_ORDER = Order(
    Concat(Case(When(is_critical=True, then=Value("0")), default=Value("1")), Lower("name"), output_field=CharField()),
    CharField(),
)


class AdoptionLine:
    """One workflow as a row shows it."""

    def __init__(self, workflow: Workflow, adoption: Adoption, readings: list[AdoptionReading]) -> None:
        self.workflow, self.adoption = workflow, adoption
        told = [Told.of(each) for each in readings]
        self.latest = max(told, key=lambda each: each.reading.week_ends_on, default=None)
        self._shares = {each.reading.week_ends_on: each.share for each in told}

    @property
    def trend(self) -> Trend:
        return trend_of(last_weeks(TREND_WEEKS)[::-1], self._shares)


class AdoptionList:
    """The workflows that an address asks for. Its page costs seven queries."""

    def __init__(self, viewer: User, query: QueryDict) -> None:
        self.viewer, self.query = viewer, query
        self.window = Window.of_days(DAYS)
        asked = query.get("show", "")
        self.show = asked if asked in SHOWN else ""
        unit = query.get("unit", "")
        self.unit = int(unit) if unit.isascii() and unit.isdecimal() and len(unit) < 10 else 0

    @cached_property
    def units(self) -> list[BusinessUnit]:
        """Units that have a workflow."""
        return [*BusinessUnit.objects.filter(workflows__isnull=False).distinct().order_by("name")]

    @property
    def address(self) -> str:
        return f"?show={self.show}{f'&unit={self.unit}' if self.unit else ''}"

    @property
    def tabs(self) -> list[Tab]:
        unit = f"&unit={self.unit}" if self.unit else ""
        return [
            Tab(label, f"?show={name}{unit}", self.counts[name or "all"], name == self.show)
            for name, label in SHOWN.items()
        ]

    @cached_property
    def counts(self) -> dict[str, int]:
        counted = {"all": Count("pk")} | {name: Count("pk", filter=self._in(name)) for name in SHOWN if name}
        found: dict[str, int] = self._of_unit.order_by().aggregate(**counted)
        return found

    @cached_property
    def matching(self) -> QuerySet[Workflow]:
        return self._of_unit.filter(self._in(self.show))

    @cached_property
    def page(self) -> Page[Workflow]:
        place = {name: self.query.get(name, "") for name in ("after", "before")}
        return page_of(self.matching.select_related("unit"), IN_ORDER, size=PAGE, **place)

    @cached_property
    def rows(self) -> list[AdoptionLine]:
        shown = [each.pk for each in self.page.rows]
        read: dict[int, list[AdoptionReading]] = defaultdict(list)
        for each in AdoptionReading.objects.current().of_weeks(last_weeks(TREND_WEEKS)).filter(workflow__in=shown):
            read[each.workflow_id].append(each)
        adoption = adoption_figure(Workflow.objects.filter(pk__in=shown), self.window).by_workflow
        return [AdoptionLine(each, adoption[each.pk], read[each.pk]) for each in self.page.rows]

    @cached_property
    def critical(self) -> AdoptionFigure:
        """The critical workflows with an initiative in production that the viewer sees."""
        seen = Initiative.objects.visible_to(self.viewer)
        rows = critical_in_production(self.window.as_of, initiatives=seen)
        return adoption_figure(rows.filter(pk__in=self._of_unit.order_by().values("pk")), self.window)

    @property
    def _of_unit(self) -> QuerySet[Workflow]:
        """Workflows in use, and those out of use that were read."""
        read = AdoptionReading.objects.filter(workflow=OuterRef("pk"))
        rows = Workflow.objects.visible_to(self.viewer).filter(Q(is_active=True) | Exists(read))
        if self.unit:
            rows = rows.filter(unit__in=BusinessUnit.objects.and_below([self.unit]))
        return rows.annotate(weeks_read=self._weeks_read)

    @property
    def _weeks_read(self) -> Coalesce:
        rows = AdoptionReading.objects.current().filter(
            workflow=OuterRef("pk"), week_ends_on__range=(self.window.first, self.window.as_of)
        )
        counted = rows.order_by().values("workflow").annotate(n=Count("pk")).values("n")
        return Coalesce(Subquery(counted, output_field=IntegerField()), 0)

    def _in(self, show: str) -> Q:
        if show == "critical":
            return Q(is_critical=True)
        if show == "unmeasured":
            # As `Adoption.is_unmeasured` says it: fewer than half the weeks.
            return Q(weeks_read__lt=(weeks_of(self.window) + 1) // 2)
        return Q(pk__isnull=False)


class AdoptionSheet:
    """The readings that hold of some workflows, as a file that imports again."""

    title = "Adoption"

    def __init__(self, workflows: QuerySet[Workflow]) -> None:
        self.workflows = workflows

    @property
    def headers(self) -> list[str]:
        return [*(column.label for column in ADOPTION_COLUMNS), "Week ends on", "Business unit", "Critical"]

    @property
    def readings(self) -> AdoptionReadingQuerySet:
        rows = AdoptionReading.objects.current().filter(workflow__in=self.workflows.order_by().values("pk"))
        return rows.select_related("workflow__unit")

    def lines(self) -> Iterator[list[Any]]:
        rows = self.readings.order_by("workflow__name", "week_ends_on")
        for each in rows.iterator(chunk_size=CHUNK):
            told, workflow = Told.of(each), each.workflow
            beside = [each.week_ends_on, workflow.unit or "", "Yes" if workflow.is_critical else "No"]
            yield [*(cell_of(told, column.field) for column in ADOPTION_COLUMNS), *beside]
