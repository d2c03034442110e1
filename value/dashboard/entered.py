"""Rows of stage changes as a figure counts them: those of some initiatives, happened and recorded up to a moment."""

from datetime import date, datetime

from django.db.models import QuerySet

from portfolio.models import Initiative, StageChange
from portfolio.models.initiative import InitiativeQuerySet


def changes_of(counted: QuerySet[Initiative], as_of: date, known_at: datetime) -> QuerySet[StageChange]:
    """Changes up to a day, as known at a moment, in no order."""
    rows = StageChange.objects.order_by().filter(changed_on__lte=as_of, recorded_at__lte=known_at)
    return rows if _is_all(counted) else rows.filter(initiative__in=counted.order_by().values("pk"))


def _is_all(counted: QuerySet[Initiative]) -> bool:
    """Whether nothing is left out, so that no row needs to be looked for among them."""
    assert isinstance(counted, InitiativeQuerySet)
    return not counted.query.where
