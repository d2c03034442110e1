"""Launches of the demonstration: over two years builds became pilots, and pilots came into use, ever sooner."""

from collections.abc import Mapping

from aiso import clock
from aiso.accounts.models import User
from portfolio.demo.stories import DEMO
from portfolio.models import Initiative, Stage, StageChange

# Days before today on which each came into use, and the days in which it had been a pilot: at least one in each window
# of eight, whether these have 30, 60 or 90 days.
LAUNCHES = (
    *((9, 91), (18, 98), (26, 104), (47, 121), (75, 109), (104, 133), (135, 117), (166, 142), (196, 151), (223, 128)),
    *((262, 166), (315, 174), (384, 189), (446, 183), (505, 212), (600, 205), (672, 231)),
)


def tell_of_launches(people: Mapping[str, User]) -> None:
    """Of builds with stories of which nothing is under way that the rest of the demonstration shows. The register holds
    what was in use before it as opening positions.
    """
    under_way = {"reviews": None, "agenda_items": None, "tranches": None, "funding_requests": None, "decisions": None}
    rows = Initiative.objects.on_register().filter(stage=Stage.BUILD, tags__name=DEMO, **under_way)
    # The newest first, so that long ago something is left to launch.
    builds = [*rows.defer("search").order_by("-stage_since", "pk")]
    changes = []
    for days_ago, took in LAUNCHES:
        launched, piloted = clock.days_ahead(-days_ago), clock.days_ahead(-days_ago - took)
        able = (each for each in builds if each.stage_since and each.stage_since < piloted)
        if build := next(able, None):
            builds.remove(build)
            for stage, day in ((Stage.PILOT, piloted), (Stage.LIMITED_ROLLOUT, launched)):
                told = {"changed_on": day, "source": StageChange.Source.OPENING, "recorded_by": people["office-lead"]}
                changes.append(StageChange(initiative=build, stage=stage, **told))
    StageChange.objects.bulk_create(changes)
