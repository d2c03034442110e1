from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, TypedDict

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.nouns import Noun
from aiso.api.operations import PageQuery, answers, answers_page
from aiso.api.shapes import Named, Person, named
from aiso.web.keyset import LATEST_FIRST, page_of
from portfolio.api.shapes import REFERENCE
from portfolio.permissions import can_see_money, money_seen_among

from ..actions.decide import UNSEEN, decide_review
from ..decision_lists import DecisionList, fetched
from ..models import Decision
from .rulings import RulingBody, ruling_of


class OverrideShape(TypedDict):
    """Something in the way that a higher body overrode."""

    what: str
    reason: str


class DecisionShape(TypedDict):
    """What a body ruled. It never changes; a later one supersedes it."""

    id: int
    initiative: Annotated[str, REFERENCE]
    review: Annotated[int | None, "Null for a decision on the initiative itself."]
    outcome: Annotated[str, Decision.Outcome]
    rationale: str
    amount: Annotated[Decimal | None, "Money approved; null also for those who do not see money."]
    body: Named
    way: Annotated[str, Decision.Way]
    is_urgent: Annotated[bool, "Taken between meetings; shown at the next one."]
    decided_by: Person
    decided_at: datetime
    hold_until: date | None
    back_to: Annotated[str, "The gate that it was sent back to; empty for other outcomes."]
    overrides: list[OverrideShape]
    supersedes: int | None
    is_superseded: bool


class DecisionsQuery(PageQuery):
    outcome = serializers.ChoiceField(choices=Decision.Outcome.choices, required=False)
    body = serializers.SlugField(max_length=60, required=False, help_text="A forum's slug.")
    urgent = serializers.BooleanField(default=False, help_text="Only those taken between meetings.")


class NewDecision(RulingBody):
    seen = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=2**63 - 1,
        help_text="The decision on the same that you saw last, null for none: another one since answers 409.",
    )


class GateDecisions(Noun):
    tag = "Decisions"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(DecisionShape, query=DecisionsQuery)
    def list(self, request: Request) -> Response:
        """What was decided on the initiatives that one may see, the latest first."""
        asked = {**self.asked, "urgent": "1" if self.asked["urgent"] else ""}
        rows = DecisionList(self.person, asked).matching
        page = page_of(fetched(rows), LATEST_FIRST, size=self.asked["page_size"], **self.place_in(LATEST_FIRST))
        sees = money_seen_among(self.person, [row.initiative for row in page.rows])
        drawn_rows = [drawn(row, sees_money=sees(row.initiative)) for row in page.rows]
        return self.paged(page, drawn_rows, rows.order_by().count)

    @answers(DecisionShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One decision."""
        return self.answer(self._drawn(id))

    @answers(DecisionShape, status=201, takes=NewDecision)
    def create(self, request: Request) -> Response:
        """Decide a submitted review alone: as a delegate, as the chair between meetings, or named by the sponsor.

        Never a party to the review, and never a program. What is in the way of an approval answers 409.
        """
        sent = dict(self.sent)
        seen = sent.pop("seen", UNSEEN)
        decision = decide_review(sent["review"], actor=self.person, seen=seen, **ruling_of(sent))
        told = drawn(fetched(Decision.objects.all()).get(pk=decision.pk), sees_money=True)
        return self.answer(told, status=201, location=f"{request.path}{decision.pk}/")

    def _drawn(self, pk: int) -> DecisionShape:
        decision = get_object_or_404(fetched(Decision.objects.visible_to(self.person)), pk=pk)
        return drawn(decision, sees_money=can_see_money(self.person, decision.initiative))


def drawn(decision: Decision, *, sees_money: bool) -> DecisionShape:
    body = named(decision.body)
    assert body is not None
    return {
        "id": decision.pk,
        "initiative": decision.initiative.reference,
        "review": decision.review_id,
        "outcome": decision.outcome,
        "rationale": decision.rationale,
        "amount": decision.amount if sees_money else None,
        "body": body,
        "way": decision.way,
        "is_urgent": decision.is_urgent,
        "decided_by": {"id": decision.decided_by_id, "name": str(decision.decided_by)},
        "decided_at": decision.decided_at,
        "hold_until": decision.hold_until,
        "back_to": decision.back_to,
        "overrides": [{"what": each["what"], "reason": each["reason"]} for each in decision.overrides],
        "supersedes": decision.supersedes_id,
        "is_superseded": hasattr(decision, "superseded_by"),
    }
