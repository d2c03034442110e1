"""The sum under which a request can take the fast lane (DESIGN §5)."""

from decimal import Decimal

from aiso.configuration.models import ConfigurationVersion

# The kind of configuration that holds it.
LANE = "lane"


def lane_threshold() -> Decimal:
    """The sum in force, in the reporting currency. One query."""
    return Decimal(ConfigurationVersion.objects.in_force(LANE).content["threshold"])
