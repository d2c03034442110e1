"""Net value and what stands beside it, row by row: as a table whose figures lead to their entries, and as a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode

from portfolio.models import Initiative

from .waterfall import NET, Waterfall
from .worth import BUILD_COST, CLAIMED, CONFIRMED, DECAYED, Window, Worth

# What the ledger lists of a part; of costs their kind.
LISTED = {CONFIRMED: {"kind": "benefit", "state": "confirmed"}, CLAIMED: {"kind": "benefit", "state": "waiting"}}


@dataclass(frozen=True)
class Row:
    """One figure and the address of what it is made of; net value has none, for its rows stand above it."""

    name: str
    amount: Decimal
    url: str = ""
    is_beside: bool = False
    is_net: bool = False


def rows_of(chart: Waterfall, worth: Worth, from_tranches: Decimal, initiative: Initiative) -> list[Row]:
    """The bars of the chart, and below them what net value leaves out."""
    steps = [bar.step for bar in chart.bars]
    rows = [Row(each.name, each.amount, _listed(each.part, initiative), is_net=each.part == NET) for each in steps]
    rows.append(Row("Beside it: build cost", worth.build_cost, _listed(BUILD_COST, initiative), is_beside=True))
    if from_tranches:
        url = reverse("stagegates:initiative_funding", args=[initiative.reference])
        rows.append(Row("of it spent of tranches", from_tranches, f"{url}#tab", is_beside=True))
    claimed = Row("Beside it: claimed, waiting", worth.claimed, _listed(CLAIMED, initiative), is_beside=True)
    return [*rows, claimed]


def _listed(part: str, initiative: Initiative) -> str:
    if part == NET:
        return ""
    if part == DECAYED:
        return f"{reverse('value:initiative_measurements', args=[initiative.reference])}#tab"
    asked = {"initiative": initiative.reference} | LISTED.get(part, {"kind": part})
    return f"{reverse('value:ledger')}?{urlencode(asked)}"


@dataclass(frozen=True)
class ValueSheet:
    """The table as a file."""

    rows: Sequence[Row]
    initiative: Initiative
    window: Window
    title = "Value"
    headers = ["Initiative", "First day", "Last day", "Figure", "Amount", "Currency"]

    def lines(self) -> Iterator[list[Any]]:
        told = [self.initiative.reference, self.window.first, self.window.as_of]
        for row in self.rows:
            yield [*told, row.name, row.amount, settings.REPORTING_CURRENCY]
