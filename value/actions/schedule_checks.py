"""Scheduling the checks of confirmed outcomes, 3, 6 and 12 months after launch (DESIGN §7)."""

from collections.abc import Collection, Iterable
from datetime import date

from django.db import transaction

from aiso.events.outbox import publish
from portfolio.actions.whole_register import for_all
from portfolio.models import Initiative, OutcomeMetric
from portfolio.models.stage import IN_PRODUCTION

from ..durability_facts import Then
from ..models import DurabilityCheck

type Asked = dict[tuple[int, int], tuple[int, date]]


def schedule_all_checks() -> None:
    """Let every confirmed outcome have the checks that follow from the facts, and no other any. Safe to repeat."""
    for_all(lambda after, to: _schedule_between(after, to))


@transaction.atomic
def schedule_checks(initiatives: Collection[int]) -> None:
    """The same of some initiatives: what is missing is added, what moved is moved, what binds no more is taken away.
    What changes is told in one event each initiative.
    """
    rows = Initiative.objects.filter(pk__in=initiatives).order_by("pk")
    found = [*rows.select_for_update(of=["self"], no_key=True).values_list("pk", flat=True)]
    _follow(_asked(found), DurabilityCheck.objects.filter(metric__initiative__in=found))


def _schedule_between(after: int, to: int) -> None:
    launched = Initiative.objects.filter(pk__gt=after, pk__lte=to, stage_changes__stage__in=IN_PRODUCTION)
    ids = [*launched.distinct().order_by().values_list("pk", flat=True)]
    checks = DurabilityCheck.objects.filter(metric__initiative__gt=after, metric__initiative__lte=to)
    _follow(_asked(ids), checks)


def _asked(initiatives: Collection[int]) -> Asked:
    """By metric and months, the initiative and the day on which it is due."""
    metrics = OutcomeMetric.objects.filter(initiative__in=initiatives).order_by()
    outcomes = Then.now().outcomes({*metrics.values_list("initiative", "pk")})
    return {
        (metric, months): (initiative, due)
        for (initiative, metric), outcome in outcomes.items()
        for months, due in outcome.due_days
    }


def _follow(asked: Asked, checks: "Iterable[DurabilityCheck]") -> None:
    """Bring the rows in line."""
    there = {(each.metric_id, each.months): each for each in checks}
    changed: dict[int, list[int]] = {}
    for key, check in there.items():
        if key not in asked:
            changed.setdefault(check.initiative_id, []).append(check.metric_id)
            check.delete()
        elif (check.initiative_id, check.due_on) != asked[key]:
            check.initiative_id, check.due_on = asked[key]
            check.save(update_fields=["initiative", "due_on"])
            changed.setdefault(check.initiative_id, []).append(check.metric_id)
    missing = [
        DurabilityCheck(initiative_id=initiative, metric_id=metric, months=months, due_on=due)
        for (metric, months), (initiative, due) in asked.items()
        if (metric, months) not in there
    ]
    for made in DurabilityCheck.objects.bulk_create(missing, batch_size=1000):
        changed.setdefault(made.initiative_id, []).append(made.metric_id)
    for initiative, metrics in sorted(changed.items()):
        publish("durability.scheduled", actor=None, initiative=initiative, metrics=sorted({*metrics}))
