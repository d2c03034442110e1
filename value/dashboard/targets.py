"""What the five figures are compared with, as the configuration says; any may have no target."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from aiso.configuration.models import ConfigurationVersion

from .asked import WINDOWS

TARGETS = "leadership-targets"
# What is told in per cent, and compared as a share from 0 to 1.
SHARES = ("stable_owner", "adoption")


@dataclass(frozen=True)
class Targets:
    """By the names of the figures: days, shares from 0 to 1, and of net value money by the days of a window."""

    figures: Mapping[str, Decimal] = field(default_factory=dict)
    net_value: Mapping[int, Decimal] = field(default_factory=dict)

    def of(self, name: str, days: int) -> Decimal | None:
        """The target of a figure in a window of so many days; None is none."""
        return self.net_value.get(days) if name == "net_value" else self.figures.get(name)


def is_met(name: str, value: Decimal, target: Decimal) -> bool:
    """Lead time is good when it is short; of all others more is better."""
    return value <= target if name == "lead_time" else value >= target


def targets_on(day: date) -> Targets:
    """The targets that held on a day; none on days before the first ones. One query."""
    try:
        content = ConfigurationVersion.objects.only("content").in_force(TARGETS, day).content
    except ConfigurationVersion.DoesNotExist:
        return Targets()
    figures = {"lead_time": _number(content["lead_time"])}
    figures |= {name: _share(_number(content[name])) for name in SHARES}
    money = {days: _number(content[f"net_value_{days}"]) for days in WINDOWS}
    return Targets(_said(figures), _said(money))


def _number(value: object) -> Decimal | None:
    return None if value in ("", None) else Decimal(str(value))


def _share(per_cent: Decimal | None) -> Decimal | None:
    return None if per_cent is None else per_cent / 100


def _said[K](told: Mapping[K, Decimal | None]) -> dict[K, Decimal]:
    return {key: value for key, value in told.items() if value is not None}
