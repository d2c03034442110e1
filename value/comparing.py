"""Which outcome metrics compare with those of other initiatives, and what an odd one may be in the catalogue."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, utils

from portfolio.models import OutcomeMetric

from .models import CatalogueLink, CatalogueMetric
from .models.catalogue import counts_alike

# Names that are less alike than this, of 100, are no suggestion; to count the same way is worth so much.
LEAST_ALIKE, SAME_WAY = 60, 10


@dataclass(frozen=True)
class Compared:
    """An outcome metric, what it is in the catalogue, and, where it is nothing there, what is most like it."""

    metric: OutcomeMetric
    link: CatalogueLink | None
    suggested: CatalogueMetric | None = None

    @property
    def is_comparable(self) -> bool:
        return self.link is not None and self.link.holds

    @property
    def counts_differently(self) -> bool:
        """Whether it was matched, and its unit or direction is another one by now."""
        return self.link is not None and not self.link.holds

    @property
    def suggestion_fits(self) -> bool:
        """Whether the suggestion counts the same way, so that one click matches them."""
        return self.suggested is not None and counts_alike(self.metric, self.suggested)


def compared(metrics: Iterable[OutcomeMetric]) -> list[Compared]:
    """Each metric with its match or the likeliest one. Two queries, the second where one has no match."""
    rows = [*metrics]
    links = {link.metric_id: link for link in CatalogueLink.objects.filter(metric__in=rows).select_related("entry")}
    for row in rows:
        if row.pk in links:
            links[row.pk].metric = row
    catalogue = [*CatalogueMetric.objects.active()] if len(links) < len(rows) else []
    return [
        Compared(row, links.get(row.pk), None if row.pk in links else suggested_for(row, catalogue)) for row in rows
    ]


def suggested_for(metric: OutcomeMetric, catalogue: Sequence[CatalogueMetric]) -> CatalogueMetric | None:
    """The one whose name is most like the metric's; one that counts the same way comes first."""

    def likeness(entry: CatalogueMetric) -> float:
        score = fuzz.token_set_ratio(metric.name, entry.name, processor=utils.default_process)
        return score + (SAME_WAY if counts_alike(metric, entry) else 0)

    best = max(catalogue, key=likeness, default=None)
    return best if best and likeness(best) >= LEAST_ALIKE else None
