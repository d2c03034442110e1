"""Which figures of a past day rest on facts that were recorded after that day had ended (DESIGN §6)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q

from aiso import clock
from aiso.accounts.models import User
from portfolio.models import Ownership, Stage, StageChange
from portfolio.models.stage import ENDED, IN_PRODUCTION

from ..asked_days import end_of
from ..models import AdoptionReading
from .asked import Asked, counted_for
from .entered import among
from .figures import Figures
from .money import restated as money_restated


def restated_of(viewer: User, asked: Asked, found: Figures) -> frozenset[str]:
    """The names of figures of which a fact of the window was recorded later. None of what is told as it was known at a
    moment, and none of today. Five queries, of past days alone.
    """
    if asked.known_at or asked.as_of >= clock.today():
        return frozenset()
    return frozenset(_names(viewer, asked, found, end_of(asked.as_of) + timedelta.resolution))


def _names(viewer: User, asked: Asked, found: Figures, since: datetime) -> Iterator[str]:
    counted, days = counted_for(viewer, asked), (asked.window.first, asked.as_of)
    late = Q(recorded_at__gte=since)
    changes = among(StageChange.objects.order_by().filter(late, changed_on__range=days), counted)
    stages = {*changes.values_list("stage", flat=True).distinct()}
    if stages & {*IN_PRODUCTION, Stage.PILOT}:
        yield "lead_time"
    if stages & {*ENDED}:
        yield "closed"
    begun = Q(started_on__range=days) & late
    ended = Q(ended_on__range=days, end_recorded_at__gte=since)
    owners = Ownership.objects.order_by().principals().filter(begun | ended)
    if stages or among(owners, counted).exists():
        yield "stable_owner"
    read = AdoptionReading.objects.filter(late, workflow__in=found.adoption.by_workflow, week_ends_on__range=days)
    if read.exists():
        yield "adoption"
    if any(money_restated(viewer, [asked])):
        yield "net_value"
