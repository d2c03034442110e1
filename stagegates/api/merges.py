from datetime import datetime
from decimal import Decimal
from typing import Annotated, TypedDict

from django.db.models import BigIntegerField, F
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.nouns import Noun
from aiso.api.operations import Body, PageQuery, Query, answers, answers_page
from aiso.api.shapes import Named, named
from aiso.web.keyset import Order
from portfolio.api.below import BelowInitiative
from portfolio.api.intakes import InitiativeReference
from portfolio.api.shapes import REFERENCE
from portfolio.merging import told_of

from ..actions.merge import merge_into, undo_merge, why_not_undo
from ..decision_lists import fetched
from ..merge_page import MergePanel
from ..models import Decision, Merge
from ..models.merge import MergeQuerySet
from .decisions import DecisionShape, drawn

LATEST_FIRST = Order(F("pk"), BigIntegerField(), descending=True)


class MovedShape(TypedDict):
    """How many of what moves."""

    what: str
    count: int


class MergeShape(TypedDict):
    """One initiative went on in another. What never changes stayed with it."""

    id: int
    merged: Annotated[str, "The initiative that ended.", REFERENCE]
    survivor: Annotated[str, "The one in which it goes on.", REFERENCE]
    decision: int
    merged_at: datetime
    moved: Annotated[list[MovedShape], "What went along, beside money."]
    undone_by: Annotated[int | None, "The decision that took it apart again."]
    why_not_undo: Annotated[str, "Why it cannot be undone any more; empty while it can."]


class MovingMoneyShape(TypedDict):
    """Money that would move, from and to the same envelopes; what was spent stays."""

    withheld: Decimal
    unspent: Decimal
    spent: Decimal


class MergeOutlookShape(TypedDict):
    """What would follow from a merge."""

    body: Annotated[Named | None, "Who decides: the higher of the bodies of both. A higher one may, too."]
    may_decide: Annotated[bool, "Whether you decide it alone."]
    refusal: Annotated[str, "Why it cannot be merged; empty when it can."]
    moves: list[MovedShape]
    is_content_kept: Annotated[bool, "It is confidential: nothing but money moves."]
    money: Annotated[MovingMoneyShape | None, "Null for those who do not see its money."]


class OutlookQuery(Query):
    survivor = serializers.RegexField(
        r"^[Aa][Ii]-[0-9]{1,9}$", required=False, help_text="The reference of the initiative in which it would go on."
    )


class NewMerge(Body):
    survivor = InitiativeReference(help_text="The initiative in which it goes on.")
    rationale = serializers.CharField(max_length=10_000)


class UndoReason(Body):
    rationale = serializers.CharField(max_length=10_000)


class Merges(Noun):
    tag = "Decisions"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(MergeShape, query=PageQuery)
    def list(self, request: Request) -> Response:
        """What was merged, the latest first, where one sees both initiatives."""
        return self.page(self._visible(), LATEST_FIRST, drawn_merge)

    @answers(MergeShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One merge."""
        return self.answer(drawn_merge(get_object_or_404(self._visible(), pk=id)))

    @action(detail=True, methods=["post"])
    @answers(DecisionShape, status=201, takes=UndoReason)
    def undo(self, request: Request, id: int) -> Response:
        """Take it apart again, until something else is decided on either. For the body that decided it, or a higher
        one; never a party to either, and never a program.
        """
        merge = get_object_or_404(self._visible(), pk=id)
        return _decided(self, undo_merge(merge, actor=self.person, **self.sent))

    def _visible(self) -> MergeQuerySet:
        return Merge.objects.visible_to(self.person).with_later().select_related("merged", "survivor", "decision")


class InitiativeMerge(BelowInitiative):
    tag = "Decisions"

    @answers(MergeOutlookShape, query=OutlookQuery)
    def list(self, request: Request, initiative: int) -> Response:
        """What would follow from merging it into another."""
        found, asked = self.initiative(), self.asked.get("survivor")
        survivor = None
        if asked:
            visible = type(found).objects.visible_to(self.person).defer("search")
            survivor = get_object_or_404(visible, pk=int(asked[3:]))
        return self.answer(_outlook(MergePanel(found, self.person, survivor)))

    @answers(DecisionShape, status=201, takes=NewMerge)
    def create(self, request: Request, initiative: int) -> Response:
        """Merge it into another. For those who decide alone for the body of both, never a party to either.

        The merged one still answers at its address, with `merged_into`: programs that keep its id find what became
        of it there. While a review of it waits for a decision, that one is decided as a merge: 409.
        """
        return _decided(self, merge_into(self.initiative(), actor=self.person, **self.sent))


def _decided(noun: Noun, decision: Decision) -> Response:
    told = drawn(fetched(Decision.objects.all()).get(pk=decision.pk), sees_money=True)
    return noun.answer(told, status=201, location=f"/api/v1/decisions/{decision.pk}/")


def _outlook(panel: MergePanel) -> MergeOutlookShape:
    funding = panel.funding if panel.sees_money else None
    money: MovingMoneyShape | None = (
        {"withheld": funding.withheld, "unspent": funding.unspent, "spent": funding.spent} if funding else None
    )
    return {
        "body": named(panel.body),
        "may_decide": panel.may_decide,
        "refusal": panel.refusal,
        "moves": _counted(panel.moves),
        "is_content_kept": panel.is_hidden,
        "money": money,
    }


def drawn_merge(merge: Merge) -> MergeShape:
    return {
        "id": merge.pk,
        "merged": merge.merged.reference,
        "survivor": merge.survivor.reference,
        "decision": merge.decision_id,
        "merged_at": merge.decision.decided_at,
        "moved": _counted(told_of(merge.moved)),
        "undone_by": merge.undone_by_id,
        "why_not_undo": why_not_undo(merge, has_later=merge.has_later),  # type: ignore[attr-defined]
    }


def _counted(told: list[tuple[int, str]]) -> list[MovedShape]:
    return [{"what": what, "count": count} for count, what in told]
