"""How long an initiative normally stays in each stage, as the configuration says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from aiso.configuration.models import ConfigurationVersion
from portfolio.models.stage import PATH, Stage

STAGE_TIMES = "stage-times"
# Stages that are on the way to somewhere; what has reached scale is where it should be.
ON_THE_WAY = tuple(stage for stage in PATH if stage != Stage.SCALE)


@dataclass(frozen=True)
class StageTimes:
    """Normal days by stage, and how many stalled initiatives an agenda takes at most."""

    days: Mapping[str, int]
    most: int


def stage_times_in_force(on: date | None = None) -> StageTimes:
    """The times that hold on a day, today by default. One query."""
    content = ConfigurationVersion.objects.in_force(STAGE_TIMES, on).content
    return StageTimes({stage: int(content[stage]) for stage in ON_THE_WAY}, int(content["most"]))
