"""Closing a month of the ledger."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from aiso.web import figures

from ..models import ClosedMonth, LedgerEntry
from ..models.ledger_triggers import MONTHS
from ..permissions import CLOSING, is_finance


@transaction.atomic
def close_month(month: date, *, actor: User) -> ClosedMonth:
    """Close a month, and with it all before: from now on nothing is posted into it. There is no way back: a mistake in
    it is mended by an entry in an open month.

    Raises PermissionDenied for all but finance for the whole company, DomainError for a month that is not over, that
    is closed, or of which a claim waits.
    """
    if not is_finance(actor):
        raise PermissionDenied(CLOSING)
    month = month.replace(day=1)
    if (after := clock.months_later(month, 1)) > clock.today():
        raise DomainError(f"{month:%B %Y} is not over.", field="month")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock({MONTHS})")
    open_from = ClosedMonth.objects.open_from()
    if open_from and month < open_from:
        raise DomainError(f"{month:%B %Y} is closed already.", field="month")
    waiting = LedgerEntry.objects.waiting().filter(first_on__lt=after).order_by().count()
    if waiting:
        told = f"{figures.plural(waiting, 'claim waits', 'claims wait')} for an answer that would change it."
        raise DomainError(f"{told} Answer them first, or have them reversed.", field="month")
    closed = ClosedMonth.objects.create(month=month, closed_by=actor, closed_at=clock.now())
    publish("ledger.month_closed", actor=actor, month=month.isoformat(), closed=closed)
    return closed
