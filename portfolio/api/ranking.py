from decimal import Decimal
from typing import Annotated, TypedDict

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.nouns import Noun, wrong_parameters
from aiso.api.operations import PageQuery, Query, answers, answers_page
from aiso.api.problems import Refusal
from aiso.api.shapes import Named, named

from ..forms.what_if import HELD, THEN
from ..models import Lane, Stage
from ..models.risk import RiskTier
from ..orders import ORDERS, order_of
from ..permissions import WHO_ASKS_WHAT_IF, can_ask_what_if
from ..ranking import Place, Ranked, Ranking
from ..register import LONGEST_TEXT
from ..what_if import BY_HAND, REFERENCE, Asking, WhatIf
from .filtering import filter_parameters, refuse_broken

PART = {"minimum": 1, "maximum": 5}
HIDDEN = "Null where you may not see its money."


class PlaceShape(TypedDict):
    """A place, 1 for the best; equal priorities share one. Counted are the initiatives that you see."""

    place: int
    among: Annotated[int, "How many have a priority."]


class RankedShape(TypedDict):
    """One open initiative with its places and its money."""

    initiative: Annotated[str, "Its reference."]
    name: str
    bucket: Named | None
    stage: Annotated[str, Stage]
    risk_tier: Annotated[str | None, RiskTier]
    lane: Annotated[str, Lane]
    rank: Annotated[PlaceShape | None, "Across all buckets; null without a priority."]
    rank_in_bucket: Annotated[PlaceShape | None, "Null without a priority or a bucket."]
    priority: Decimal | None
    value: Annotated[int | None, PART]
    feasibility: Annotated[int | None, PART]
    data_readiness: Annotated[int | None, PART]
    strategic_fit: Annotated[int | None, PART]
    governance_complexity: Annotated[int | None, PART]
    asked: Annotated[Decimal | None, "At open reviews and requests, else what its request named.", HIDDEN]
    committed: Annotated[Decimal | None, HIDDEN]


class FundedShape(TypedDict):
    """What one initiative would get."""

    initiative: Annotated[str, "Its reference."]
    rank: Annotated[int | None, "In the bucket where one is asked about, else across all."]
    priority: Decimal | None
    asked: Decimal
    needed: Annotated[Decimal, "What it asks for; where all begins anew, with what it did not spend."]
    is_funded: bool
    left: Annotated[Decimal | None, "In the envelope after it; null where it is not funded."]
    short: Annotated[Decimal | None, "What was lacking when its turn came; 0 where the list had stopped before."]
    by_hand: Annotated[str | None, {"enum": ["first", "without"]}]
    against_today: Annotated[str | None, "Against the envelope as it is.", {"enum": ["gained", "lost"]}]


class WhatIfShape(TypedDict):
    """Which initiatives an envelope would fund. Nothing is changed by asking."""

    envelope: Annotated[str, "Which one: its id, `bucket-` and an id, or empty for all of today together."]
    label: str
    amount: Annotated[Decimal, "As asked, else as it is."]
    amount_today: Annotated[Decimal | None, "Null where no envelope is set, or none that you see."]
    fixed: Annotated[Decimal, "What of it cannot be handed out."]
    to_hand_out: Decimal
    handed_out: Decimal
    left: Decimal
    unranked: Annotated[int, "How many ask for money without a priority."]
    initiatives: Annotated[list[FundedShape], "The funded first, then the others, each by rank; then those left out."]


class RankingQuery(PageQuery):
    q = serializers.CharField(required=False, max_length=LONGEST_TEXT, help_text="Words, as in the register.")
    order = serializers.ChoiceField(
        required=False,
        choices=[f"{sign}{name}" for name in ORDERS for sign in ("", "-")],
        help_text="`-` turns it round; by rank unless told.",
    )


class WhatIfQuery(Query):
    envelope = serializers.CharField(
        required=False, max_length=30, help_text="An envelope's id, or `bucket-` and the id of a bucket that has none."
    )
    amount = serializers.DecimalField(
        required=False, max_digits=16, decimal_places=2, min_value=0, help_text="What it has today unless told."
    )
    then = serializers.ChoiceField(
        required=False,
        choices=[name for name, _ in THEN],
        help_text="When one does not fit: go on to those that do (unless told), or stop there.",
    )
    held = serializers.ChoiceField(
        required=False,
        choices=[name for name, _ in HELD],
        help_text="What is committed stays (unless told), or what is not spent is given out anew.",
    )

    first = serializers.ListField(
        child=serializers.RegexField(REFERENCE),
        required=False,
        max_length=BY_HAND,
        help_text="References of those that come before all others; repeat it for several.",
    )
    without = serializers.ListField(
        child=serializers.RegexField(REFERENCE),
        required=False,
        max_length=BY_HAND,
        help_text="References of those that are left out.",
    )


class RankingOfInitiatives(Noun):
    tag = "Ranking"

    @answers_page(RankedShape, query=RankingQuery, parameters=filter_parameters())
    def list(self, request: Request) -> Response:
        """Open initiatives by priority, each with its place in its bucket and across all."""
        asked = self.asked
        ranking = refuse_broken(Ranking(self.person, request.query_params))
        if ranking.ordered_by:
            self.place_in(order_of(ranking.ordered_by)[1])
        rows = ranking.matching.select_related("bucket").defer("search", "summary", "outcome", "notes")
        page = ranking.page_of(rows, asked["page_size"])
        return self.paged(page, [_ranked(each) for each in ranking.ranked(page.rows)], lambda: ranking.count)


class WhatIfs(Noun):
    tag = "Ranking"

    @answers(WhatIfShape, query=WhatIfQuery)
    def list(self, request: Request) -> Response:
        """Which initiatives that ask for money an envelope would fund, by rank. For finance, the office, executives
        and auditors.
        """
        if not can_ask_what_if(self.person):
            raise Refusal("forbidden", WHO_ASKS_WHAT_IF)
        wanted = self.asked.get("envelope", "")
        asked = WhatIf(self.person, request.query_params)
        if asked.pot.key != wanted:
            raise wrong_parameters({"envelope": ["There is no such envelope, or it is over, or you do not see it."]})
        return self.answer(_answer(asked))


def _ranked(each: Ranked) -> RankedShape:
    row = each.initiative
    return {
        "initiative": row.reference,
        "name": row.name,
        "bucket": named(row.bucket),
        "stage": row.stage,
        "risk_tier": row.risk_tier or None,
        "lane": row.lane,
        "rank": _place(each.overall),
        "rank_in_bucket": _place(each.in_bucket),
        "priority": row.priority,
        "value": row.value,
        "feasibility": row.feasibility,
        "data_readiness": row.data_readiness,
        "strategic_fit": row.strategic_fit,
        "governance_complexity": row.governance_complexity,
        "asked": each.asked,
        "committed": each.committed,
    }


def _place(place: Place | None) -> PlaceShape | None:
    return {"place": place.place, "among": place.among} if place else None


def _answer(asked: WhatIf) -> WhatIfShape:
    return {
        "envelope": asked.pot.key,
        "label": asked.pot.label,
        "amount": asked.amount,
        "amount_today": asked.pot.amount,
        "fixed": asked.fixed,
        "to_hand_out": asked.to_hand_out,
        "handed_out": asked.handed_out,
        "left": asked.result.left,
        "unranked": len(asked.unranked),
        "initiatives": [_told(asked, asking) for asking in asked.answered],
    }


def _told(asked: WhatIf, asking: Asking) -> FundedShape:
    place = asked.place_of(asking)
    return {
        "initiative": asking.reference,
        "rank": place.place if place else None,
        "priority": asking.priority,
        "asked": asking.asked,
        "needed": asked.needs[asking.pk],
        "is_funded": asking.pk in asked.result.funded,
        "left": asked.result.funded.get(asking.pk),
        "short": asked.result.missed.get(asking.pk),
        "by_hand": asked.by_hand(asking.pk) or None,
        "against_today": asked.against_today(asking.pk) or None,
    }
