"""What an agenda item asks a body to decide: a review, money outside a gate, an expansion, or an initiative without."""

from collections.abc import Mapping, Sequence

from django.db.models import Q

from forums.models import AgendaItem
from portfolio.models import Initiative

from .asked_money import Asked
from .models import ExpansionItem, GateReview, RequestItem, ReviewItem

RELATED = ("initiative", "body", "rights_version", "matrix_version", "gates_version")
# The sources of items that ask for money outside a gate, and for an expansion.
FUNDING, EXPANSIONS = "funding_asks", "expansion_asks"
# Where the items of a source say what they ask for.
TIED: Mapping[str, type[RequestItem | ExpansionItem]] = {FUNDING: RequestItem, EXPANSIONS: ExpansionItem}

type Subject = GateReview | Asked | Initiative


def subject_of(item: AgendaItem) -> Subject | None:
    """The review or the request that the item was made for, else the review that its initiative waits with,
    else the initiative.
    """
    return requests_of([item]).get(item.pk) or reviews_of([item]).get(item.pk) or item.initiative


def reviews_of(items: Sequence[AgendaItem]) -> dict[int, GateReview]:
    """The review of each item that has one, by the item's id: its own, else the open one of its initiative, unless it
    asks for something outside a gate. Two queries.
    """
    reviews = GateReview.objects.select_related(*RELATED).defer("initiative__search")
    items = [item for item in items if item.source not in TIED]
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


def requests_of(items: Sequence[AgendaItem]) -> dict[int, Asked]:
    """What each item asks for outside a gate, money or an expansion, by the item's id. A query for each of the two that
    an item was made for.
    """
    found: dict[int, Asked] = {}
    for source, model in TIED.items():
        if asking := [item.pk for item in items if item.source == source]:
            rows = model._default_manager.filter(item__in=asking)
            rows = rows.select_related("request__initiative", "request__asked_by")
            found |= {row.item_id: row.request for row in rows.defer("request__initiative__search")}
    return found
