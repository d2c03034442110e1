"""Adoption of the demonstration: three workflows, of which one grows, one stands still, and one is hardly read."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from aiso.accounts.models import User
from portfolio.actions.keep_lists import edit_entry
from portfolio.models import Initiative, Workflow

from ..actions.record_adoption import NewReading, record_weeks
from ..models import AdoptionReading
from ..weeks import last_weeks

# A trend of eight windows of 90 days, and some weeks before it.
WEEKS = 110
SOURCE = "Usage report of the identity provider, weekly"
# Target users, share in the oldest week and in the newest, weeks that were read, whether it is critical.
COURSES = (
    (420, "0.08", "0.64", range(WEEKS), True),
    (150, "0.33", "0.38", range(WEEKS), True),
    (64, "0.25", "0.30", range(0, WEEKS, 3), True),
)


def tell_of_adoption(people: Mapping[str, User]) -> None:
    """Read the workflows that have an initiative in production, three of them."""
    office = people["office-lead"]
    running = Initiative.objects.in_production().exclude(workflow=None).values("workflow")
    workflows = Workflow.objects.filter(pk__in=running).order_by("pk")[: len(COURSES)]
    for workflow, (target, begin, end, read, is_critical) in zip(workflows, COURSES, strict=False):
        edit_entry(workflow, actor=office, is_critical=is_critical)
        weeks = [week for back, week in enumerate(last_weeks(WEEKS)) if back in read]
        way = (target, Decimal(begin), Decimal(end))
        asked = [(workflow, _asked(week, place, len(weeks), *way)) for place, week in enumerate(weeks)]
        made = record_weeks(asked, actor=office)
        if is_critical and len(made) == WEEKS:
            _correct(made[1], office)


def _asked(week: date, place: int, count: int, target: int, begin: Decimal, end: Decimal) -> NewReading:
    """One week on the way from the first share to the last, up and down a little; satisfaction is asked every fourth
    week.
    """
    share = end - (end - begin) * place / max(count - 1, 1) - Decimal(place * 5 % 7) / 200
    active = int(target * share)
    survey: dict[str, Any] = {}
    if place % 4 == 0:
        survey = {"satisfaction": round(Decimal("3.4") + share, 2), "answered": active // 3}
    return NewReading(
        week_ends_on=week,
        target_users=target,
        active_users=active,
        repeat_users=active * 3 // 4,
        opt_outs=target // 40,
        source=SOURCE,
        **survey,
    )


def _correct(reading: AdoptionReading, office: User) -> None:
    told = {name: getattr(reading, name) for name in (*AdoptionReading.FIGURES, "week_ends_on", "source")}
    told["active_users"] += 2
    asked = NewReading(**told, corrects=reading, reason="Two teams were counted late.")
    record_weeks([(reading.workflow, asked)], actor=office)
