"""Confirmed benefits that last no more: decayed, lost, or not measured again in time (`value.durability`)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.urls import reverse

from aiso import clock
from aiso.web import figures
from forums.models import Forum
from forums.sources import Proposed
from portfolio.models import Initiative, OutcomeMetric
from portfolio.models.initiative import InitiativeQuerySet
from portfolio.models.stage import ENDED

from ..durability import Outcome, Span
from ..durability_facts import Then
from ..kept.lost_now import spans_kept
from ..lasting import state_on
from .rows import SHOWN, Heads, Listed, Row, Sight, known_by, measuring, parts_of

SOURCE = "decayed_benefits"
# How a sentence counts one of them, and several.
COUNTED = {"nothing": ("that counts nothing", "that count nothing"), "less": ("that counts less", "that count less")}


@dataclass(frozen=True)
class Faded:
    """An outcome of which not all counts on a day, since another one: `counts` of it do."""

    initiative: int
    metric: int
    counts: Fraction
    since: date


def decayed_benefits(forum: Forum, day: date) -> Iterator[Proposed]:
    """All of them as one item. One query."""
    if faded(Initiative.objects.all(), known_by(day)):
        yield Proposed(
            key="decayed",
            title="Benefits that do not last",
            why="Confirmed outcomes that decayed, were lost, or were not measured again in time.",
        )


def faded(seen: InitiativeQuerySet, day: date) -> list[Faded]:
    """Of initiatives that go on, those of which nothing counts first, then by the share that is left. One query: what
    lasted is read from kept rows, which may be some seconds old.
    """
    goes_on = seen.on_register().exclude(stage__in=ENDED)
    spans = spans_kept(goes_on.order_by(), day)
    found = [
        Faded(*pair, 1 - span.lost, span.first) for pair, each in spans.items() for span in each if span.last >= day
    ]
    return sorted(found, key=lambda each: (each.counts, each.since, each.metric))


def listed_fading(sight: Sight) -> Listed:
    """What is left of each, without sums. Six queries."""
    day = sight.day
    found = faded(sight.seen, day)
    shown = found[:SHOWN]
    rows = Initiative.objects.select_related("business_owner").defer("search")
    initiatives = rows.in_bulk({each.initiative for each in shown})
    metrics = OutcomeMetric.objects.in_bulk({each.metric for each in shown})
    outcomes = Then(day, clock.now()).outcomes({(each.initiative, each.metric) for each in shown})
    told = [
        _row(each, initiatives[each.initiative], metrics[each.metric], outcome, sight)
        for each in shown
        if (outcome := outcomes.get((each.initiative, each.metric)))
    ]
    parts = parts_of(("nothing" if each.counts == 0 else "less" for each in found), COUNTED)
    return Listed(
        told,
        f"{figures.plural(len(found), 'outcome')}{': ' if parts else ''}{parts}.",
        len(found) > SHOWN,
        reverse("value:measurement_list"),
        "all measurements",
        Heads("Outcome", "Business owner", "Check due"),
    )


def _row(each: Faded, initiative: Initiative, metric: OutcomeMetric, outcome: Outcome, sight: Sight) -> Row:
    day = sight.day
    left = figures.percent(float(each.counts))
    state = state_on(outcome, Span(each.since, day, 1 - each.counts))
    says = {"lost": "Lost", "overdue": "Not measured again in time", "decayed": f"Decayed: {left} is left"}
    counts = "counts nothing" if each.counts == 0 else f"counts at {left}"
    return Row(
        [initiative],
        state,
        metric.name,
        says[state],
        *measuring(sight, initiative, metric),
        id=metric.pk,
        tone="risk" if state == "decayed" else "late",
        note=f"What finance confirmed {counts} since {figures.day(each.since)}",
        person=initiative.business_owner,
        on=max((due for _, due in outcome.due_days if due <= day), default=None),
    )
