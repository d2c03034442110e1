from datetime import datetime
from decimal import Decimal
from typing import Annotated, TypedDict

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.fields import person_field
from aiso.api.nouns import Noun
from aiso.api.operations import Body, PageQuery, answers, answers_page
from aiso.api.shapes import Person
from aiso.web.keyset import LATEST_FIRST
from portfolio.api.shapes import REFERENCE
from portfolio.models.risk import RiskTier

from ..actions.fast_lane import confirm_tier, record_audit
from ..actions.name_decider import name_decider
from ..decision_lists import audits_seen_by
from ..models import FastLaneAudit, NamedDecider, TierConfirmation
from .rulings import ReviewField


class TierConfirmationShape(TypedDict):
    """The risk function confirmed a tier, as it followed from the answers of that day."""

    id: int
    review: int
    tier: Annotated[str, RiskTier]
    note: str
    confirmed_by: Person
    confirmed_at: datetime


class NamedDeciderShape(TypedDict):
    """Somebody whom the sponsor named to decide a review."""

    review: int
    body: Annotated[str | None, "In whose place: the naming lapses when a higher body is asked for."]
    person: Person
    named_by: Person
    because: str


class AuditShape(TypedDict):
    """A delegate's decision of the fast lane that is looked at afterwards."""

    id: int
    initiative: Annotated[str, REFERENCE]
    decision: int
    requester: Person
    draw: Annotated[Decimal, "A random number from 0 to 1, kept with the decision."]
    is_drawn: Annotated[bool, "The draw lies below the share that is audited."]
    is_first: Annotated[bool, "The requester's first."]
    finding: Annotated[str, {"enum": ["", *FastLaneAudit.Finding.values]}]
    note: str
    audited_at: datetime | None


class NewConfirmation(Body):
    review = ReviewField()
    seen = serializers.ChoiceField(
        choices=RiskTier.choices, required=False, help_text="The tier that you saw: another one by now answers 409."
    )
    note = serializers.CharField(max_length=10_000, required=False, allow_blank=True)


class NewDecider(Body):
    review = ReviewField()
    person = person_field(help_text="Somebody from outside, no party to the review.")
    reason = serializers.CharField(max_length=10_000)


class AuditFinding(Body):
    finding = serializers.ChoiceField(choices=FastLaneAudit.Finding.choices)
    note = serializers.CharField(max_length=10_000, required=False, allow_blank=True)


class TierConfirmations(Noun):
    tag = "Decisions"

    @answers(TierConfirmationShape, status=201, takes=NewConfirmation)
    def create(self, request: Request) -> Response:
        """Confirm the risk tier for a review, before the delegate decides. For the risk function, never a party."""
        sent = dict(self.sent)
        confirmation = confirm_tier(sent.pop("review"), actor=self.person, **sent)
        return self.answer(confirmation_drawn(confirmation), status=201)


class NamedDeciders(Noun):
    tag = "Decisions"

    @answers(NamedDeciderShape, status=201, takes=NewDecider)
    def create(self, request: Request) -> Response:
        """Name who decides a review of which everybody in its body is a party. For the sponsor."""
        sent = dict(self.sent)
        named = name_decider(sent.pop("review"), actor=self.person, **sent)
        return self.answer(decider_drawn(named), status=201)


class FastLaneAudits(Noun):
    tag = "Decisions"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(AuditShape, query=PageQuery)
    def list(self, request: Request) -> Response:
        """What is looked at afterwards: ten per cent at random, and each requester's first."""
        return self.page(audits_seen_by(self.person), LATEST_FIRST, audit_drawn)

    @answers(AuditShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One of them."""
        return self.answer(audit_drawn(get_object_or_404(audits_seen_by(self.person), pk=id)))

    @action(detail=True, methods=["post"])
    @answers(AuditShape, takes=AuditFinding)
    def record(self, request: Request, id: int) -> Response:
        """Record what was found. For the office and the risk function, never whoever decided it or a party."""
        record_audit(get_object_or_404(audits_seen_by(self.person), pk=id), actor=self.person, **self.sent)
        return self.answer(audit_drawn(audits_seen_by(self.person).get(pk=id)))


def confirmation_drawn(confirmation: TierConfirmation) -> TierConfirmationShape:
    return {
        "id": confirmation.pk,
        "review": confirmation.review_id,
        "tier": confirmation.tier,
        "note": confirmation.note,
        "confirmed_by": {"id": confirmation.confirmed_by_id, "name": str(confirmation.confirmed_by)},
        "confirmed_at": confirmation.confirmed_at,
    }


def decider_drawn(named: NamedDecider) -> NamedDeciderShape:
    return {
        "review": named.review_id,
        "body": named.body.slug if named.body else None,
        "person": {"id": named.person_id, "name": str(named.person)},
        "named_by": {"id": named.named_by_id, "name": str(named.named_by)},
        "because": named.because,
    }


def audit_drawn(audit: FastLaneAudit) -> AuditShape:
    return {
        "id": audit.pk,
        "initiative": audit.decision.initiative.reference,
        "decision": audit.decision_id,
        "requester": {"id": audit.requester_id, "name": str(audit.requester)},
        "draw": audit.draw,
        "is_drawn": bool(audit.is_drawn),
        "is_first": audit.is_first,
        "finding": audit.finding,
        "note": audit.note,
        "audited_at": audit.audited_at,
    }
