from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypedDict

from django.db import transaction
from django.db.models import F
from django.db.models.fields import BigIntegerField
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.etags import check_unchanged
from aiso.api.fields import LARGEST_ID, IdField
from aiso.api.history import HistoryQuery, HistoryShape, answer_history
from aiso.api.nouns import Noun
from aiso.api.operations import Body, PageQuery, answers, answers_page
from aiso.api.problems import Refusal
from aiso.api.shapes import Named, Person
from aiso.web.keyset import Order
from portfolio.api.below import BelowInitiative
from portfolio.api.shapes import REFERENCE
from portfolio.models import Bucket
from portfolio.permissions import can_see_money

from ..actions.envelopes import change_envelope, set_envelope
from ..actions.funding import record_spend, release_tranche, reverse_spend
from ..family import family_tranches, money_of
from ..funding_page import with_names
from ..histories import history_of_envelope
from ..models import Envelope, FundingEntry, Tranche
from ..models.funding import EnvelopeQuerySet, FundingEntryQuerySet, TrancheQuerySet
from ..release_blocks import blocks_of_release
from .blocks import BlocksShape, drawn_blocks
from .rulings import Override

AS_MADE = Order(F("pk"), BigIntegerField())
UNSEEN = "Its owners, finance, the office, executives and auditors see its money."


class EnvelopeShape(TypedDict):
    """What may be committed in a bucket and a period. amount = free + committed; committed = withheld + released."""

    id: int
    bucket: Named
    starts_on: date
    ends_on: Annotated[date, "The last day that belongs to it."]
    amount: Decimal
    reason: Annotated[str, "Why it is what it is now."]
    free: Decimal
    committed: Decimal
    withheld: Decimal
    released: Decimal
    spent: Decimal
    unspent: Decimal
    overspent: Annotated[Decimal, "Stands apart: no other sum holds it."]


class TrancheShape(TypedDict):
    """Money that an approval committed. committed = withheld + released; released = spent + unspent."""

    id: int
    initiative: Annotated[str, REFERENCE]
    decision: Annotated[int | None, "What committed it; null where a merge with another initiative brought it here."]
    envelope: int
    gate: Annotated[str, "The gate's code; empty outside one."]
    amount: Annotated[Decimal, "What was approved."]
    condition: Annotated[int | None, "What holds it back, where that is one condition and one may see it."]
    is_held_back: bool
    committed: Decimal
    withheld: Decimal
    released: Decimal
    spent: Decimal
    unspent: Decimal
    overspent: Annotated[Decimal, "Stands apart: no other sum holds it."]


class FundingEntryShape(TypedDict):
    """One movement of money. It never changes; another one reverses it."""

    id: int
    tranche: int
    kind: Annotated[str, FundingEntry.Kind]
    amount: Annotated[Decimal, "Negative where it reverses spending."]
    dated_on: date
    decision: Annotated[int | None, "What it follows from; null for a decision on another initiative."]
    evidence: str
    reason: str
    key: str
    reverses: int | None
    recorded_by: Person
    recorded_at: datetime


class SpentShape(FundingEntryShape):
    """Spending as it was recorded."""

    overspent: Annotated[Decimal, "How much more is spent on its tranche now than is released."]


class FundingShape(TypedDict):
    """The money of one initiative and of those that were merged into it. What is asked for is its own."""

    asked: Annotated[Decimal, "What waits for a decision."]
    committed: Decimal
    withheld: Decimal
    released: Decimal
    spent: Decimal
    unspent: Decimal
    overspent: Decimal


class EnvelopesQuery(PageQuery):
    on = serializers.DateField(required=False, help_text="Only those of this day.")


class NewEnvelope(Body):
    bucket = IdField(Bucket.objects.active())
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="The last day that belongs to it.")
    amount = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0)
    reason = serializers.CharField(max_length=10_000)


class EnvelopeChanges(Body):
    amount = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0, required=False)
    ends_on = serializers.DateField(required=False)
    reason = serializers.CharField(max_length=10_000, help_text="Why it changes; needed.")


class TranchesQuery(PageQuery):
    envelope = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    decision = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    initiative = serializers.RegexField(
        r"^[Aa][Ii]-[0-9]{1,9}$", required=False, help_text="Only its own, and those of what was merged into it."
    )
    withheld = serializers.BooleanField(default=False, help_text="Only those of which something is withheld.")


class Release(Body):
    overrides = Override(many=True, required=False, help_text="Reasons for which a higher body overrides blocks.")


class Spending(Body):
    amount = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=Decimal("0.01"))
    spent_on = serializers.DateField(help_text="Today or before.")
    evidence = serializers.CharField(max_length=300, help_text="The invoice or booking it stands on.")
    key = serializers.CharField(max_length=120, help_text="Names the booking on its tranche, so that it lands once.")
    most_overspent = serializers.DecimalField(
        max_digits=16,
        decimal_places=2,
        min_value=Decimal(0),
        required=False,
        help_text="How much of it may be overspent; without, any sum.",
    )


class EntriesQuery(PageQuery):
    tranche = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    kind = serializers.ChoiceField(FundingEntry.Kind.choices, required=False)


class ReversalReason(Body):
    reason = serializers.CharField(max_length=10_000)


class Envelopes(Noun):
    tag = "Funding"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(EnvelopeShape, query=EnvelopesQuery)
    def list(self, request: Request) -> Response:
        """Envelopes, for those who see the money of every unit."""
        rows = self._visible()
        return self.page(rows.on(self.asked["on"]) if self.asked.get("on") else rows, AS_MADE, drawn_envelope)

    @answers(EnvelopeShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One envelope."""
        return self.answer(drawn_envelope(get_object_or_404(self._visible(), pk=id)))

    @answers(EnvelopeShape, status=201, takes=NewEnvelope)
    def create(self, request: Request) -> Response:
        """Set what a bucket may commit in a period. For office leads and executives for the whole company."""
        envelope = set_envelope(actor=self.person, **self.sent)
        told = drawn_envelope(self._visible().get(pk=envelope.pk))
        return self.answer(told, status=201, location=f"{request.path}{envelope.pk}/")

    @answers(EnvelopeShape, takes=EnvelopeChanges)
    def partial_update(self, request: Request, id: int) -> Response:
        """Change its amount or its last day, with a reason; never below what is committed."""
        sent = {"reason": "", **self.sent}
        with transaction.atomic():
            envelope = get_object_or_404(self._visible(), pk=id)
            # The bucket is locked first, as the action does, so that what was read still is so.
            Bucket.objects.select_for_update(no_key=True).get(pk=envelope.bucket_id)
            check_unchanged(request, drawn_envelope(self._visible().get(pk=id)))
            change_envelope(envelope, actor=self.person, **sent)
        return self.answer(drawn_envelope(self._visible().get(pk=id)))

    @action(detail=True, methods=["get"])
    @answers(HistoryShape, query=HistoryQuery, version=False)
    def history(self, request: Request, id: int) -> Response:
        """Who set it to what and why, newest first."""
        envelope = get_object_or_404(self._visible(), pk=id)
        return answer_history(self, lambda after: history_of_envelope(envelope, after=after))

    def _visible(self) -> EnvelopeQuerySet:
        return Envelope.objects.visible_to(self.person).with_figures().select_related("bucket")


class Tranches(Noun):
    tag = "Funding"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(TrancheShape, query=TranchesQuery)
    def list(self, request: Request) -> Response:
        """Tranches of initiatives whose money one sees, in the order of their approval."""
        rows = self._visible()
        rows = rows.waiting() if self.asked["withheld"] else rows
        if initiative := self.asked.get("initiative"):
            rows = rows.filter(pk__in=family_tranches(int(initiative[3:]), self.person).values("pk"))
        wanted = {name: self.asked[name] for name in ("envelope", "decision") if self.asked.get(name)}
        return self.page(with_names(rows.filter(**wanted)), AS_MADE, drawn_tranche)

    @answers(TrancheShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One tranche."""
        return self.answer(drawn_tranche(self._one(id)))

    @action(detail=True, methods=["post"])
    @answers(TrancheShape, takes=Release)
    def release(self, request: Request, id: int) -> Response:
        """Release what is withheld; what is in the way answers 409. For the office, finance and its body."""
        overrides = {each["key"]: each["reason"] for each in self.sent.get("overrides", ())}
        release_tranche(self._one(id), actor=self.person, overrides=overrides)
        return self.answer(drawn_tranche(self._one(id)))

    @action(detail=True, methods=["post"])
    @answers(SpentShape, status=201, takes=Spending)
    def spend(self, request: Request, id: int) -> Response:
        """Record spending. The same key with the same content answers with the first entry. For finance.

        More than is unspent is recorded and stands apart as overspent; with `most_overspent` it is refused where
        more would be.
        """
        entry = record_spend(self._one(id), actor=self.person, **self.sent)
        told: SpentShape = {**drawn_entry(entry), "overspent": self._one(id).overspent}
        return self.answer(told, status=201, location=f"/api/v1/funding-entries/{entry.pk}/")

    @action(detail=True, methods=["get"])
    @answers(BlocksShape)
    def blocks(self, request: Request, id: int) -> Response:
        """What keeps it from being released now; nothing where nothing is withheld."""
        tranche = self._one(id)
        return self.answer(drawn_blocks(blocks_of_release(tranche) if tranche.withheld else ()))

    def _one(self, pk: int) -> Tranche:
        found: Tranche = get_object_or_404(with_names(self._visible()), pk=pk)
        return found

    def _visible(self) -> TrancheQuerySet:
        return Tranche.objects.visible_to(self.person).with_condition_for(self.person)


class FundingEntries(Noun):
    tag = "Funding"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(FundingEntryShape, query=EntriesQuery)
    def list(self, request: Request) -> Response:
        """Movements of money on tranches that one sees, in their order."""
        wanted = {name: self.asked[name] for name in ("tranche", "kind") if self.asked.get(name)}
        return self.page(self._visible().filter(**wanted), AS_MADE, drawn_entry)

    @answers(FundingEntryShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One entry."""
        return self.answer(drawn_entry(get_object_or_404(self._visible(), pk=id)))

    @action(detail=True, methods=["post"])
    @answers(FundingEntryShape, status=201, takes=ReversalReason)
    def reverse(self, request: Request, id: int) -> Response:
        """Take spending back by another entry. For finance."""
        entry = get_object_or_404(self._visible().select_related("tranche"), pk=id)
        reversal = reverse_spend(entry, actor=self.person, **self.sent)
        return self.answer(drawn_entry(reversal), status=201, location=f"/api/v1/funding-entries/{reversal.pk}/")

    def _visible(self) -> FundingEntryQuerySet:
        return FundingEntry.objects.visible_to(self.person).select_related("recorded_by", "decision", "tranche")


class FundingOfInitiative(BelowInitiative):
    tag = "Funding"

    @answers(FundingShape)
    def list(self, request: Request, initiative: int) -> Response:
        """Its money, with that of all that was merged into it as far as one sees that: asked for, committed, withheld,
        released, spent, unspent, overspent.
        """
        found = self.initiative()
        if not can_see_money(self.person, found):
            raise Refusal("forbidden", UNSEEN)
        funding = money_of(found, self.person)
        return self.answer({name: getattr(funding, name) for name in FundingShape.__annotations__})


def drawn_envelope(envelope: Any) -> EnvelopeShape:
    """An envelope that was read with its figures."""
    return {
        "id": envelope.pk,
        "bucket": {"id": envelope.bucket_id, "name": str(envelope.bucket)},
        "starts_on": envelope.starts_on,
        "ends_on": envelope.ends_on,
        "amount": envelope.amount,
        "reason": envelope.reason,
        "free": envelope.free,
        "committed": envelope.committed,
        "withheld": envelope.withheld,
        "released": envelope.released,
        "spent": envelope.spent,
        "unspent": envelope.unspent,
        "overspent": envelope.overspent,
    }


def drawn_tranche(tranche: Tranche) -> TrancheShape:
    """A tranche that was read with the condition that its reader sees."""
    return {
        "id": tranche.pk,
        "initiative": tranche.initiative.reference,
        "decision": tranche.decision_id if tranche.is_decided_here else None,
        "envelope": tranche.envelope_id,
        "gate": tranche.gate,
        "amount": tranche.amount,
        "condition": tranche.condition_seen,  # type: ignore[attr-defined]
        "is_held_back": tranche.is_held_back,
        "committed": tranche.committed,
        "withheld": tranche.withheld,
        "released": tranche.released,
        "spent": tranche.spent,
        "unspent": tranche.unspent,
        "overspent": tranche.overspent,
    }


def drawn_entry(entry: FundingEntry) -> FundingEntryShape:
    return {
        "id": entry.pk,
        "tranche": entry.tranche_id,
        "kind": entry.kind,
        "amount": entry.amount,
        "dated_on": entry.dated_on,
        "decision": entry.decision_id if entry.is_decided_here else None,
        "evidence": entry.evidence,
        "reason": entry.reason,
        "key": entry.key,
        "reverses": entry.reverses_id,
        "recorded_by": {"id": entry.recorded_by_id, "name": str(entry.recorded_by)},
        "recorded_at": entry.recorded_at,
    }
