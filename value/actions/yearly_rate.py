"""Saying by which rate the office discounts."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..models import YearlyRate
from ..permissions import DISCOUNTING, is_finance

MOST = 100


@transaction.atomic
def record_yearly_rate(*, actor: User, per_cent: Decimal, starts_on: date, source: str) -> YearlyRate:
    """Say what a year makes money worth less, in per cent, from a day on. The same said again answers with the first.

    Raises PermissionDenied for all but finance for the whole company, DomainError for what is not 0 to 100 per cent in
    hundredths, or without a source.
    """
    if not is_finance(actor):
        raise PermissionDenied(DISCOUNTING)
    if not 0 <= per_cent <= MOST or per_cent != round(per_cent, 2):
        raise DomainError("A rate is 0 to 100 per cent, with two decimals at most.", field="per_cent")
    source = source.strip()
    if not source:
        raise DomainError("Say where the rate comes from.", field="source")
    last: YearlyRate | None = YearlyRate.objects.filter(starts_on=starts_on).order_by("pk").last()
    if last and (last.per_cent, last.source) == (per_cent, source):
        return last
    rate = YearlyRate(per_cent=per_cent, starts_on=starts_on, source=source, recorded_by=actor, recorded_at=clock.now())
    rate.full_clean()
    rate.save()
    publish("yearly_rate.recorded", actor=actor, rate=rate)
    return rate
