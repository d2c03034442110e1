"""Recording what currencies were worth."""

import re
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..models import ExchangeRate
from ..permissions import RATING, is_finance

CURRENCY = re.compile("[A-Z]{3}")


@transaction.atomic
def record_rate(*, actor: User, currency: str, month: date, rate: Decimal, source: str) -> ExchangeRate:
    """Say what one unit of a currency was in the reporting currency in a month. A later word replaces an earlier one
    for what is posted from then on.

    Raises PermissionDenied for all but finance, DomainError for what is no currency, a month to come or no source.
    """
    if not is_finance(actor):
        raise PermissionDenied(RATING)
    currency, month = currency.strip().upper(), month.replace(day=1)
    if not CURRENCY.fullmatch(currency) or currency == settings.REPORTING_CURRENCY:
        told = f"Give the three letters of a currency other than {settings.REPORTING_CURRENCY}, e.g. USD."
        raise DomainError(told, field="currency")
    if month > clock.today():
        raise DomainError("This month is to come.", field="month")
    if rate <= 0:
        raise DomainError("A rate is more than 0.", field="rate")
    if not source.strip():
        raise DomainError("Say where the rate comes from.", field="source")
    found = ExchangeRate(
        currency=currency, month=month, rate=rate, source=source.strip(), recorded_by=actor, recorded_at=clock.now()
    )
    found.full_clean()
    found.save()
    publish("rate.recorded", actor=actor, rate=found)
    return found
