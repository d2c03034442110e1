"""The list of reviews as a file; XLSX as text cells, CSV with formulas made safe."""

from collections.abc import Iterator
from itertools import batched

from aiso.accounts.models import User
from portfolio.permissions import money_seen_among

from .models.review import GateReviewQuerySet
from .review_register import Row, rows_of, with_names

# Rows read and judged at a time.
CHUNK = 500
HEADERS = [
    "Review", "Reference", "Initiative", "Gate", "Attempt", "Lane", "Stage", "Requirements", "Met", "Waived",
    "Sign-offs", "Decides", "Money asked for", "Opened", "Submitted", "Decide by", "Closed", "Withdrawn",
]  # fmt: skip


class ReviewSheet:
    """Rows and columns of one person's export."""

    title = "Gate-reviews"
    headers = HEADERS

    def __init__(self, rows: GateReviewQuerySet, user: User) -> None:
        self.rows, self.user = with_names(rows).order_by("pk"), user

    def lines(self) -> Iterator[list[object]]:
        """Each review as plain values; sums only of initiatives whose money the person may see."""
        for chunk in batched(self.rows.iterator(chunk_size=CHUNK), CHUNK, strict=False):
            sees_money = money_seen_among(self.user, [review.initiative for review in chunk])
            for row in rows_of([*chunk]):
                yield _line(row, sees_money=sees_money(row.review.initiative))


def _line(row: Row, *, sees_money: bool) -> list[object]:
    review, initiative = row.review, row.review.initiative
    return [
        review.pk,
        initiative.reference,
        initiative.name,
        row.title,
        review.attempt,
        review.get_lane_display(),
        initiative.get_stage_display(),
        len(row.standings),
        row.met,
        row.deviations,
        row.signing,
        review.body.name if review.body else "",
        review.amount if sees_money else None,
        review.opened_at,
        review.submitted_at,
        review.decide_by,
        review.closed_at,
        "Yes" if review.was_withdrawn else "",
    ]
