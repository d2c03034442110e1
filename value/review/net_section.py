"""Net value and what was proposed, on the pages of items about an initiative."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, TypedDict

from django.conf import settings
from django.template.loader import render_to_string

from aiso.accounts.models import User
from aiso.api.shapes import Person
from forums.models import AgendaItem
from portfolio.models import Initiative
from portfolio.permissions import money_seen_among

from ..cost_coverage import CostCoverage
from ..models import ReviewProposal
from ..worth import Worth
from . import carried
from .carried import proposals_of
from .net import SOURCE, Net, nets_of
from .rows import WINDOW, judged_on

# Items that tell the net value of their initiative.
TELLING = (SOURCE, carried.SOURCE)


class NetWindowShape(TypedDict):
    """One window, in the reporting currency; null for no data, which is not 0."""

    net: Decimal
    benefit: Annotated[Decimal, "Confirmed by finance, without what decayed."]
    run_cost: Decimal
    rework: Decimal
    risk_loss: Decimal
    missing_months: Annotated[int, "In production without a run cost: with it, net is lower. Above 0 it is incomplete."]


class NetWindowsShape(TypedDict):
    """The three windows; each null where it has no data."""

    last: NetWindowShape | None
    before: NetWindowShape | None
    to_date: NetWindowShape | None


class NetShape(NetWindowsShape):
    """Net value in the last 90 days, in the 90 before and to date; null where you may not see the money."""

    as_of: date
    currency: str


class ReviewProposalShape(TypedDict):
    """What the value and risk review proposed."""

    proposes: Annotated[str, ReviewProposal.Outcome]
    reason: str
    carried_by: str
    proposed_by: Person
    proposed_at: datetime
    forum: str


def net_values(items: Sequence[AgendaItem], person: User) -> dict[int, str]:
    """The three windows for who sees the money of the initiative; for others that it is not theirs to see."""
    found = _nets(items, person)
    return {
        item.pk: render_to_string("value/review/_net.html", _drawn(found.get(item.pk)))
        for item in items
        if item.source in TELLING and item.initiative_id
    }


def told_net(items: Sequence[AgendaItem], person: User) -> Mapping[int, NetShape]:
    """The same as data."""
    return {
        pk: {
            "as_of": each.as_of,
            "currency": settings.REPORTING_CURRENCY,
            **_windows(each),
        }
        for pk, each in _nets(items, person).items()
    }


def proposal(items: Sequence[AgendaItem], person: User) -> dict[int, str]:
    """What was proposed, when, how it was carried, and why. One query."""
    return {
        pk: render_to_string("value/review/_proposal.html", {"proposal": each})
        for pk, each in proposals_of(items).items()
    }


def told_proposals(items: Sequence[AgendaItem], person: User) -> Mapping[int, ReviewProposalShape]:
    """The same as data."""
    return {
        pk: {
            "proposes": each.proposes,
            "reason": each.reason,
            "carried_by": each.carried_by,
            "proposed_by": {"id": each.proposed_by_id, "name": str(each.proposed_by)},
            "proposed_at": each.proposed_at,
            "forum": each.item.forum.slug,
        }
        for pk, each in proposals_of(items).items()
    }


def _nets(items: Sequence[AgendaItem], person: User) -> dict[int, Net]:
    """By the item's id, of those whose money the person sees. Twenty-five queries at most: the items of a meeting
    have one day.
    """
    asked = [item for item in items if item.source in TELLING and item.initiative_id]
    rows = Initiative.objects.defer("search").in_bulk({item.initiative_id for item in asked})
    sees = money_seen_among(person, rows.values())
    seen = [item for item in asked if sees(rows[item.initiative_id or 0])]
    if not seen:
        return {}
    found = nets_of([item.initiative_id or 0 for item in seen], judged_on(seen[0]), person)
    return {item.pk: found[item.initiative_id or 0] for item in seen}


def _drawn(each: Net | None) -> dict[str, object]:
    if each is None:
        return {"columns": None}
    days = WINDOW.days
    columns = [(f"{days} days", each.last), ("Before", each.before), ("To date", each.to_date)]
    parts = ("confirmed", "decayed", "run_cost", "rework", "risk_loss")
    labels = ("Benefit", "Decayed", "Run cost", "Rework", "Risk loss")
    lines = [
        (label, [getattr(worth, part) if worth.has_net else None for _, worth in columns])
        for part, label in zip(parts, labels, strict=True)
    ]
    nets = [worth.net if worth.has_net else None for _, worth in columns]
    missing = [len(coverage.missing) for coverage in each.coverages]
    return {
        "columns": [label for label, _ in columns],
        "lines": lines,
        "nets": [*zip(nets, missing, strict=True)],
        "missing": missing if any(missing) else [],
        "coverage": each.coverages[-1],
        "as_of": each.as_of,
    }


def _windows(each: Net) -> NetWindowsShape:
    last, before, to_date = each.coverages
    return {
        "last": _window(each.last, last),
        "before": _window(each.before, before),
        "to_date": _window(each.to_date, to_date),
    }


def _window(worth: Worth, coverage: CostCoverage) -> NetWindowShape | None:
    if not worth.has_net:
        return None
    return {
        "net": worth.net,
        "benefit": worth.net + worth.operating,
        "run_cost": worth.run_cost,
        "rework": worth.rework,
        "risk_loss": worth.risk_loss,
        "missing_months": len(coverage.missing),
    }
