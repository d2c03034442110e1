"""The rows behind adoption and net value: workflows with their sums, initiatives with what they brought and cost."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from aiso.web import figures
from portfolio.models import Initiative, Workflow

from ..adoption import Adoption, AdoptionFigure
from ..cost_coverage import CostCoverage, cost_coverage_by_initiative
from ..models import LedgerEntry
from ..worth import BUILD_COST, CLAIMED, DECAYED, TAKEN, Worth, worth_by_initiative
from .adoption import adoption_in
from .asked import money_counted_for, money_units_told
from .reading import figures_of
from .rows import ClosedRows, FigureRows, LeadTimeRows, StableOwnerRows
from .sentences import UNCOUNTED
from .words import MONEY_SEEN_BY


class AdoptionRows(FigureRows[Workflow]):
    """Critical workflows with an initiative in production, the unmeasured ones too."""

    figure = "adoption"
    title = "Adoption"
    thing, things = "Workflow", "workflows"
    HEADS = ("Weeks read", "Active users", "Target users", "Adoption, %", "Counts")
    NUMBERS = frozenset({"Weeks read", "Active users", "Target users", "Adoption, %"})

    shows: ClassVar[Mapping[str, str]] = {
        "all": "All of them",
        "unmeasured": "Unmeasured",
        "withheld": "Too small to be told",
    }

    @cached_property
    def adoption(self) -> AdoptionFigure:
        return adoption_in(self.viewer, self.asked)

    @property
    def matching(self) -> QuerySet[Workflow]:
        figure = self.adoption
        ids = {"all": [*figure.by_workflow], "unmeasured": figure.unmeasured, "withheld": figure.withheld}
        return Workflow.objects.filter(pk__in=ids[self.show])

    def url_of(self, row: Workflow) -> str:
        return reverse("value:adoption_workflow", args=[row.pk])

    def values(self, rows: Sequence[Workflow]) -> Mapping[int, Sequence[Any]]:
        return {row.pk: _counts(self.adoption.by_workflow[row.pk]) for row in rows}

    def told(self) -> str:
        sums = self.adoption.sums
        if sums.share is None:
            return "None of them tells a figure."
        counts = f"{figures.number(sums.active)} active of {figures.number(sums.target)} target users"
        return f"{counts}, added up over their weeks, are {figures.percent(sums.share, 1)}."


def _counts(adoption: Adoption) -> Sequence[Any]:
    read = f"{adoption.read} of {adoption.weeks}"
    if adoption.is_unmeasured:
        return (read, None, None, None, "No, unmeasured")
    if adoption.is_withheld:
        return (read, None, None, None, "No, under five people")
    sums = adoption.sums
    share = None if sums.share is None else figures.number(sums.share * 100, 1)
    return (read, sums.active, sums.target, share, "Yes")


class NetValueRows(FigureRows[Initiative]):
    """Initiatives with an entry of the window that counts, those in production without a run cost, and those with a
    sum that stands beside net value.

    Raises PermissionDenied where no role of the viewer shows money.
    """

    figure = "net_value"
    title = "Net value"
    shows: ClassVar[Mapping[str, str]] = {
        "posted": "Counted",
        "uncovered": "Run cost missing",
        CLAIMED: "Claimed, unconfirmed",
        BUILD_COST: "Build cost",
        DECAYED: "Decayed benefit",
    }
    # What stands beside net value, by the kind of the entries that it is of.
    BESIDE: ClassVar[Mapping[str, str]] = {
        CLAIMED: LedgerEntry.Kind.BENEFIT,
        BUILD_COST: LedgerEntry.Kind.BUILD_COST,
        DECAYED: LedgerEntry.Kind.BENEFIT,
    }
    PARTS: ClassVar[Sequence[str]] = ("Confirmed benefit", "Run cost", "Rework", "Risk loss", "Net value")

    @property
    def heads(self) -> Sequence[str]:
        if self.show == "uncovered":
            return ["Run cost missing for"]
        names = [self.shows[self.show]] if self.show in self.BESIDE else self.PARTS
        return [f"{name}, {figures.symbol(settings.REPORTING_CURRENCY)}" for name in names]

    @property
    def numbers(self) -> frozenset[str]:
        return frozenset() if self.show == "uncovered" else frozenset(self.heads)

    @cached_property
    def money_units(self) -> str:
        return money_units_told(self.viewer)

    @cached_property
    def counted(self) -> QuerySet[Initiative]:
        found = money_counted_for(self.viewer, self.asked)
        if found is None:
            raise PermissionDenied(MONEY_SEEN_BY)
        return found

    @property
    def matching(self) -> QuerySet[Initiative]:
        if self.show == "uncovered":
            return Initiative.objects.filter(pk__in=[*self.uncovered])
        if self.show in self.BESIDE:
            return Initiative.objects.filter(pk__in=[*self.beside])
        window = self.asked.window
        entries = LedgerEntry.objects.filter(
            initiative=OuterRef("pk"),
            first_on__lte=window.as_of,
            last_on__gte=window.first,
            happened_on__lte=window.as_of,
            recorded_at__lte=self.asked.moment,
        )
        return self.counted.filter(Exists(entries.filter(self._counts)))

    @property
    def _counts(self) -> Q:
        """Operating costs, and what finance confirmed by then or a reversal took back of it."""
        answered = Q(answer__answered_at__lte=self.asked.moment) & ~Q(answer__verdict="rejected")
        taken_back = Q(reverses__answer__isnull=False) & ~Q(reverses__answer__verdict="rejected")
        return Q(kind__in=TAKEN) | answered | taken_back

    @cached_property
    def uncovered(self) -> dict[int, CostCoverage]:
        """Those with a month in production without run cost."""
        found = cost_coverage_by_initiative(self.counted, self.asked.window, known_at=self.asked.known_at)
        return {pk: coverage for pk, coverage in found.items() if coverage.missing}

    @cached_property
    def beside(self) -> dict[int, Decimal]:
        """Of each that has any of it, the sum that stands beside net value."""
        asked, kind = self.asked, self.BESIDE[self.show]
        found = worth_by_initiative(self.counted, asked.window, known_at=asked.known_at, only=[kind])
        sums = {pk: worth.sum_of(self.show) for pk, worth in found.items()}
        return {pk: amount for pk, amount in sums.items() if amount}

    def url_of(self, row: Initiative) -> str:
        """Its value in the same window."""
        told = {name: text for name, text in self.asked_address.state.items() if name in ("as_of", "known_at")}
        query = urlencode(told | {"days": self.asked.days})
        return f"{reverse('value:initiative_value', args=[row.reference])}?{query}#tab"

    def values(self, rows: Sequence[Initiative]) -> Mapping[int, Sequence[Any]]:
        if self.show == "uncovered":
            return {row.pk: (self.uncovered[row.pk].told,) for row in rows}
        if self.show in self.BESIDE:
            return {row.pk: (self.beside[row.pk],) for row in rows}
        found = worth_by_initiative([row.pk for row in rows], self.asked.window, known_at=self.asked.known_at)
        return {row.pk: _parts(found.get(row.pk)) for row in rows}

    def told(self) -> str:
        if self.show == "uncovered":
            return self._told_of_uncovered()
        money = figures_of(self.viewer, self.asked).net_value
        if money is None or money.worth.is_empty:
            return "Nothing is posted for these days."
        if self.show in self.BESIDE:
            total = figures.exact_money(money.worth.sum_of(self.show))
            return f"{self.shows[self.show]} is {total}, rounded once at the end; it stands beside net value."
        if not money.worth.has_net:
            return UNCOUNTED
        total = figures.exact_money(money.worth.net)
        return f"Net value of all that is counted is {total}, rounded once at the end."

    def _told_of_uncovered(self) -> str:
        if not self.uncovered:
            return "There is a run cost for each month in production."
        count = len(self.uncovered)
        told = f"{figures.plural(count, 'initiative')} {'was' if count == 1 else 'were'} in production"
        return f"{told} in a month without a run cost, so that net value is incomplete."


def _parts(worth: Worth | None) -> Sequence[Decimal | None]:
    if worth is None:
        return (None,) * len(NetValueRows.PARTS)
    return (worth.confirmed - worth.decayed, -worth.run_cost, -worth.rework, -worth.risk_loss, worth.net)


ROWS: Mapping[str, type[FigureRows[Any]]] = {
    "lead_time": LeadTimeRows,
    "stable_owner": StableOwnerRows,
    "adoption": AdoptionRows,
    "net_value": NetValueRows,
    "closed": ClosedRows,
}
