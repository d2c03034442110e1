from datetime import datetime
from decimal import Decimal
from typing import Annotated, TypedDict

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.nouns import Noun
from aiso.api.operations import Body, PageQuery, answers, answers_page
from aiso.api.problems import Refusal
from aiso.api.shapes import Person
from aiso.web.keyset import LATEST_FIRST
from portfolio.api.below import BelowInitiative
from portfolio.api.shapes import REFERENCE
from portfolio.models import Initiative
from portfolio.permissions import can_see_money

from ..actions.ask_funding import ask_money, decide_request, withdraw_request
from ..asked_money import FUNDING_OUTCOMES, blocks_of_request, can_decide_request
from ..funding_page import with_decisions
from ..models import FundingRequest
from ..permissions import ASKING
from .blocks import BlocksShape, drawn_blocks
from .rulings import RulingBody, ruling_of

UNSEEN = "Its owners, finance, the office and those who decide on it see its money."


class FundingRequestShape(TypedDict):
    """Money that an initiative asks for outside a gate."""

    id: int
    initiative: Annotated[str, REFERENCE]
    amount: Decimal
    reason: str
    asked_by: Person
    asked_at: datetime
    closed_at: datetime | None
    was_withdrawn: bool
    decisions: Annotated[list[int], "What was decided on it, the latest first."]


class RequestsQuery(PageQuery):
    open = serializers.BooleanField(default=False, help_text="Only those that wait for a decision.")


class NewRequest(Body):
    amount = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=Decimal("0.01"))
    reason = serializers.CharField(max_length=10_000)


class RequestRuling(RulingBody):
    review = None  # type: ignore[assignment]
    back_to = None  # type: ignore[assignment]
    closing = None  # type: ignore[assignment]
    survivor = None  # type: ignore[assignment]
    outcome = serializers.ChoiceField(
        choices=[(each.value, each.label) for each in FUNDING_OUTCOMES],
        help_text="Sent back: it is asked for at the next gate.",
    )


class FundingRequests(Noun):
    tag = "Funding"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(FundingRequestShape, query=RequestsQuery)
    def list(self, request: Request) -> Response:
        """What was asked for by initiatives whose money one sees, the latest first."""
        rows = FundingRequest.objects.visible_to(self.person)
        return self.page(with_decisions(rows.open() if self.asked["open"] else rows), LATEST_FIRST, drawn)

    @answers(FundingRequestShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One request."""
        return self.answer(drawn(self._one(id)))

    @action(detail=True, methods=["post"])
    @answers(FundingRequestShape, takes=RequestRuling)
    def decide(self, request: Request, id: int) -> Response:
        """Decide it alone: as a delegate, or as the chair between meetings. Never a party, and never a program."""
        decide_request(self._one(id), actor=self.person, **ruling_of(self.sent))
        return self.answer(drawn(self._one(id)))

    @action(detail=True, methods=["post"])
    @answers(FundingRequestShape)
    def withdraw(self, request: Request, id: int) -> Response:
        """Take it back. For the initiative's owners and the office."""
        withdraw_request(self._one(id), actor=self.person)
        return self.answer(drawn(self._one(id)))

    @action(detail=True, methods=["get"])
    @answers(BlocksShape)
    def blocks(self, request: Request, id: int) -> Response:
        """What keeps it from being approved now; nothing of one that is closed."""
        asked = self._one(id)
        return self.answer(drawn_blocks(blocks_of_request(asked) if asked.is_open else ()))

    def _one(self, pk: int) -> FundingRequest:
        seen = Initiative.objects.visible_to(self.person)
        rows = with_decisions(FundingRequest.objects.filter(initiative__in=seen))
        found: FundingRequest = get_object_or_404(rows, pk=pk)
        if not (can_see_money(self.person, found.initiative) or can_decide_request(self.person, found)):
            raise Refusal("forbidden", UNSEEN)
        return found


class FundingRequestsOfInitiative(BelowInitiative):
    tag = "Funding"

    @answers(FundingRequestShape, status=201, takes=NewRequest)
    def create(self, request: Request, initiative: int) -> Response:
        """Ask for money outside a gate. For its owners and the office."""
        asked = ask_money(self.initiative_to_edit(ASKING), actor=self.person, **self.sent)
        told = drawn(with_decisions(FundingRequest.objects.all()).get(pk=asked.pk))
        return self.answer(told, status=201, location=f"/api/v1/funding-requests/{asked.pk}/")


def drawn(asked: FundingRequest) -> FundingRequestShape:
    return {
        "id": asked.pk,
        "initiative": asked.initiative.reference,
        "amount": asked.amount,
        "reason": asked.reason,
        "asked_by": {"id": asked.asked_by_id, "name": str(asked.asked_by)},
        "asked_at": asked.asked_at,
        "closed_at": asked.closed_at,
        "was_withdrawn": asked.was_withdrawn,
        "decisions": [each.decision_id for each in asked.rulings.all()],
    }
