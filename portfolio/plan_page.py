"""What the page of a plan shows: the table that people write in, its sums, a chart, and earlier versions.

Later apps add to it: `register_plan_part(draw)` in AppConfig.ready(). `draw` takes the initiative and returns HTML,
or nothing to leave it out. Whoever reads it sees the money.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.http import QueryDict

from aiso import clock
from aiso.web import figures

from .actions.write_plan import DAYS, called
from .forms.plan import PlanForm, label_of
from .models import Initiative, Plan, PlanKind
from .models.plan import BENEFITS
from .models.stage import ENDED
from .page import InitiativePage
from .plans import MOST_MONTHS, YEAR, Cells, PlanFigures, cells_of, figures_of, first_of_month, latest_plan, months_from

# Months that the table offers before anything is planned.
OFFERED = 36
DAY_LABELS = {"starts_on": "Work begins", "in_use_on": "In use"}
# The chart, in its own units.
WIDTH, HEIGHT, LEFT, FOOT, HEAD = 760, 220, 64, 24, 12

type DrawPart = Callable[[Initiative], str]
_parts: list[DrawPart] = []


def register_plan_part(draw: DrawPart) -> None:
    _parts.append(draw)


@dataclass(frozen=True)
class GridCell:
    """One cell that is written in."""

    name: str
    label: str
    value: str
    mistake: str


@dataclass(frozen=True)
class GridRow:
    month: date
    cells: list[GridCell]


@dataclass(frozen=True)
class GridYear:
    """A calendar year of the table: its months, and what each kind comes to."""

    year: int
    rows: list[GridRow]
    sums: list[Decimal | None]


@dataclass(frozen=True)
class SumRow:
    """One row of the sums: a year, all years, or the first year of each kind."""

    label: str
    sums: list[Decimal | None]


@dataclass(frozen=True)
class Bar:
    """One bar of the chart."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    told: str


@dataclass(frozen=True)
class Mark:
    """A text of the chart with where it stands, and the line beside it."""

    at: float
    text: str


@dataclass(frozen=True)
class Chart:
    """Bars by calendar year, one a kind: nothing is stacked, so that nothing seems to add up."""

    title: str
    kinds: list[PlanKind]
    bars: list[Bar]
    years: list[Mark]
    lines: list[Mark]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    base: int = HEIGHT - FOOT


class PlanSums:
    """What a plan comes to, as tables and a chart."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells

    @cached_property
    def figures(self) -> PlanFigures:
        return figures_of(self.cells)

    @property
    def kinds(self) -> list[PlanKind]:
        return [*PlanKind]

    @property
    def is_empty(self) -> bool:
        return self.figures.is_empty

    @cached_property
    def rows(self) -> list[SumRow]:
        years = [SumRow(str(year), _by_kind(sums)) for year, sums in self.figures.years.items()]
        return [*years, SumRow("All years", _by_kind(self.figures.totals))]

    @property
    def first_year(self) -> SumRow:
        return SumRow("First twelve months", _by_kind(self.figures.a_year))

    @property
    def finding(self) -> str:
        """When benefit begins and what it takes until then, in one sentence."""
        begins, build = self.figures.benefit_from, self.figures.totals.get(PlanKind.BUILD_COST)
        cost = f"{figures.money(build)} to build" if build else "no build cost is planned"
        if begins is None:
            return f"No benefit is planned yet; {cost}"
        return f"Benefit begins in {begins:%B %Y}; {cost}"

    @cached_property
    def chart(self) -> Chart | None:
        return None if self.is_empty else chart_of(self.figures, self.finding)


def _by_kind(sums: Mapping[str, Decimal]) -> list[Decimal | None]:
    return [sums.get(kind) for kind in PlanKind]


def chart_of(sums: PlanFigures, title: str) -> Chart:
    """Bars for each year and kind, from a common base line."""
    kinds = [kind for kind in PlanKind if sums.totals.get(kind)]
    top = _round_up(max(max(year.values(), default=Decimal(0)) for year in sums.years.values()))
    room = (WIDTH - LEFT) / len(sums.years)
    width = min(room * 0.8 / len(kinds), 28)
    tall = HEIGHT - FOOT - HEAD
    bars, years = [], []
    for place, (year, amounts) in enumerate(sums.years.items()):
        middle = LEFT + room * (place + 0.5)
        years.append(Mark(round(middle, 1), str(year)))
        begin = middle - width * len(kinds) / 2
        for at, kind in enumerate(kinds):
            amount = amounts.get(kind, Decimal(0))
            height = round(float(amount / top) * tall, 1)
            told = f"{kind.label} {year}: {figures.exact_money(amount)}"
            x = round(begin + at * width, 1)
            bars.append(Bar(kind, x, round(HEIGHT - FOOT - height, 1), round(width - 2, 1), height, told))
    steps = [Decimal(part) / 2 for part in range(3)]
    lines = [Mark(round(HEIGHT - FOOT - tall * float(step), 1), figures.money(top * step)) for step in steps]
    return Chart(title, kinds, bars, years, lines)


def _round_up(amount: Decimal) -> Decimal:
    """The next 1, 2 or 5 times a power of ten, so that the axis has round figures."""
    power = Decimal(10) ** amount.adjusted()
    return next(power * step for step in (1, 2, 5, 10) if power * step >= amount)


class PlanPage:
    """The plan of one initiative as somebody who sees its money reads it, or writes it."""

    def __init__(self, page: InitiativePage, plan: Plan | None, form: PlanForm, until: date | None = None) -> None:
        self.page, self.plan, self.form, self.until = page, plan, form, until

    @property
    def initiative(self) -> Initiative:
        return self.page.initiative

    @property
    def is_over(self) -> bool:
        return self.initiative.stage in ENDED or self.initiative.is_off_register

    @property
    def may_change(self) -> bool:
        return self.page.may_edit and not self.is_over

    @property
    def may_write(self) -> bool:
        """Whether the newest version is open to the person's pen. What they have written they keep writing."""
        return self.may_change and (self.form.is_bound or not (self.plan and self.plan.is_frozen))

    @property
    def may_begin(self) -> bool:
        return not self.may_write and self.may_change

    @property
    def currency(self) -> str:
        return figures.symbol()

    @cached_property
    def sums(self) -> PlanSums:
        return PlanSums(dict(self.form.present))

    @cached_property
    def years(self) -> list[GridYear]:
        months = months_shown(self.form.present, first_of_month(clock.today()), self.until, is_open=self.may_write)
        return grid_of(months, self.form)

    @property
    def last_month(self) -> date:
        return self.years[-1].rows[-1].month

    @property
    def can_grow(self) -> bool:
        return sum(len(year.rows) for year in self.years) + YEAR <= MOST_MONTHS

    @cached_property
    def versions(self) -> list[Plan]:
        return [*self.initiative.plans.select_related("written_by")]

    @property
    def parts(self) -> list[str]:
        """What later apps add."""
        return [drawn for draw in _parts if (drawn := draw(self.initiative))]

    @property
    def told(self) -> str:
        """Which version this is and how it stands, in one sentence."""
        if self.plan is None:
            return "Nothing is planned yet. The first figure that you write begins version 1."
        if self.plan.frozen_at:
            return f"Version {self.plan.number}, approved on {figures.day(self.plan.frozen_at)} and frozen."
        return (
            f"Version {self.plan.number}, changed on {figures.moment(self.plan.changed_at)}; no decision approved it."
        )


def form_of(plan: Plan | None, data: QueryDict | None = None) -> PlanForm:
    """The form of a version, or of a plan that is still to come."""
    days = {name: getattr(plan, name, None) for name in DAYS}
    return PlanForm(cells_of(plan.lines.all()) if plan else {}, days, data)


def plan_page(page: InitiativePage, data: QueryDict | None = None, until: date | None = None) -> PlanPage:
    plan = latest_plan(page.initiative)
    return PlanPage(page, plan, form_of(plan, data), until)


def months_shown(
    cells: Iterable[tuple[date, str]], today: date, until: date | None = None, *, is_open: bool
) -> list[date]:
    """The months of the table: those with an amount; to write in, some more to come, and those `until` a month."""
    planned = [month for month, _ in cells]
    if not is_open:
        return months_from(min(planned), max(planned)) if planned else []
    first = min([*planned, today])
    last = max([*planned, clock.months_later(min(planned, default=today), OFFERED - 1)])
    last = max(last, until or last)
    return months_from(first, last)[:MOST_MONTHS]


def grid_of(months: Sequence[date], form: PlanForm) -> list[GridYear]:
    years: dict[int, list[GridRow]] = {}
    for month in months:
        cells = [_cell(form, month, kind) for kind in PlanKind]
        years.setdefault(month.year, []).append(GridRow(month, cells))
    sums = figures_of(form.present).years
    return [GridYear(year, rows, _by_kind(sums.get(year, {}))) for year, rows in years.items()]


def _cell(form: PlanForm, month: date, kind: PlanKind) -> GridCell:
    name = called(month, kind)
    return GridCell(name, label_of(month, kind), form.shown(month, kind), form.mistakes.get(name, ""))


@dataclass(frozen=True)
class Difference:
    """What one figure was in the version before, and what it is in this one."""

    label: str
    before: str
    now: str


def differences(before: Plan, now: Plan) -> list[Difference]:
    """What changed from one version to the next, in sums and days."""
    old, new = figures_of(cells_of(before.lines.all())), figures_of(cells_of(now.lines.all()))
    pairs: list[tuple[str, Decimal | date | None, Decimal | date | None]] = [
        (f"{named(kind)}, all years", old.totals.get(kind), new.totals.get(kind)) for kind in PlanKind
    ]
    pairs.append(("Benefit from", old.benefit_from, new.benefit_from))
    pairs += [(label, getattr(before, name), getattr(now, name)) for name, label in DAY_LABELS.items()]
    return [Difference(label, _said(was), _said(to)) for label, was, to in pairs if was != to]


def named(kind: PlanKind) -> str:
    """A kind as it is called where it does not stand among its like: `Benefit, cashable`."""
    return f"Benefit, {kind.label.lower()}" if kind in BENEFITS else str(kind.label)


def _said(value: Decimal | date | None) -> str:
    if value is None:
        return "none"
    return figures.day(value) if isinstance(value, date) else figures.exact_money(value)
