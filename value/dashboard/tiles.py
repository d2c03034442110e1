"""The five tiles: figure, change, target, standing, trend and a plain sentence each."""

from dataclasses import dataclass, replace
from decimal import Decimal

from aiso.accounts.models import User
from aiso.web import figures
from portfolio.models.initiative import money_reach

from ..asked_days import end_of
from .address import Address
from .asked import Asked
from .figures import FIGURES, Dashboard, Figures
from .reading import headline
from .sentences import is_empty, reading
from .spark import Spark, spark_of
from .targets import Targets, is_met
from .words import AS_BEFORE, TITLES, Written, written
from .words import difference as told_difference

# Under the tiles the figure that is open.
PLACE = "#figure"


@dataclass(frozen=True)
class Standing:
    """Icon, word and colour. Green is only for what is proven."""

    tone: str
    word: str
    icon: str


ON_TARGET = Standing("ok", "On target", "check")
OFF_TARGET = Standing("risk", "Off target", "alert-triangle")
INCOMPLETE = Standing("risk", "Incomplete", "progress-alert")
FOR_INFORMATION = Standing("idle", "For information", "info-circle")
NO_DATA = Standing("idle", "No data", "circle-dashed")
WITHHELD = Standing("idle", "Not shown to you", "lock")


@dataclass(frozen=True)
class Tile:
    """One figure as its tile shows it; `restated` leads to how it was told at the end of that day."""

    name: str
    address: str
    shown: Written | None
    change: str
    trend: str
    target: str
    standing: Standing
    spark: Spark | None
    sentence: str
    is_open: bool
    restated: str = ""

    @property
    def title(self) -> str:
        return TITLES[self.name]

    @property
    def unit(self) -> str:
        if self.shown is None:
            return ""
        return f"{self.shown.unit}, median" if self.name == "lead_time" else self.shown.unit


def tiles_of(dashboard: Dashboard, targets: Targets, address: Address, opened: str, viewer: User) -> list[Tile]:
    compared = compared_with(targets, viewer, address.asked)
    return [_tile(name, dashboard, (targets, compared), address, is_open=name == opened) for name in FIGURES]


def is_money_of_part(viewer: User, asked: Asked) -> bool:
    """Whether net value is told of less than the whole company: of a unit, a bucket, or the units that a role shows."""
    return bool(asked.unit or asked.bucket) or money_reach(viewer) is not None


def compared_with(targets: Targets, viewer: User, asked: Asked) -> Targets:
    """The targets that figures are on or off. That of net value is a sum, which a part of the company cannot meet."""
    return replace(targets, net_value={}) if is_money_of_part(viewer, asked) else targets


def _tile(
    name: str, dashboard: Dashboard, targets: tuple[Targets, Targets], address: Address, *, is_open: bool
) -> Tile:
    """`targets` are those that are told, and those that figures are compared with."""
    now, before = value_of(dashboard.now, name), value_of(dashboard.before, name)
    told, target = (each.of(name, address.days) for each in targets)
    is_withheld = _is_withheld(dashboard.now, name)
    change = "" if now is None else "no figure before" if before is None else told_difference(name, now, before)
    values = [] if is_withheld else dashboard.trends[name].values
    return Tile(
        name,
        f"{address.to(figure=name)}{PLACE}",
        None if now is None else written(name, now),
        change,
        direction(name, now, before),
        "" if is_withheld else _target_told(name, told, is_compared=target is not None),
        WITHHELD if is_withheld else standing_of(name, dashboard.now, target),
        spark_of(values, target),
        reading(name, dashboard.now, target),
        is_open,
        _as_it_was(address) if name in dashboard.restated and not is_withheld else "",
    )


def value_of(found: Figures, name: str) -> Decimal | None:
    """The number of a figure; of closings none where there is nothing that could have been closed."""
    return None if name == "closed" and is_empty(found) else headline(found, name)


def standing_of(name: str, found: Figures, target: Decimal | None) -> Standing:
    """Net value is never on target while a run cost is missing; missing costs cannot make a missed target met."""
    value = value_of(found, name)
    if value is None:
        return NO_DATA
    if target is not None and not is_met(name, value, target):
        return OFF_TARGET
    if name == "net_value" and found.net_value and not found.net_value.coverage.is_complete:
        return INCOMPLETE
    return FOR_INFORMATION if target is None else ON_TARGET


def _is_withheld(found: Figures, name: str) -> bool:
    return name == "net_value" and found.net_value is None


def direction(name: str, now: Decimal | None, before: Decimal | None) -> str:
    """The icon of a change; empty where nothing is compared."""
    if now is None or before is None:
        return ""
    if told_difference(name, now, before) == AS_BEFORE:
        return "arrow-right"
    return "trending-up" if now > before else "trending-down"


def _target_told(name: str, target: Decimal | None, *, is_compared: bool) -> str:
    if target is None:
        return "no target set"
    if name == "net_value":
        return f"{'target' if is_compared else 'company target'} {figures.money(target)}"
    return f"target {figures.measured(target * 100 if name in ('stable_owner', 'adoption') else target)}"


def _as_it_was(address: Address) -> str:
    return address.to(known_at=end_of(address.asked.as_of).date().isoformat())
