"""What a currency is in the reporting currency, month by month. A rate that is missing blocks, and is never guessed."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db.models import Q

from aiso.errors import DomainError

from .models import ExchangeRate

ONE = Decimal(1)
type Asked = tuple[str, date]


class Rates:
    """The rates of some currencies and months, read at once. One query, none for the reporting currency alone."""

    def __init__(self, asked: Iterable[Asked]) -> None:
        pairs = {(currency, day.replace(day=1)) for currency, day in asked if currency != settings.REPORTING_CURRENCY}
        self._known: dict[Asked, Decimal] = {}
        if pairs:
            rows = ExchangeRate.objects.filter(
                Q(currency__in={currency for currency, _ in pairs}), month__in={month for _, month in pairs}
            ).newest()
            self._known = {(row.currency, row.month): row.rate for row in rows}

    def rate_on(self, currency: str, day: date) -> Decimal:
        """Units of the reporting currency for one of `currency` in the month of a day. Raises DomainError where finance
        recorded none.
        """
        if currency == settings.REPORTING_CURRENCY:
            return ONE
        rate = self._known.get((currency, day.replace(day=1)))
        if rate is None:
            raise DomainError(
                f"There is no exchange rate of {currency[:10]} for {day:%B %Y}. Finance records it under Value, "
                f"Exchange rates; until then, post it in {settings.REPORTING_CURRENCY}.",
                field="currency",
            )
        return rate


def rate_on(currency: str, day: date) -> Decimal:
    """The same for one. One query."""
    return Rates([(currency, day)]).rate_on(currency, day)
