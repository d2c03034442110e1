"""From when on a reading steps a class down, and how much one reviewer can look at (DESIGN §5)."""

from dataclasses import dataclass
from decimal import Decimal

from aiso.configuration.models import ConfigurationVersion
from aiso.configuration.shape import Content
from aiso.web import figures

from .models import AutonomyLevel, DecisionClass, DecisionReading

# The kind of configuration that holds them.
LIMITS = "autonomy-limits"


@dataclass(frozen=True)
class Limits:
    """Rates are shares, 0 to 1; the cap is decisions a week for one reviewer."""

    override_rate: Decimal
    error_rate: Decimal
    least_volume: int
    reviewer_cap: int

    def passed_by(self, reading: DecisionReading) -> str:
        """What of a reading lies above its threshold, in words; nothing where too little was decided to tell."""
        if reading.volume < self.least_volume:
            return ""
        rates = (
            ("override rate", reading.override_rate, self.override_rate),
            ("error rate", reading.error_rate, self.error_rate),
        )
        above = [
            f"{name} {figures.percent(rate, 1)}, above {figures.percent(most, 1)}"
            for name, rate, most in rates
            if rate is not None and rate > most
        ]
        return " and ".join(above)

    def is_rubber_stamp(self, decision: DecisionClass) -> bool:
        """Whether a surfaced class is more than its reviewers can look at; unknown is not a verdict."""
        a_reviewer = volume_per_reviewer(decision)
        is_surfaced = decision.autonomy == AutonomyLevel.SURFACE
        return is_surfaced and a_reviewer is not None and a_reviewer > self.reviewer_cap


def volume_per_reviewer(decision: DecisionClass) -> Decimal | None:
    """Decisions a week for each who looks at them. With nobody to look, all of them fall to one."""
    if decision.volume_per_week is None or decision.reviewers is None:
        return None
    return Decimal(decision.volume_per_week) / max(decision.reviewers, 1)


def autonomy_limits() -> Limits:
    """Those in force. One query."""
    return limits_of(ConfigurationVersion.objects.in_force(LIMITS).content)


def limits_of(content: Content) -> Limits:
    return Limits(
        override_rate=Decimal(content["override_rate"]),
        error_rate=Decimal(content["error_rate"]),
        least_volume=int(content["least_volume"]),
        reviewer_cap=int(content["reviewer_cap"]),
    )
