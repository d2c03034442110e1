from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypedDict

from django.db.models import Q
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.accounts.models import Role
from aiso.api.fields import LARGEST_ID, IdField
from aiso.api.operations import Body, PageQuery, Query, answers, answers_page
from aiso.api.problems import Refusal
from aiso.api.shapes import Person
from aiso.web.keyset import AS_MADE
from portfolio.api.below import BelowInitiative
from portfolio.api.shapes import REFERENCE
from portfolio.models import OutcomeMetric
from portfolio.permissions import can_see_money
from stagegates.family import family_seen

from ..actions.claims import confirm_claim, confirm_months, correct_claim, reject_claim
from ..actions.post import post_entry, reverse_entry
from ..claim_work import claims_for
from ..cost_coverage import cost_coverage_of
from ..ledger_list import STATES, fetched, in_state, state_of
from ..models import BenefitType, LedgerEntry, LedgerEntryQuerySet
from ..payback import payback_of
from ..permissions import CLAIMING, UNSEEN
from ..posting import NewEntry
from ..tranche_costs import spent_of_tranches
from ..worth import CLAIMED, CONFIRMED, DECAYED, FORECAST, Window, worth_of
from .figures import CostCoverageShape, PaybackShape, drawn_coverage, drawn_payback
from .known_at import AsOfField, KnownAtField
from .shares import ClaimShares

IS = ["posted", "forecast", "waiting", "confirmed", "corrected", "rejected", "reversed", "reversal"]


class LedgerEntryShape(TypedDict):
    """One benefit or cost. It never changes; another one takes it back."""

    id: int
    initiative: Annotated[str, REFERENCE]
    kind: Annotated[str, LedgerEntry.Kind]
    benefit_type: Annotated[str, "The kind of benefit; empty for costs."]
    state: Annotated[str, {"enum": IS}]
    amount: Annotated[Decimal, "Negative where it takes another back."]
    currency: str
    rate: Annotated[Decimal, "What one of the currency was in its month."]
    reporting_amount: Annotated[Decimal, "In the reporting currency."]
    confirmed_amount: Annotated[Decimal | None, "What finance confirmed, in the entry's currency."]
    share: Annotated[Decimal | None, "The part of the confirmed amount that counts beside claims that overlap."]
    happened_on: date
    first_on: Annotated[date, "The first day that it covers."]
    last_on: Annotated[date, "The last day that it covers."]
    metric: int | None
    quantity: Decimal | None
    is_comparable: Annotated[bool, "Whether a finance-approved value per unit stands behind a benefit."]
    method: str
    evidence: str
    reason: str
    key: str
    reverses: int | None
    spending: Annotated[int | None, "The funding entry by which it was spent of a tranche. It is taken back there."]
    recorded_by: Person
    recorded_at: datetime
    answered_by: Person | None
    answered_at: datetime | None
    answer: Annotated[str, "What finance said."]


class BenefitShape(TypedDict):
    """One kind of benefit. Kinds are not added up here."""

    benefit_type: Annotated[str, BenefitType]
    forecast: Decimal
    claimed: Annotated[Decimal, "Claimed, and not answered yet."]
    confirmed: Decimal
    decayed: Annotated[Decimal, "What of the confirmed counts no more: its outcome did not last."]


class WorthShape(TypedDict):
    """What an initiative with all that was merged into it is worth in a window, in the reporting currency."""

    first: Annotated[date | None, "The first day counted; null for all until the last."]
    as_of: date
    known_at: datetime | None
    has_data: Annotated[bool, "Whether anything was posted; without, the sums say nothing."]
    benefits: list[BenefitShape]
    decayed: Annotated[Decimal, "What of all confirmed benefit counts no more."]
    run_cost: Decimal
    rework: Decimal
    risk_loss: Decimal
    net: Annotated[Decimal, "Confirmed benefit of all kinds − decayed − run cost − rework − risk loss."]
    build_cost: Annotated[Decimal, "Stands beside net value, never in it."]
    build_cost_from_tranches: Annotated[Decimal, "What of the build cost was spent of tranches."]
    cost_coverage: CostCoverageShape
    payback: PaybackShape


class EntriesQuery(PageQuery):
    initiative = serializers.IntegerField(
        required=False, min_value=1, max_value=LARGEST_ID, help_text="The number of its reference."
    )
    kind = serializers.ChoiceField(LedgerEntry.Kind.choices, required=False)
    state = serializers.ChoiceField([*STATES, "mine"], required=False, help_text="`mine`: claims that you may answer.")


class WorthQuery(Query):
    days = serializers.IntegerField(
        required=False, min_value=1, max_value=3660, help_text="Only the last so many days; without, all."
    )
    as_of = AsOfField()
    known_at = KnownAtField()


class NewLedgerEntry(Body):
    kind = serializers.ChoiceField(LedgerEntry.Kind.choices)
    amount = serializers.DecimalField(max_digits=16, decimal_places=2, required=False, min_value=Decimal("0.01"))
    currency = serializers.CharField(max_length=3, required=False, help_text="The reporting currency unless told.")
    happened_on = serializers.DateField(
        required=False, help_text="Today unless told; of a benefit the first day that it covers."
    )
    first_on = serializers.DateField(required=False, help_text="The first day covered; that of the month unless told.")
    last_on = serializers.DateField(required=False, help_text="The last day covered; that of the month unless told.")
    evidence = serializers.CharField(max_length=300)
    key = serializers.CharField(max_length=120, help_text="Names the entry on its initiative, so that it lands once.")
    claim = serializers.ChoiceField(LedgerEntry.Claim.choices, required=False, help_text="Of a benefit.")
    benefit_type = serializers.ChoiceField(
        BenefitType.choices, required=False, help_text="Of a benefit that is told as an amount."
    )
    metric = IdField(OutcomeMetric.objects.all(), required=False, help_text="Of a benefit: what gained.")
    quantity = serializers.DecimalField(
        max_digits=18, decimal_places=4, required=False, help_text="Units gained, in place of the amount."
    )
    method = serializers.CharField(max_length=1000, required=False, help_text="Of a benefit: how it is valued.")


class ClaimNote(Body):
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class Correction(Body):
    amount = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=Decimal("0.01"))
    reason = serializers.CharField(max_length=1000)


class LedgerReason(Body):
    reason = serializers.CharField(max_length=1000)


class Batch(Body):
    entries = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID), min_length=1, max_length=200
    )


class BatchShape(TypedDict):
    """Claims that were confirmed together."""

    entries: list[int]


class LedgerEntries(ClaimShares):
    tag = "Ledger"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(LedgerEntryShape, query=EntriesQuery)
    def list(self, request: Request) -> Response:
        """Benefits and costs of initiatives whose money one sees, the oldest first."""
        asked = self.asked
        rows = claims_for(self.person) if asked.get("state") == "mine" else self._visible()
        rows = rows.filter(in_state(asked.get("state", "")))
        narrow = {name: asked[name] for name in ("initiative", "kind") if asked.get(name)}
        return self.page(fetched(rows.filter(Q(**narrow))), AS_MADE, drawn)

    @answers(LedgerEntryShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One entry."""
        return self.answer(drawn(self._one(id)))

    @action(detail=True, methods=["post"])
    @answers(LedgerEntryShape, status=201, takes=LedgerReason)
    def reverse(self, request: Request, id: int) -> Response:
        """Take an entry back by another one, dated today."""
        made = reverse_entry(self._one(id), actor=self.person, **self.sent)
        return self.answer(drawn(self._one(made.pk)), status=201, location=f"/api/v1/ledger-entries/{made.pk}/")

    @action(detail=True, methods=["post"])
    @answers(LedgerEntryShape, takes=ClaimNote)
    def confirm(self, request: Request, id: int) -> Response:
        """Confirm a claim and its method. For a finance controller who neither claimed nor owns it."""
        return self._done(id, lambda it: confirm_claim(it, actor=self.person, **self.sent))

    @action(detail=True, methods=["post"])
    @answers(LedgerEntryShape, takes=Correction)
    def correct(self, request: Request, id: int) -> Response:
        """Confirm a lower amount than was claimed. For the same."""
        return self._done(id, lambda it: correct_claim(it, actor=self.person, **self.sent))

    @action(detail=True, methods=["post"])
    @answers(LedgerEntryShape, takes=LedgerReason)
    def reject(self, request: Request, id: int) -> Response:
        """Say why a claim does not count. For the same."""
        return self._done(id, lambda it: reject_claim(it, actor=self.person, **self.sent))

    @action(detail=False, methods=["post"], url_path="confirm-together")
    @answers(BatchShape, takes=Batch, version=False)
    def confirm_together(self, request: Request) -> Response:
        """Confirm several claims whose methods are confirmed; all or none. For the same."""
        if not self.person.has_role(Role.FINANCE_CONTROLLER):
            raise Refusal("forbidden", CLAIMING)
        ids = {*self.sent["entries"]}
        entries = [*claims_for(self.person).filter(pk__in=ids)]
        if missing := ids - {each.pk for each in entries}:
            raise serializers.ValidationError({"entries": [f"No claim {min(missing)} waits for you."]})
        confirm_months(entries, actor=self.person)
        return Response({"entries": sorted(ids)})

    def _done(self, pk: int, deed: Callable[[LedgerEntry], Any]) -> Response:
        deed(self._one(pk))
        return self.answer(drawn(self._one(pk)))

    def _one(self, pk: int) -> LedgerEntry:
        found: LedgerEntry = get_object_or_404(fetched(self._visible()), pk=pk)
        return found

    def _visible(self) -> LedgerEntryQuerySet:
        return LedgerEntry.objects.visible_to(self.person)


class InitiativeLedger(BelowInitiative):
    tag = "Ledger"

    @answers_page(LedgerEntryShape)
    def list(self, request: Request, initiative: int) -> Response:
        """Its own benefits and costs, the oldest first."""
        found = self.initiative()
        if not can_see_money(self.person, found):
            raise Refusal("forbidden", UNSEEN)
        return self.page(fetched(LedgerEntry.objects.filter(initiative=found)), AS_MADE, drawn)

    @answers(LedgerEntryShape, status=201, takes=NewLedgerEntry)
    def create(self, request: Request, initiative: int) -> Response:
        """Post a benefit or a cost. The same key with the same content answers with the first entry.

        For its owners, the office and finance.
        """
        sent: dict[str, Any] = dict(self.sent)
        found = self.initiative()
        if metric := sent.get("metric"):
            rows = found.outcome_metrics.select_related("catalogue_link__entry")
            sent["metric"] = get_object_or_404(rows, pk=metric.pk)
        made = post_entry(found, NewEntry(**sent), actor=self.person)
        shown = fetched(LedgerEntry.objects.all()).get(pk=made.pk)
        return self.answer(drawn(shown), status=201, location=f"/api/v1/ledger-entries/{made.pk}/")


# What stands below the kinds of benefit.
COSTS = ("decayed", "run_cost", "rework", "risk_loss", "net", "build_cost")


class InitiativeWorth(BelowInitiative):
    tag = "Ledger"

    @answers(WorthShape, query=WorthQuery)
    def list(self, request: Request, initiative: int) -> Response:
        """What it is worth, with all that was merged into it: benefit by kind, costs and net value."""
        found = self.initiative()
        if not can_see_money(self.person, found):
            raise Refusal("forbidden", UNSEEN)
        days, as_of, known_at = (self.asked.get(name) for name in ("days", "as_of", "known_at"))
        window = Window.of_days(days, as_of) if days else Window.to_date(as_of)
        family = family_seen(found.pk, self.person).with_money_for(self.person).order_by()
        worth = worth_of(family, window, known_at=known_at)
        kinds = [
            {
                "benefit_type": kind.value,
                "forecast": worth.sum_of(FORECAST, kind),
                "claimed": worth.sum_of(CLAIMED, kind),
                "confirmed": worth.sum_of(CONFIRMED, kind),
                "decayed": worth.sum_of(DECAYED, kind),
            }
            for kind in worth.benefit_types
        ]
        costs = {name: getattr(worth, name) for name in COSTS}
        told = {"first": window.first, "as_of": window.as_of, "known_at": known_at, "has_data": not worth.is_empty}
        more = {
            "build_cost_from_tranches": spent_of_tranches(family, window, known_at=known_at),
            "cost_coverage": drawn_coverage(cost_coverage_of(family, window, known_at=known_at)),
            "payback": drawn_payback(payback_of(family, window.as_of, known_at=known_at)),
        }
        return self.answer(told | {"benefits": kinds} | costs | more)


def drawn(entry: LedgerEntry) -> LedgerEntryShape:
    """An entry that was read with what a row of it names."""
    answer = getattr(entry, "answer", None)
    return {
        "id": entry.pk,
        "initiative": entry.initiative.reference,
        "kind": entry.kind,
        "benefit_type": entry.benefit_type,
        "state": state_of(entry),
        "amount": entry.amount,
        "currency": entry.currency,
        "rate": entry.rate,
        "reporting_amount": entry.reporting_amount,
        "confirmed_amount": answer.amount if answer else None,
        "share": answer.share if answer and answer.counts else None,
        "happened_on": entry.happened_on,
        "first_on": entry.first_on,
        "last_on": entry.last_on,
        "metric": entry.metric_id,
        "quantity": entry.quantity,
        "is_comparable": entry.is_comparable,
        "method": str(entry.method or ""),
        "evidence": entry.evidence,
        "reason": entry.reason,
        "key": entry.key,
        "reverses": entry.reverses_id,
        "spending": entry.tranche_cost.spending_id if hasattr(entry, "tranche_cost") else None,
        "recorded_by": {"id": entry.recorded_by_id, "name": str(entry.recorded_by)},
        "recorded_at": entry.recorded_at,
        "answered_by": {"id": answer.answered_by_id, "name": str(answer.answered_by)} if answer else None,
        "answered_at": answer.answered_at if answer else None,
        "answer": answer.reason if answer else "",
    }
