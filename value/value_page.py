"""What an initiative is worth, as its tab shows it: the family's figures in a window, and how its metrics compare."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import TypedDict

from portfolio.models.initiative import InitiativeQuerySet
from portfolio.page import InitiativePage
from stagegates.family import family_seen

from .asked_days import AskedDays
from .comparing import Compared, compared
from .cost_coverage import CostCoverage, cost_coverage_of
from .ledger_list import EntryLine, fetched
from .models import CatalogueMetric, LedgerEntry
from .payback import Payback, payback_of
from .permissions import can_link, can_post, is_finance
from .posting import why_not_post
from .tranche_costs import spent_of_tranches
from .value_rows import Row, ValueSheet, rows_of
from .waterfall import Waterfall, waterfall_of
from .worth import CLAIMED, CONFIRMED, DECAYED, FORECAST, Worth, worth_of

# Entries on the tab; the ledger has them all.
SHOWN = 10


@dataclass(frozen=True)
class BenefitRow:
    """One kind of benefit, or all kinds together: forecast, claimed, confirmed and decayed side by side."""

    label: str
    forecast: Decimal
    claimed: Decimal
    confirmed: Decimal
    decayed: Decimal


class _Known(TypedDict):
    known_at: datetime | None


class ValuePage:
    """One person's view of it. Sixteen queries at most."""

    def __init__(self, page: InitiativePage, asked: AskedDays) -> None:
        self.page, self.initiative, self.asked = page, page.initiative, asked
        self.window, self._known = asked.window, _Known(known_at=asked.known_at)

    @cached_property
    def worth(self) -> Worth:
        return worth_of(self._family, self.window, **self._known)

    @property
    def _family(self) -> InitiativeQuerySet:
        return family_seen(self.initiative.pk, self.page.person).with_money_for(self.page.person).order_by()

    @cached_property
    def coverage(self) -> CostCoverage:
        return cost_coverage_of(self._family, self.window, **self._known)

    @cached_property
    def payback(self) -> Payback:
        """From the first cost, whatever days the reader chose for the figures above it."""
        return payback_of(self._family, self.window.as_of, **self._known)

    @cached_property
    def coverage_to_date(self) -> CostCoverage:
        """What payback knows of run costs."""
        return cost_coverage_of(self._family, self.asked.to_date, **self._known) if self.asked.days else self.coverage

    @cached_property
    def from_tranches(self) -> Decimal:
        """What of the build cost was spent of tranches."""
        return spent_of_tranches(self._family, self.window, **self._known)

    @property
    def rows(self) -> list[Row]:
        return rows_of(self.chart, self.worth, self.from_tranches, self.initiative)

    @property
    def sheet(self) -> ValueSheet:
        return ValueSheet(self.rows, self.initiative, self.window)

    @property
    def may_say_rate(self) -> bool:
        return is_finance(self.page.person)

    @property
    def benefits(self) -> list[BenefitRow]:
        """Kinds apart, and their sum, which says that it is one."""
        kinds = [self._row(kind.label, kind.value) for kind in self.worth.benefit_types]
        return [*kinds, self._row("All kinds added up", None)] if len(kinds) > 1 else kinds

    def _row(self, label: str, kind: str | None) -> BenefitRow:
        return BenefitRow(label, *(self.worth.sum_of(part, kind) for part in (FORECAST, CLAIMED, CONFIRMED, DECAYED)))

    @cached_property
    def chart(self) -> Waterfall:
        return waterfall_of(self.worth, self.window, self.coverage)

    @cached_property
    def lines(self) -> list[EntryLine]:
        rows = fetched(LedgerEntry.objects.filter(initiative=self.initiative)).order_by("-pk")[:SHOWN]
        return [EntryLine(each) for each in rows]

    @cached_property
    def metrics(self) -> list[Compared]:
        return compared(self.page.metrics)

    @cached_property
    def catalogue(self) -> list[CatalogueMetric]:
        """What can be chosen for a metric that has no match."""
        return [*CatalogueMetric.objects.active()] if self.may_match else []

    @property
    def may_post(self) -> bool:
        return can_post(self.page.person, self.initiative) and not why_not_post(self.initiative)

    @property
    def may_match(self) -> bool:
        return can_link(self.page.person, self.initiative)
