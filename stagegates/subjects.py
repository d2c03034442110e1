"""What an agenda item asks a body to decide: a review, money outside a gate, or an initiative without either."""

from collections.abc import Sequence

from django.db.models import Q

from forums.models import AgendaItem
from portfolio.models import Initiative

from .models import FundingRequest, GateReview, RequestItem, ReviewItem

RELATED = ("initiative", "body", "rights_version", "matrix_version", "gates_version")
# The source of items that ask for money outside a gate.
FUNDING = "funding_asks"

type Subject = GateReview | FundingRequest | Initiative


def subject_of(item: AgendaItem) -> Subject | None:
    """The review or the request for money that the item was made for, else the review that its initiative waits with,
    else the initiative.
    """
    return requests_of([item]).get(item.pk) or reviews_of([item]).get(item.pk) or item.initiative


def reviews_of(items: Sequence[AgendaItem]) -> dict[int, GateReview]:
    """The review of each item that has one, by the item's id: its own, else the open one of its initiative, unless it
    asks for money outside a gate. Two queries.
    """
    reviews = GateReview.objects.select_related(*RELATED).defer("initiative__search")
    items = [item for item in items if item.source != FUNDING]
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


def requests_of(items: Sequence[AgendaItem]) -> dict[int, FundingRequest]:
    """The request for money that each item was made for, by the item's id. One query, none where no item was."""
    asking = [item for item in items if item.source == FUNDING]
    if not asking:
        return {}
    rows = RequestItem.objects.filter(item__in=asking).select_related("request__initiative", "request__asked_by")
    return {row.item_id: row.request for row in rows.defer("request__initiative__search")}
