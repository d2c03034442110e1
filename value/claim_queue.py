"""What finance is to confirm, the oldest first, with what it needs to judge each."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property

from django.http import QueryDict

from aiso.accounts.models import User
from aiso.web.keyset import AS_MADE, Page, page_of

from .baselines import Baseline, baselines_of
from .claim_work import RELATED, UNREAD, claims_for
from .lasting import Lasting, lasting_of
from .ledger_list import COUNTED
from .models import LedgerEntry, LedgerEntryQuerySet, Measurement
from .overlaps import Overlaps, overlaps_of
from .progress import Progress, progress

PAGE = 50


class ClaimLine:
    """One claim as the queue shows it: what is claimed, by which method, and what was measured of its metric."""

    def __init__(
        self,
        entry: LedgerEntry,
        measured: Sequence[Measurement],
        baseline: Baseline | None,
        lasting: Lasting,
        overlaps: Overlaps | None = None,
    ) -> None:
        self.entry, self.baseline, self.lasting, self.overlaps = entry, baseline, lasting, overlaps
        self._measured = [each for each in measured if each.measured_on <= entry.last_on]

    @property
    def has_known_method(self) -> bool:
        """Whether finance confirmed its method before, so that it confirms with others at once."""
        return hasattr(self.entry.method, "confirmation")

    @property
    def confirms_with_others(self) -> bool:
        """Whether nothing of it is left to be read or agreed."""
        return self.has_known_method and not (self.overlaps and self.overlaps.refusal)

    @property
    def progress(self) -> Progress | None:
        return progress(self.latest.metric, self.latest.value) if self.latest else None

    @property
    def latest(self) -> Measurement | None:
        """What was measured last by the last claimed day, of what finance confirmed against the metric as it is."""
        found = [each for each in self._measured if hasattr(each, "answer") and each.answer.holds]
        return found[-1] if found else None

    @property
    def waiting(self) -> Measurement | None:
        """What was measured later by then, and finance has not answered."""
        last = self._measured[-1] if self._measured else None
        return last if last and not hasattr(last, "answer") else None

    @property
    def counted_now(self) -> Decimal:
        """What would count of it today, were it confirmed."""
        return self.lasting.counted(self.overlaps.sharing.counts if self.overlaps else Decimal(1))


def claim_lines(entries: Sequence[LedgerEntry], overlaps: Mapping[int, Overlaps] | None = None) -> list[ClaimLine]:
    """Claims with what was measured of their metrics, whether baselines are confirmed and outcomes lasted, and what is
    known of overlaps. Five queries.
    """
    metrics = {each.metric_id: each.metric for each in entries if each.metric_id and each.metric}
    measured, baselines, known = _measured(metrics), baselines_of(metrics.values()), overlaps or {}
    lasting = lasting_of(entries)
    return [
        ClaimLine(
            each,
            measured[each.metric_id or 0],
            baselines.get(each.metric_id or 0),
            lasting[each.pk],
            known.get(each.pk),
        )
        for each in entries
    ]


def _measured(metrics: Iterable[int]) -> dict[int, list[Measurement]]:
    """By metric what nothing corrects and finance did not reject, in the order of days. One query."""
    rows = Measurement.objects.current().filter(metric__in=[*metrics]).exclude(answer__is_confirmed=False)
    found: dict[int, list[Measurement]] = defaultdict(list)
    for row in rows.order_by("measured_on", "pk").select_related("metric", "answer"):
        found[row.metric_id].append(row)
    return found


def queue_for(person: User) -> LedgerEntryQuerySet:
    return claims_for(person).select_related(*RELATED, "unit_value__metric").defer(*UNREAD)


class ClaimQueue:
    """The claims that a controller may answer. Its page costs nine queries."""

    address = "?"

    def __init__(self, viewer: User, query: QueryDict) -> None:
        self.viewer, self.query = viewer, query

    @cached_property
    def count(self) -> int:
        """How many, up to a thousand and one: the page costs the same however many wait."""
        return claims_for(self.viewer).order_by()[: COUNTED + 1].count()

    @property
    def is_long(self) -> bool:
        return self.count > COUNTED

    @cached_property
    def page(self) -> Page[LedgerEntry]:
        place = {name: self.query.get(name, "") for name in ("after", "before")}
        return page_of(queue_for(self.viewer), AS_MADE, size=PAGE, **place)

    @cached_property
    def rows(self) -> list[ClaimLine]:
        return claim_lines(self.page.rows, overlaps_of([each.pk for each in self.page.rows], self.viewer))

    @property
    def batch(self) -> list[ClaimLine]:
        """Those of this page that confirm together."""
        return [line for line in self.rows if line.confirms_with_others]
