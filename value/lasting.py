"""What of a claim would count today, had finance confirmed it: as far as its outcome lasted (`durability`)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from .durability import IN_FULL, Check, Outcome, Span
from .durability_facts import Then
from .models import LedgerEntry
from .posting import CENT
from .worth import rounded


@dataclass(frozen=True)
class LostDays:
    """Claimed days on which not all counts. `state` is `overdue`, `lost` or `decayed`."""

    span: Span
    state: str

    @property
    def counts(self) -> Fraction:
        return IN_FULL - self.span.lost


@dataclass(frozen=True)
class Lasting:
    """How the outcome of a claim lasted on the days that it covers. `check` is the last one due by then; without a
    launch there is none.
    """

    entry: LedgerEntry
    lost: tuple[LostDays, ...] = ()
    check: Check | None = None

    def counted(self, share: Decimal = Decimal(1)) -> Decimal:
        """What would count of it today in the reporting currency, by the share recorded of it."""
        entry = self.entry
        whole = (entry.amount * entry.rate * share).quantize(CENT, ROUND_HALF_UP)
        gone = sum((_days(entry, each.span) * each.span.lost for each in self.lost), Fraction(0))
        return rounded(Fraction(whole) * (1 - gone / ((entry.last_on - entry.first_on).days + 1)))


def lasting_of(claims: Iterable[LedgerEntry]) -> dict[int, Lasting]:
    """Of claims that wait, by their ids, as of today. Three queries."""
    rows, then = [*claims], Then.now()
    outcomes = then.outcomes({(row.initiative_id, row.metric_id) for row in rows if row.metric_id})
    return {row.pk: _lasting(row, outcomes.get((row.initiative_id, row.metric_id or 0)), then) for row in rows}


def _lasting(entry: LedgerEntry, known: Outcome | None, then: Then) -> Lasting:
    if known is None:
        return Lasting(entry)
    # Once it is confirmed, its first day may be the first of which finance confirmed anything.
    outcome = replace(known, claimed_from=min(filter(None, [known.claimed_from, entry.first_on])))
    spans = [span for span in outcome.spans_lost(then.as_of) if _days(entry, span) > 0]
    due = [check for check in outcome.checks(then.as_of) if check.due_on <= min(entry.last_on, then.as_of)]
    lost = tuple(LostDays(span, state_on(outcome, span)) for span in spans)
    return Lasting(entry, lost, due[-1] if due else None)


def state_on(outcome: Outcome, span: Span) -> str:
    """What of a day comes first in `durability`: a measurement, then a check that is overdue."""
    if any(each.is_confirmed and each.measured_on == span.first for each in outcome.readings):
        return "lost" if span.lost == 1 else "decayed"
    return "overdue"


def _days(entry: LedgerEntry, span: Span) -> int:
    """How many claimed days a span takes."""
    return (min(entry.last_on, span.last) - max(entry.first_on, span.first)).days + 1
