"""What a scorecard holds its lines against, where no metric sets a target of its own."""

from dataclasses import dataclass
from decimal import Decimal

from aiso.configuration.models import ConfigurationVersion
from aiso.configuration.shape import Content
from portfolio.autonomy_limits import Limits, autonomy_limits

# The kind of configuration that holds them.
SCORECARDS = "scorecards"
A_WEEK = 7


@dataclass(frozen=True)
class Goals:
    """Shares from 0 to 1; satisfaction 1 to 5. A value older than its days counts as not measured for long."""

    active: Decimal
    repeat: Decimal
    opt_outs: Decimal
    satisfaction: Decimal
    measured_days: int
    read_weeks: int
    decisions: Limits

    @property
    def read_days(self) -> int:
        return self.read_weeks * A_WEEK

    @property
    def by_source(self) -> dict[str, Decimal]:
        """What a line of each source is to reach, or not to pass."""
        return {
            "active": self.active,
            "repeat": self.repeat,
            "opt_outs": self.opt_outs,
            "satisfaction": self.satisfaction,
            "overrides": self.decisions.override_rate,
            "errors": self.decisions.error_rate,
        }


def goals() -> Goals:
    """Those in force. Two queries."""
    return goals_of(ConfigurationVersion.objects.in_force(SCORECARDS).content, autonomy_limits())


def goals_of(content: Content, decisions: Limits) -> Goals:
    return Goals(
        active=Decimal(content["active"]) / 100,
        repeat=Decimal(content["repeat"]) / 100,
        opt_outs=Decimal(content["opt_outs"]) / 100,
        satisfaction=Decimal(content["satisfaction"]),
        measured_days=int(content["measured_days"]),
        read_weeks=int(content["read_weeks"]),
        decisions=decisions,
    )
