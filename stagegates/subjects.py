"""What an agenda item asks a body to decide: a review, or an initiative without one."""

from collections.abc import Sequence

from django.db.models import Q

from forums.models import AgendaItem
from portfolio.models import Initiative

from .models import GateReview, ReviewItem

RELATED = ("initiative", "body", "rights_version", "matrix_version", "gates_version")


def subject_of(item: AgendaItem) -> GateReview | Initiative | None:
    """The review that the item was made for, else the one that its initiative waits with, else the initiative."""
    review = reviews_of([item]).get(item.pk)
    return review or item.initiative


def reviews_of(items: Sequence[AgendaItem]) -> dict[int, GateReview]:
    """The review of each item that has one, by the item's id: its own, else the open one of its initiative. Two
    queries.
    """
    reviews = GateReview.objects.select_related(*RELATED).defer("initiative__search")
    own = dict(ReviewItem.objects.filter(item__in=items).values_list("item", "review"))
    asked = {item.initiative_id for item in items if item.pk not in own and item.initiative_id}
    rows = [*reviews.filter(Q(pk__in=own.values()) | Q(initiative__in=asked, closed_at=None))]
    by_id = {row.pk: row for row in rows}
    by_initiative = {row.initiative_id: row for row in rows if row.is_open}
    found = {
        item.pk: by_id.get(own[item.pk]) if item.pk in own else by_initiative.get(item.initiative_id or 0)
        for item in items
    }
    return {pk: review for pk, review in found.items() if review}
