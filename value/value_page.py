"""What an initiative is worth, as its tab shows it: the family's figures in a window, and how its metrics compare."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from portfolio.models.initiative import InitiativeQuerySet
from portfolio.page import InitiativePage
from stagegates.family import family_seen

from .comparing import Compared, compared
from .cost_coverage import CostCoverage, cost_coverage_of
from .ledger_list import EntryLine, fetched
from .models import CatalogueMetric, LedgerEntry
from .payback import Payback, payback_of
from .permissions import can_link, can_post, is_finance
from .posting import why_not_post
from .tranche_costs import spent_of_tranches
from .waterfall import Waterfall, waterfall_of
from .worth import CLAIMED, CONFIRMED, DECAYED, FORECAST, Window, Worth, worth_of

# Entries on the tab; the ledger has them all.
SHOWN = 10
# Windows that a reader chooses among, in days; the empty one is all until today.
WINDOWS = {"": "To date", "30": "30 days", "90": "90 days", "365": "365 days"}


@dataclass(frozen=True)
class BenefitRow:
    """One kind of benefit, or all kinds together: forecast, claimed, confirmed and decayed side by side."""

    label: str
    forecast: Decimal
    claimed: Decimal
    confirmed: Decimal
    decayed: Decimal


class ValuePage:
    """One person's view of it. Fourteen queries at most."""

    def __init__(self, page: InitiativePage, days: str = "") -> None:
        self.page, self.initiative = page, page.initiative
        self.days = days if days in WINDOWS else ""

    @property
    def windows(self) -> list[tuple[str, str, bool]]:
        return [(days, label, days == self.days) for days, label in WINDOWS.items()]

    @property
    def window(self) -> Window:
        return Window.of_days(int(self.days)) if self.days else Window.to_date()

    @cached_property
    def worth(self) -> Worth:
        return worth_of(self._family, self.window)

    @property
    def _family(self) -> InitiativeQuerySet:
        return family_seen(self.initiative.pk, self.page.person).with_money_for(self.page.person).order_by()

    @cached_property
    def coverage(self) -> CostCoverage:
        return cost_coverage_of(self._family, self.window)

    @cached_property
    def payback(self) -> Payback:
        """To date, whatever days the reader chose for the figures above it."""
        return payback_of(self._family)

    @cached_property
    def from_tranches(self) -> Decimal:
        """What of the build cost was spent of tranches."""
        return spent_of_tranches(self._family, self.window)

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

    @property
    def chart(self) -> Waterfall:
        return waterfall_of(self.worth)

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
