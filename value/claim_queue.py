"""What finance is to confirm, the oldest first, with what it needs to judge each."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from django.http import QueryDict

from aiso.accounts.models import User
from aiso.web.keyset import AS_MADE, Page, page_of

from .baselines import Baseline, baselines_of
from .claim_work import RELATED, UNREAD, claims_for
from .known import latest_of
from .models import LedgerEntry, LedgerEntryQuerySet, Measurement
from .overlaps import Overlaps, overlaps_of
from .progress import Progress, progress

PAGE = 50


class ClaimLine:
    """One claim as the queue shows it: what is claimed, by which method, and what was measured of its metric."""

    def __init__(
        self,
        entry: LedgerEntry,
        latest: Measurement | None,
        baseline: Baseline | None,
        overlaps: Overlaps | None = None,
    ) -> None:
        self.entry, self.latest, self.baseline, self.overlaps = entry, latest, baseline, overlaps

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
    def is_measured(self) -> bool:
        """Whether finance confirmed what was measured, and it still holds."""
        answer = getattr(self.latest, "answer", None)
        return answer is not None and answer.holds


def claim_lines(entries: Sequence[LedgerEntry], overlaps: Mapping[int, Overlaps] | None = None) -> list[ClaimLine]:
    """Claims with the latest measurement of each metric, whether its baseline is confirmed, and what is known of their
    overlaps. Two queries.
    """
    metrics = {each.metric_id: each.metric for each in entries if each.metric_id and each.metric}
    latest, baselines, known = latest_of(metrics), baselines_of(metrics.values()), overlaps or {}
    return [
        ClaimLine(each, latest.get(each.metric_id or 0), baselines.get(each.metric_id or 0), known.get(each.pk))
        for each in entries
    ]


def queue_for(person: User) -> LedgerEntryQuerySet:
    return claims_for(person).select_related(*RELATED, "unit_value__metric").defer(*UNREAD)


class ClaimQueue:
    """The claims that a controller may answer. Its page costs six queries."""

    address = "?"

    def __init__(self, viewer: User, query: QueryDict) -> None:
        self.viewer, self.query = viewer, query

    @cached_property
    def count(self) -> int:
        return claims_for(self.viewer).order_by().count()

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
