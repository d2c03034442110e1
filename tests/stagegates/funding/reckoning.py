"""A second reckoning of money beside the product's own: one in plain Python, one from the entries in SQL."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection


@dataclass
class Plain:
    """A tranche as a child would reckon it: three piles of money, and a list of receipts."""

    owner: int
    withheld: Decimal
    given: Decimal
    receipts: dict[str, Decimal] = field(default_factory=dict)

    @property
    def paid(self) -> Decimal:
        return sum(self.receipts.values(), Decimal(0))

    @property
    def unspent(self) -> Decimal:
        return max(self.given - self.paid, Decimal(0))

    @property
    def columns(self) -> tuple[Decimal, ...]:
        """Withheld, released, spent and overspent, as the tranche should say."""
        return self.withheld, self.given, min(self.paid, self.given), max(self.paid - self.given, Decimal(0))

    def hand_back(self) -> None:
        self.withheld = Decimal(0)
        self.given = min(self.given, self.paid)


# Tranches and envelopes whose sums are not what their entries add up to, or break the identity.
UNLIKE = """
    WITH sums AS (
        SELECT t.id, t.envelope_id,
            coalesce(sum(e.amount) FILTER (WHERE e.kind = 'commit'), 0)
                - coalesce(sum(e.amount) FILTER (WHERE e.kind IN ('free', 'return')), 0) AS committed,
            coalesce(sum(e.amount) FILTER (WHERE e.kind = 'commit'), 0)
                - coalesce(sum(e.amount) FILTER (WHERE e.kind IN ('free', 'release')), 0) AS withheld,
            coalesce(sum(e.amount) FILTER (WHERE e.kind = 'release'), 0)
                - coalesce(sum(e.amount) FILTER (WHERE e.kind = 'return'), 0) AS released,
            coalesce(sum(e.amount) FILTER (WHERE e.kind = 'spend'), 0) AS booked
        FROM stagegates_tranche AS t LEFT JOIN stagegates_fundingentry AS e ON e.tranche_id = t.id GROUP BY t.id
    )
    SELECT 'tranche', t.id FROM stagegates_tranche AS t JOIN sums AS s USING (id)
    WHERE (t.committed, t.withheld, t.released, t.booked) <> (s.committed, s.withheld, s.released, s.booked)
        OR t.committed <> t.withheld + t.released OR t.released <> t.spent + t.unspent
        OR t.booked <> t.spent + t.overspent OR least(t.withheld, t.unspent, t.spent, t.overspent) < 0
    UNION ALL
    SELECT 'envelope', v.id FROM stagegates_envelope AS v
    WHERE v.amount <> v.free + v.committed OR v.free < 0
        OR v.committed <> (SELECT coalesce(sum(s.committed), 0) FROM sums AS s WHERE s.envelope_id = v.id)
"""


def unlike() -> list[Any]:
    """What UNLIKE finds: nothing, where money adds up."""
    with connection.cursor() as cursor:
        cursor.execute(UNLIKE)
        return cursor.fetchall()
