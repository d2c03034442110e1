"""The leadership dashboard as one person sees it: an answer, five tiles, and the figure that is open."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import cached_property
from html import escape
from typing import Any

from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from aiso import clock
from aiso.accounts.models import BusinessUnit, User
from aiso.web import figures
from portfolio.models import Bucket

from ..kept.recompute import pending_marks
from .address import Address
from .asked import Asked, money_units_told
from .charts import Chart, chart_of
from .figures import Dashboard
from .findings import finding
from .months import read_with_months
from .panel import Panel, panel_of
from .reading import dashboard_of
from .sentences import Part, answer, is_empty
from .targets import Targets, targets_on
from .tiles import PLACE, Tile, compared_with, tiles_of
from .words import DEFINITIONS, TITLES

# So many changes that wait are counted, and no more.
MOST = 1000


def waiting(asked: Asked) -> int | None:
    """How many changes the figures do not count yet, up to a thousand. None for what is asked as it was known: that is
    counted anew, and waits for none.
    """
    return None if asked.known_at else pending_marks(MOST)


class DashboardPage:
    """Beside what the figures cost (`dashboard_of`) it asks for the targets, units, buckets and one chart."""

    def __init__(self, viewer: User, query: QueryDict) -> None:
        self.viewer, self.address = viewer, Address(query)

    @cached_property
    def asked(self) -> Asked:
        return self.address.asked

    @cached_property
    def dashboard(self) -> Dashboard:
        if self.address.figure in ("", "net_value"):
            read_with_months(self.viewer, self.asked)
        return dashboard_of(self.viewer, self.asked)

    @cached_property
    def targets(self) -> Targets:
        return targets_on(self.asked.as_of)

    @property
    def sees_money(self) -> bool:
        return self.dashboard.now.net_value is not None

    @property
    def is_empty(self) -> bool:
        return is_empty(self.dashboard.now)

    @property
    def opened(self) -> str:
        """The figure that is asked for, else money where it is shown."""
        return self.address.figure or ("net_value" if self.sees_money else "lead_time")

    @cached_property
    def tiles(self) -> list[Tile]:
        return tiles_of(self.dashboard, self.targets, self.address, self.opened, self.viewer)

    @property
    def answer(self) -> SafeString:
        compared = compared_with(self.targets, self.viewer, self.asked)
        parts = answer(self.dashboard, compared, self.asked.days, self.money_units)
        return format_html_join("", "{}", ((self._part(part),) for part in parts))

    def _part(self, part: Part) -> SafeString | str:
        if not part.figure:
            return part.text
        return format_html('<a class="fig" href="{}{}">{}</a>', self.address.to(figure=part.figure), PLACE, part.text)

    # The figure that is open.

    @property
    def title(self) -> str:
        return TITLES[self.opened]

    @property
    def definition(self) -> str:
        return DEFINITIONS[self.opened]

    @property
    def is_withheld(self) -> bool:
        return self.opened == "net_value" and not self.sees_money

    @cached_property
    def chart(self) -> Chart | None:
        return chart_of(self.opened, self.viewer, self.asked, self.dashboard, self.targets)

    @property
    def finding(self) -> str:
        return finding(self.opened, self.dashboard, self.chart, self.asked.days)

    @property
    def panel(self) -> Panel:
        return panel_of(self.opened, self.dashboard.now, self.dashboard.before)

    @property
    def drawn(self) -> dict[str, Any]:
        return self.chart.drawn | {"title": self.finding} if self.chart else {}

    @property
    def rest(self) -> str:
        """The address without the figure, for what tells of one figure alone."""
        return self.address.to(figure="")

    # What it can be narrowed to.

    @property
    def units(self) -> SafeString:
        return _options(BusinessUnit.objects.active().order_by("name").values_list("pk", "name"), self.asked.unit)

    @property
    def buckets(self) -> SafeString:
        return _options(Bucket.objects.active().order_by("name").values_list("pk", "name"), self.asked.bucket)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.asked.unit or self.asked.bucket)

    @cached_property
    def money_units(self) -> str:
        return money_units_told(self.viewer)

    @cached_property
    def pending(self) -> str:
        """What is said of changes that wait to be counted; empty where none does."""
        if not (count := waiting(self.asked)):
            return ""
        if count == MOST:
            return f"{figures.number(count)} or more changes are being counted; figures follow soon."
        return f"{figures.plural(count, 'change is', 'changes are')} being counted; figures follow within a minute."

    @property
    def today(self) -> date:
        return clock.today()

    @property
    def now(self) -> datetime:
        return clock.now()

    @property
    def since(self) -> str:
        """`24 Aug to 21 Nov 2026`."""
        window = self.asked.window
        assert window.first is not None
        return f"{figures.day(window.first)} to {figures.day(window.as_of)}"


class ChartSheet:
    """The table of a chart, as a file."""

    def __init__(self, chart: Chart) -> None:
        self.chart, self.title = chart, chart.title

    @property
    def headers(self) -> list[str]:
        return self.chart.headers

    def lines(self) -> Iterator[list[Any]]:
        return self.chart.lines()


def _options(rows: Any, chosen: BusinessUnit | Bucket | None) -> SafeString:
    """One string for all: a template would take longer for some hundred."""
    pairs = [*rows]
    if chosen and chosen.pk not in {pk for pk, _ in pairs}:
        pairs.append((chosen.pk, str(chosen)))
    mark = chosen.pk if chosen else None
    # Numbers and what is escaped, so that it is safe.
    return SafeString(
        "".join(
            f'<option value="{pk}"{" selected" if pk == mark else ""}>{escape(name)}</option>' for pk, name in pairs
        )
    )
