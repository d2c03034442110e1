"""What the item's page tells of its initiative, before the apps above tell more."""

from collections.abc import Mapping, Sequence

from django.template.loader import render_to_string

from aiso.accounts.models import User
from portfolio.models import Initiative

from .models import AgendaItem


def standing_of_items(items: Sequence[AgendaItem], person: User) -> Mapping[int, str]:
    """Stage, owners, lane and risk of each item's initiative. One query for all of them."""
    asked = {item.initiative_id for item in items if item.initiative_id}
    related = ("unit", "workflow", "bucket", "business_owner", "technical_owner", "risk_owner")
    initiatives = Initiative.objects.defer("search").select_related(*related).in_bulk(asked)
    return {
        item.pk: render_to_string("forums/_item_standing.html", {"initiative": initiatives[item.initiative_id]})
        for item in items
        if item.initiative_id
    }
