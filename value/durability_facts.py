"""What durability rests on, read as of a day and as known at a moment: launches, claims that finance confirmed,
measurements that stand.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Min, Q

from aiso import clock
from portfolio.models import StageChange
from portfolio.models.stage import IN_PRODUCTION

from .durability import Outcome, Reading, Span
from .models import ClaimAnswer, LedgerEntry, Measurement

# What finance confirms a measurement against.
AGAINST = ("baseline", "unit", "direction")
COUNTING = (ClaimAnswer.Verdict.CONFIRMED, ClaimAnswer.Verdict.CORRECTED)


@dataclass(frozen=True)
class Then:
    """What happened up to a day and was recorded up to a moment."""

    as_of: date
    known_at: datetime

    @classmethod
    def now(cls) -> "Then":
        return cls(clock.today(), clock.now())

    def claimed_outcomes(self, initiatives: Collection[int]) -> dict[tuple[int, int], Outcome]:
        """The outcomes of which finance confirmed claims, by initiative and metric, of those that were launched. Three
        queries, two where nothing was claimed, one where nothing was launched.
        """
        launches = self.launches(initiatives)
        claimed = self._claimed_from(launches) if launches else {}
        return self._outcomes(claimed.keys(), launches, claimed)

    def spans_lost(self, initiatives: Collection[int]) -> dict[tuple[int, int], list[Span]]:
        """By initiative and metric the days up to `as_of` on which not all of what was confirmed counts. As many
        queries as `claimed_outcomes`, none for no initiative.
        """
        found = self.claimed_outcomes(initiatives) if initiatives else {}
        return {pair: spans for pair, outcome in found.items() if (spans := [*outcome.spans_lost(self.as_of)])}

    def outcomes(self, pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], Outcome]:
        """The outcomes of pairs of an initiative and a metric, of those that were launched. Three queries."""
        launches = self.launches({initiative for initiative, _ in pairs})
        claimed = self._claimed_from(launches) if launches else {}
        return self._outcomes({pair for pair in pairs if pair[0] in launches}, launches, claimed)

    def launches(self, initiatives: Collection[int]) -> dict[int, date]:
        """The day on which each first entered limited rollout or scale. One query."""
        entered = StageChange.objects.filter(
            initiative__in=initiatives,
            stage__in=IN_PRODUCTION,
            changed_on__lte=self.as_of,
            recorded_at__lte=self.known_at,
        )
        return dict(entered.order_by().values_list("initiative").annotate(Min("changed_on")))

    def readings(self, metrics: Collection[int]) -> dict[int, list[Reading]]:
        """By metric, what was measured and neither corrected nor rejected, in the order of days. One query."""
        rows = Measurement.objects.filter(
            metric__in=metrics, measured_on__lte=self.as_of, recorded_at__lte=self.known_at
        ).exclude(corrected_by__recorded_at__lte=self.known_at)
        fields = ("metric", "pk", "value", "measured_on", "answer__answered_at", "answer__is_confirmed")
        told = rows.order_by("measured_on", "pk").values_list(*fields, *(f"answer__{name}" for name in AGAINST))
        found: dict[int, list[Reading]] = defaultdict(list)
        for metric, pk, value, day, at, is_confirmed, *against in told:
            if at is None or at > self.known_at:
                found[metric].append(Reading(pk, value, day))
            elif is_confirmed:
                found[metric].append(Reading(pk, value, day, *against))
        return found

    def _outcomes(
        self,
        pairs: Collection[tuple[int, int]],
        launches: dict[int, date],
        claimed: dict[tuple[int, int], date | None],
    ) -> dict[tuple[int, int], Outcome]:
        readings = self.readings({metric for _, metric in pairs}) if pairs else {}
        return {
            (initiative, metric): Outcome(
                launches[initiative], claimed.get((initiative, metric)), readings.get(metric, ())
            )
            for initiative, metric in pairs
        }

    def _claimed_from(self, initiatives: Collection[int]) -> dict[tuple[int, int], date | None]:
        """By initiative and metric of confirmed claims, the first day of one that nobody took back. One query."""
        happened = Q(happened_on__lte=self.as_of, first_on__lte=self.as_of, recorded_at__lte=self.known_at)
        said = Q(answer__verdict__in=COUNTING, answer__answered_at__lte=self.known_at)
        claims = LedgerEntry.objects.filter(happened, said, initiative__in=[*initiatives], reverses=None)
        stands = (
            Q(reversed_by=None)
            | Q(reversed_by__happened_on__gt=self.as_of)
            | Q(reversed_by__recorded_at__gt=self.known_at)
        )
        firsts = claims.order_by().values("initiative", "metric").annotate(first=Min("first_on", filter=stands))
        return {(row["initiative"], row["metric"]): row["first"] for row in firsts}
