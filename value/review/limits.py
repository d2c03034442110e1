"""From when on something is spoken of at the value and risk review, as the configuration says."""

from dataclasses import dataclass
from datetime import date, timedelta

from aiso.configuration.models import ConfigurationVersion

REVIEW_LIMITS = "value-review"
# What the form of the configuration asks, in its order.
FIELDS = ("unmeasured_days", "over_percent", "most")


@dataclass(frozen=True)
class Limits:
    """Days without a measurement, per cent above the cost plan, and how many initiatives whose net value is negative an
    agenda takes.
    """

    unmeasured_days: int
    over_percent: int
    most: int

    @property
    def unmeasured(self) -> timedelta:
        return timedelta(days=self.unmeasured_days)


def limits_in_force(on: date | None = None) -> Limits:
    """The limits that hold on a day, today by default. One query."""
    content = ConfigurationVersion.objects.in_force(REVIEW_LIMITS, on).content
    return Limits(**{name: int(content[name]) for name in FIELDS})
