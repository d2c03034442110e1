"""Which days a reversal covers: those of its entry that are open; where all are closed, today."""

from datetime import date

from aiso import clock
from aiso.errors import DomainError
from aiso.web import figures

from .models import ClosedMonth, LedgerEntry


def days_taken_back(entry: LedgerEntry, open_from: date | None) -> tuple[date, date]:
    """The first and the last. Raises DomainError where all are closed and today is, too."""
    if open_from is None or entry.first_on >= open_from:
        return entry.first_on, entry.last_on
    if entry.last_on >= open_from:
        return open_from, entry.last_on
    today = clock.today()
    if today < open_from:
        raise DomainError("The present month is closed.")
    return today, today


def told_of_reversal(entry: LedgerEntry) -> str:
    """What a reversal made now would take back, in a sentence or two."""
    open_from = ClosedMonth.objects.open_from()
    try:
        first, last = days_taken_back(entry, open_from)
    except DomainError as refused:
        return str(refused)
    days = figures.day(first) if first == last else f"{figures.day(first)} to {figures.day(last)}"
    told = f"The reversal covers {days}."
    if open_from is None or entry.first_on >= open_from:
        return f"{told} No day of the entry is closed."
    if entry.last_on >= open_from:
        return (
            f"{told} Days before are closed and are not touched: what was counted of them is taken back in these days."
        )
    return f"{told} All days of the entry are closed and are not touched: what it counted is taken back today."
