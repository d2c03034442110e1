"""The score above which a risk is more than the company wants to bear."""

from aiso.configuration.models import ConfigurationVersion

# The kind of configuration that holds it.
APPETITE = "risk-appetite"
# Likelihood and impact, 5 each.
HIGHEST = 25


def risk_appetite() -> int:
    """The highest score that is still within appetite, 1 to 25. One query."""
    return int(ConfigurationVersion.objects.in_force(APPETITE).content["appetite"])
