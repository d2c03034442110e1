"""Rows of some initiatives, as a figure counts them."""

from datetime import date, datetime

from django.db.models import Model, QuerySet

from portfolio.models import Initiative, StageChange


def changes_of(counted: QuerySet[Initiative], as_of: date, known_at: datetime) -> QuerySet[StageChange]:
    """Changes up to a day, as known at a moment, in no order."""
    return among(StageChange.objects.order_by().filter(changed_on__lte=as_of, recorded_at__lte=known_at), counted)


def among[M: Model](rows: QuerySet[M], counted: QuerySet[Initiative]) -> QuerySet[M]:
    """Rows of initiatives that are counted. Where nothing is left out, none is looked for among them."""
    return rows.filter(initiative__in=counted.order_by().values("pk")) if counted.query.where else rows
