from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, TypedDict

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.accounts.models import BusinessUnit
from aiso.api.fields import IdField
from aiso.api.nouns import Noun
from aiso.api.operations import Body, answers, answers_page
from aiso.api.shapes import Named, Person, named
from aiso.web.keyset import LATEST_FIRST, page_of
from portfolio.api.below import BelowInitiative
from portfolio.api.shapes import REFERENCE
from portfolio.models import DecisionClass, Workflow
from portfolio.permissions import can_see_money, money_seen_among

from ..actions.ask_funding import decide_request, withdraw_request
from ..actions.expand import ASKING, ask_expansion
from ..asked_money import blocks_of_request
from ..expansion import with_rulings
from ..models import Expansion
from .blocks import BlocksShape, drawn_blocks
from .funding_requests import RequestRuling, RequestsQuery
from .rulings import ruling_of


class ExpansionShape(TypedDict):
    """One step further that an initiative in production asks for."""

    id: int
    initiative: Annotated[str, REFERENCE]
    step: Annotated[str, Expansion.Step]
    what: str
    decision_class: Annotated[Named | None, "Whose volume grows."]
    volume_before: Annotated[int | None, "Decisions a week when it was asked."]
    volume_after: Annotated[int | None, "Decisions a week then."]
    unit: Named | None
    workflow: Named | None
    reason: str
    amount: Annotated[Decimal | None, "Money asked for; null also for those who do not see money."]
    skips: Annotated[list[str], "The steps before it that were not done."]
    skip_because: str
    asked_by: Person
    asked_at: datetime
    closed_at: datetime | None
    was_withdrawn: bool
    decisions: Annotated[list[int], "What was decided on it, the latest first."]


class NewExpansion(Body):
    step = serializers.ChoiceField(Expansion.Step.choices)
    what = serializers.CharField(max_length=300, help_text="What it covers.")
    reason = serializers.CharField(max_length=10_000, help_text="Why now.")
    decision_class = IdField(DecisionClass.objects.all(), required=False, allow_null=True, help_text="For volume.")
    volume_after = serializers.IntegerField(
        min_value=1, max_value=100_000_000, required=False, allow_null=True, help_text="Decisions a week then."
    )
    unit = IdField(BusinessUnit.objects.active(), required=False, allow_null=True)
    workflow = IdField(Workflow.objects.active(), required=False, allow_null=True)
    amount = serializers.DecimalField(
        max_digits=16, decimal_places=2, min_value=Decimal("0.01"), required=False, allow_null=True
    )
    skip_because = serializers.CharField(
        max_length=10_000, required=False, allow_blank=True, help_text="Needed where a step before it is not done."
    )


class Expansions(Noun):
    tag = "Expansions"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(ExpansionShape, query=RequestsQuery)
    def list(self, request: Request) -> Response:
        """What initiatives in production ask for, the latest first."""
        rows = Expansion.objects.visible_to(self.person)
        rows = rows.open() if self.asked["open"] else rows
        page = page_of(with_rulings(rows), LATEST_FIRST, size=self.asked["page_size"], **self.place_in(LATEST_FIRST))
        sees = money_seen_among(self.person, [row.initiative for row in page.rows])
        told = [drawn(row, sees_money=sees(row.initiative)) for row in page.rows]
        return self.paged(page, told, rows.order_by().count)

    @answers(ExpansionShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One expansion."""
        return self._told(id)

    @action(detail=True, methods=["post"])
    @answers(ExpansionShape, takes=RequestRuling)
    def decide(self, request: Request, id: int) -> Response:
        """Decide it alone: as a delegate, or as the chair between meetings. Never a party, and never a program."""
        decide_request(self._one(id), actor=self.person, **ruling_of(self.sent))
        return self._told(id)

    @action(detail=True, methods=["post"])
    @answers(ExpansionShape)
    def withdraw(self, request: Request, id: int) -> Response:
        """Take it back. For the initiative's owners and the office."""
        withdraw_request(self._one(id), actor=self.person)
        return self._told(id)

    @action(detail=True, methods=["get"])
    @answers(BlocksShape)
    def blocks(self, request: Request, id: int) -> Response:
        """What keeps it from being approved now; nothing of one that is closed."""
        asked = self._one(id)
        return self.answer(drawn_blocks(blocks_of_request(asked) if asked.is_open else ()))

    def _one(self, pk: int) -> Expansion:
        found: Expansion = get_object_or_404(with_rulings(Expansion.objects.visible_to(self.person)), pk=pk)
        return found

    def _told(self, pk: int) -> Response:
        found = self._one(pk)
        return self.answer(drawn(found, sees_money=can_see_money(self.person, found.initiative)))


class ExpansionsOfInitiative(BelowInitiative):
    tag = "Expansions"

    @answers(ExpansionShape, status=201, takes=NewExpansion)
    def create(self, request: Request, initiative: int) -> Response:
        """Ask for one step further. For its owners and the office, once it is in production."""
        asked = ask_expansion(self.initiative_to_edit(ASKING), actor=self.person, **self.sent)
        told = drawn(with_rulings(Expansion.objects.all()).get(pk=asked.pk), sees_money=True)
        return self.answer(told, status=201, location=f"/api/v1/expansions/{asked.pk}/")


def drawn(asked: Expansion, *, sees_money: bool) -> ExpansionShape:
    told: dict[str, Any] = {name: named(getattr(asked, name)) for name in ("decision_class", "unit", "workflow")}
    return {
        "id": asked.pk,
        "initiative": asked.initiative.reference,
        "step": asked.step,
        "what": asked.what,
        "decision_class": told["decision_class"],
        "volume_before": asked.volume_before,
        "volume_after": asked.volume_after,
        "unit": told["unit"],
        "workflow": told["workflow"],
        "reason": asked.reason,
        "amount": asked.amount if sees_money else None,
        "skips": asked.skips,
        "skip_because": asked.skip_because,
        "asked_by": {"id": asked.asked_by_id, "name": str(asked.asked_by)},
        "asked_at": asked.asked_at,
        "closed_at": asked.closed_at,
        "was_withdrawn": asked.was_withdrawn,
        "decisions": [each.decision_id for each in asked.rulings.all()],
    }
