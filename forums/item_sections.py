"""What the item's page tells of its initiative, before the apps above tell more."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, TypedDict

from django.template.loader import render_to_string

from aiso.accounts.models import User
from aiso.api.shapes import Named, Person, named
from portfolio.models import Initiative, Lane, Stage
from portfolio.models.risk import RiskTier

from .models import AgendaItem


class PreReadStandingShape(TypedDict):
    """Where the initiative stands."""

    stage: Annotated[str, Stage]
    stage_since: date | None
    business_owner: Person | None
    technical_owner: Person | None
    risk_owner: Person | None
    lane: Annotated[str, Lane]
    risk_tier: Annotated[str, {"enum": ["", *RiskTier.values]}]
    workflow: Named | None
    unit: Named
    bucket: Named | None
    summary: str


def standing_of_items(items: Sequence[AgendaItem], person: User) -> Mapping[int, str]:
    """Stage, owners, lane and risk of each item's initiative. One query for all of them."""
    return {
        pk: render_to_string("forums/_item_standing.html", {"initiative": initiative})
        for pk, initiative in _initiatives_of(items).items()
    }


def told_standing(items: Sequence[AgendaItem], person: User) -> Mapping[int, PreReadStandingShape]:
    """The same as data."""
    return {pk: _told(initiative) for pk, initiative in _initiatives_of(items).items()}


def _initiatives_of(items: Sequence[AgendaItem]) -> dict[int, Initiative]:
    asked = {item.initiative_id for item in items if item.initiative_id}
    related = ("unit", "workflow", "bucket", "business_owner", "technical_owner", "risk_owner")
    initiatives = Initiative.objects.defer("search").select_related(*related).in_bulk(asked)
    return {item.pk: initiatives[item.initiative_id] for item in items if item.initiative_id}


def _told(initiative: Initiative) -> PreReadStandingShape:
    return {
        "stage": initiative.stage,
        "stage_since": initiative.stage_since,
        "business_owner": named(initiative.business_owner),
        "technical_owner": named(initiative.technical_owner),
        "risk_owner": named(initiative.risk_owner),
        "lane": initiative.lane,
        "risk_tier": initiative.risk_tier,
        "workflow": named(initiative.workflow),
        "unit": {"id": initiative.unit_id, "name": str(initiative.unit)},
        "bucket": named(initiative.bucket),
        "summary": initiative.summary,
    }
