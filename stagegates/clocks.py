"""How many working days each function has for its answer, by risk tier, as the configuration says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from aiso.configuration.models import ConfigurationVersion
from portfolio.models.risk import RiskTier

CLOCKS = "sign-off-clocks"
# The tiers that have a column of their own, the mildest first.
TIERS = (RiskTier.LOW, RiskTier.MODERATE, RiskTier.HIGH, RiskTier.CRITICAL)


@dataclass(frozen=True)
class Clock:
    """One function's working days by tier, and how many before the end it is reminded."""

    days: Mapping[str, int]
    remind_before: int

    def for_tier(self, tier: str) -> int:
        """Days for a tier; while it is open, those of the tier that has most."""
        return self.days.get(tier, max(self.days.values()))


@dataclass(frozen=True)
class Clocks:
    """All clocks of one version. Days are working days of the office calendar."""

    delegate_days: int
    question_days: int
    otherwise: Clock
    by_function: Mapping[str, Clock]

    def of(self, function: str) -> Clock:
        """The clock of a function by its slug; of one without a row, the one for all others."""
        return self.by_function.get(function, self.otherwise)


def clocks_in_force(on: date | None = None) -> Clocks:
    """The clocks that hold on a day, today by default. One query."""
    content = ConfigurationVersion.objects.in_force(CLOCKS, on).content
    otherwise = Clock(dict.fromkeys(TIERS, int(content["other_days"])), int(content["other_remind_before"]))
    rows = {
        row["function"]: Clock({tier: int(row[tier]) for tier in TIERS}, int(row["remind_before"]))
        for row in content["clocks"]
    }
    return Clocks(int(content["delegate_days"]), int(content["question_days"]), otherwise, rows)
