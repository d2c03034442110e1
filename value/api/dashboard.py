"""The leadership dashboard over the API: the same five figures as its page."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypedDict

from django.conf import settings
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aiso import clock
from aiso.api.fields import IdField, unit_field
from aiso.api.nouns import Noun
from aiso.api.operations import Query, answers
from aiso.once import read_once
from portfolio.models import Bucket

from ..adoption import AdoptionCount
from ..asked_days import end_of
from ..dashboard.address import FIRST_DAY
from ..dashboard.asked import WINDOWS, Asked
from ..dashboard.figures import FIGURES, Closed, Figures, LeadTime, NetValue, StableOwner
from ..dashboard.page import waiting
from ..dashboard.reading import dashboard_of
from ..dashboard.sentences import benefit_of
from ..dashboard.tiles import is_money_of_part
from ..kept.asking import awaited
from .figures import CostCoverageShape, drawn_coverage
from .known_at import AsOfField, KnownAtField

SHARE = Decimal("0.0001")
FROM_0_TO_1 = "From 0 to 1, with four decimals; null is no data."


class LeadTimeFigure(TypedDict):
    """Days from first entering pilot to first entering production, of what first entered production in the window."""

    median: Annotated[float | None, "Of an even number the mean of the two middle values; null is no data."]
    p90: Annotated[int | None, "The 90th percentile, by nearest rank."]
    count: Annotated[int, "Initiatives that the median is taken over."]
    without_pilot: Annotated[int, "Those that entered production and never were in pilot; in no other member."]


class LeadTimeShape(LeadTimeFigure):
    """The figure, the same of the window before, and the pilots that are open on the last day."""

    previous: LeadTimeFigure
    open_pilots: int
    open_median: Annotated[float | None, "Of their ages in days."]
    open_oldest: int | None


class StableOwnerFigure(TypedDict):
    """Of initiatives active on the last day those with all three owners and the same business owner throughout."""

    share: Annotated[Decimal | None, f"Stable ÷ active. {FROM_0_TO_1}"]
    stable: int
    active: int
    paused: Annotated[int, "Stand apart."]
    without_business: int
    without_technical: int
    without_risk: int
    new_business_owner: Annotated[int, "With all three owners, the business owner not throughout the window."]


class StableOwnerShape(StableOwnerFigure):
    """The figure and the same of the window before."""

    previous: StableOwnerFigure


class AdoptionFigureShape(TypedDict):
    """Critical workflows with an initiative in production, over the weeks that end in the window."""

    share: Annotated[Decimal | None, f"Active ÷ target. {FROM_0_TO_1}"]
    active: Annotated[int | None, "Σ weekly active users; null where nothing is measured."]
    target: Annotated[int | None, "Σ weekly target users; null where nothing is measured."]
    unmeasured: Annotated[int, "Workflows read for fewer than half the weeks; in no other member."]
    workflows: Annotated[int, "Critical workflows with an initiative in production."]
    withheld: Annotated[int, "Those of which nothing is told, because their groups are under five people."]
    repeat_share: Annotated[Decimal | None, FROM_0_TO_1]
    opt_out_share: Annotated[Decimal | None, FROM_0_TO_1]
    satisfaction: Annotated[Decimal | None, "The mean of all answers, 1 to 5."]


class DashboardAdoptionShape(AdoptionFigureShape):
    """The figure and the same of the window before."""

    previous: AdoptionFigureShape


class NetValueFigure(TypedDict):
    """amount = benefit − run_cost − rework − risk_loss, up to the rounding of each. Null amounts are no data."""

    amount: Annotated[Decimal | None, "Net value, rounded once."]
    currency: Annotated[str, "The reporting currency."]
    benefit: Annotated[Decimal | None, "Finance-confirmed benefit that counts: what decayed of it is taken off."]
    decayed: Annotated[Decimal | None, "Confirmed benefit that counts no more, because its outcome did not last."]
    run_cost: Decimal | None
    rework: Decimal | None
    risk_loss: Decimal | None
    claimed_unconfirmed: Annotated[Decimal | None, "Stands beside the amount, never in it."]
    build_cost: Annotated[Decimal | None, "Stands beside the amount, never in it."]
    cost_coverage: CostCoverageShape


class NetValueShape(NetValueFigure):
    """The figure and the same of the window before."""

    previous: NetValueFigure | None
    is_of_part: Annotated[
        bool, "Of a unit, a bucket or the units that one's roles show: the company's target is not meant for it."
    ]


class ClosedFigure(TypedDict):
    """Closed or merged in the window."""

    with_rationale: int
    without_rationale: Annotated[int, "Imported history."]


class ClosedShape(ClosedFigure):
    """The figure and the same of the window before."""

    previous: ClosedFigure


class DashboardShape(TypedDict):
    """The five figures of a window, each with the window before. They count what everybody with one's roles sees."""

    window: Annotated[int, "Days, the last one included."]
    first: Annotated[date, "The first day counted."]
    as_of: date
    known_at: Annotated[datetime | None, "Null is now."]
    pending: Annotated[int | None, "Changes that wait to be counted, 1000 for so many or more; null with `known_at`."]
    lead_time_days: LeadTimeShape
    stable_owner: StableOwnerShape
    adoption: DashboardAdoptionShape
    net_value: Annotated[NetValueShape | None, "Null for those whose roles show no money."]
    closed: ClosedShape
    restated: Annotated[
        list[str], {"items": {"enum": [*FIGURES]}}, "Figures of a past day that later records have changed."
    ]


class DashboardQuery(Query):
    window = serializers.ChoiceField([str(days) for days in WINDOWS], default="90", help_text="Days, 90 unless told.")
    as_of = AsOfField()
    known_at = KnownAtField()
    unit = unit_field(required=False, help_text="The id of a business unit; those below it count too.")
    bucket = IdField(Bucket.objects.all(), required=False, help_text="The id of a bucket.")

    def validate_as_of(self, value: date) -> date:
        if not FIRST_DAY <= value <= clock.today():
            raise serializers.ValidationError(
                f"Give a day from {FIRST_DAY} up to today; what is to come has no figure."
            )
        return value

    def validate_known_at(self, value: datetime) -> datetime:
        if not end_of(FIRST_DAY) <= value <= end_of(clock.today()):
            raise serializers.ValidationError(f"Give a moment from {FIRST_DAY} up to today.")
        return value


class DashboardFigures(Noun):
    tag = "Dashboard"

    @answers(DashboardShape, query=DashboardQuery, may_wait=True)
    def list(self, request: Request) -> Response:
        """The leadership dashboard: lead time, stable owners, adoption, net value and what was closed."""
        told = self.asked
        if awaited(told.get("known_at")) is not None:
            return self.being_made()
        as_of = told.get("as_of") or clock.today()
        asked = Asked(int(told["window"]), as_of, told.get("known_at"), told.get("unit"), told.get("bucket"))
        with read_once():
            found, pending = dashboard_of(self.person, asked), waiting(asked)
        head = {"window": asked.days, "first": asked.window.first, "as_of": as_of}
        head |= {"known_at": asked.known_at, "pending": pending}
        figures = _figures(found.now, found.before, is_of_part=is_money_of_part(self.person, asked))
        return self.answer(head | figures | {"restated": sorted(found.restated)})


def _figures(now: Figures, before: Figures, *, is_of_part: bool) -> dict[str, Any]:
    money = now.net_value and _net_value(now.net_value) | {
        "previous": before.net_value and _net_value(before.net_value),
        "is_of_part": is_of_part,
    }
    return {
        "lead_time_days": _lead_time(now.lead_time) | {"previous": _lead_time(before.lead_time)} | _open(now.lead_time),
        "stable_owner": _stable(now.stable_owner) | {"previous": _stable(before.stable_owner)},
        "adoption": _adoption(now.adoption) | {"previous": _adoption(before.adoption)},
        "net_value": money,
        "closed": _closed(now.closed) | {"previous": _closed(before.closed)},
    }


def _days(value: Decimal | None) -> float | int | None:
    return None if value is None else int(value) if value == int(value) else float(value)


def _share(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(SHARE)


def _lead_time(told: LeadTime) -> dict[str, Any]:
    return {
        "median": _days(told.median),
        "p90": told.p90,
        "count": told.count,
        "without_pilot": told.without_pilot,
    }


def _open(told: LeadTime) -> dict[str, Any]:
    return {
        "open_pilots": told.open_pilots,
        "open_median": _days(told.open_median),
        "open_oldest": told.open_oldest,
    }


def _stable(told: StableOwner) -> dict[str, Any]:
    counts = {"share": _share(told.share), "stable": told.stable, "active": told.active, "paused": told.paused}
    lacking = {f"without_{kind}": told.lacking.get(kind, 0) for kind in ("business", "technical", "risk")}
    return counts | lacking | {"new_business_owner": told.new}


def _adoption(told: AdoptionCount) -> dict[str, Any]:
    sums = told.sums
    return {
        "share": _share(sums.share),
        "active": sums.active if sums.target else None,
        "target": sums.target or None,
        "unmeasured": told.unmeasured,
        "workflows": told.workflows,
        "withheld": told.withheld,
        "repeat_share": _share(sums.repeat_share),
        "opt_out_share": _share(sums.opt_out_share),
        "satisfaction": _share(sums.satisfaction),
    }


def _net_value(told: NetValue) -> dict[str, Any]:
    worth = told.worth
    counted = {
        "amount": worth.net,
        "benefit": benefit_of(told),
        "decayed": worth.decayed,
        "run_cost": worth.run_cost,
        "rework": worth.rework,
        "risk_loss": worth.risk_loss,
    }
    beside = {
        "claimed_unconfirmed": worth.claimed,
        "build_cost": worth.build_cost,
    }
    shown = (counted if worth.has_net else dict.fromkeys(counted)) | (
        dict.fromkeys(beside) if worth.is_empty else beside
    )
    return shown | {"currency": settings.REPORTING_CURRENCY, "cost_coverage": drawn_coverage(told.coverage)}


def _closed(told: Closed) -> dict[str, Any]:
    return {"with_rationale": told.with_rationale, "without_rationale": told.without_rationale}
