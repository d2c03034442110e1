"""Claims that wait for finance."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse

from aiso.web import figures
from forums.models import Forum
from forums.sources import Proposed

from ..models import LedgerEntry
from .rows import SHOWN, Heads, Listed, Row, Sight, counted

SOURCE = "claims_waiting"


def claims_waiting(forum: Forum, day: date) -> Iterator[Proposed]:
    """All of them as one item. One query."""
    if LedgerEntry.objects.waiting().exists():
        yield Proposed(
            key="claims",
            title="Claims waiting for finance",
            why="Benefits that were claimed and nobody has answered: they do not count until then.",
        )


def listed_claims(sight: Sight) -> Listed:
    """The oldest first, of initiatives whose money the reader sees: a claim is seen by nobody else. One query."""
    waiting = LedgerEntry.objects.waiting().filter(initiative__in=sight.with_money)
    rows = waiting.select_related("initiative", "metric", "recorded_by").defer("initiative__search")
    found = [*rows.order_by("pk")[: SHOWN + 1]]
    told = [_row(each, sight.day) for each in found[:SHOWN]]
    since = f", the oldest {_waits(found[0], sight.day)}" if found else ""
    return Listed(
        told,
        f"{counted(len(found), 'claim')}{since}.",
        len(found) > SHOWN,
        f"{reverse('value:ledger')}?state=waiting",
        "all claims that wait",
        Heads("Claim", "Claimed by", "Since", "Claimed"),
    )


def _row(entry: LedgerEntry, day: date) -> Row:
    return Row(
        [entry.initiative],
        "waiting",
        str(entry.metric),
        f"Waits {_waits(entry, day)}",
        entry.get_absolute_url(),
        "Open",
        id=entry.pk,
        note=f"{entry.get_benefit_type_display()}, {figures.day(entry.first_on)} to {figures.day(entry.last_on)}",
        person=entry.recorded_by,
        on=figures.local_date(entry.recorded_at),
        amount=entry.reporting_amount,
    )


def _waits(entry: LedgerEntry, day: date) -> str:
    days = (day - figures.local_date(entry.recorded_at)).days
    return f"for {figures.plural(days, 'day')}" if days > 0 else "since today"
