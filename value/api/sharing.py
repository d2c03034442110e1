"""Costs that several initiatives share: cost centres, the rules, and what was shared."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypedDict

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.fields import IdField
from aiso.api.nouns import Noun
from aiso.api.operations import Body, answers, answers_page
from aiso.api.shapes import Person
from aiso.web.keyset import AS_MADE
from portfolio.api.intakes import InitiativeReference
from portfolio.api.shapes import REFERENCE

from ..actions.cost_centres import add_cost_centre, map_cost_centre
from ..actions.sharing import (
    MOST_PARTS,
    add_sharing_rule,
    post_shared_cost,
    reverse_shared_cost,
    revise_sharing_rule,
)
from ..centre_list import MappingLine, mapping_lines
from ..models import CostCentre, LedgerEntry, SharedCost, SharingRule
from ..posting import NewEntry
from ..shared_pages import CostTold, VersionTold, told_versions
from .ledger import LedgerReason

COSTS = [(kind.value, kind.label) for kind in LedgerEntry.Kind if kind != LedgerEntry.Kind.BENEFIT]
WHOLE = "All of it; null where you do not see all parts."


class PartShape(TypedDict):
    """The share of an initiative that one sees."""

    initiative: Annotated[str, REFERENCE]
    share: Annotated[Decimal, "Per cent."]


class SharingVersionShape(TypedDict):
    """What a rule says from a day on."""

    id: int
    starts_on: date
    basis: Annotated[str, "What the shares follow."]
    reason: str
    parts: list[PartShape]
    unseen: Annotated[int, "How many parts more there are, of initiatives that you do not see."]
    written_by: Person
    written_at: datetime


class SharingRuleShape(TypedDict):
    """A rule by which costs are shared."""

    id: int
    name: str


class SharingRuleWithVersionsShape(SharingRuleShape):
    """A rule with all that it says and said, the latest written first."""

    versions: list[SharingVersionShape]


class SharedPartShape(TypedDict):
    """A part of a shared cost whose entry one sees."""

    entry: Annotated[int, "The entry of the ledger."]
    initiative: Annotated[str, REFERENCE]
    share: Annotated[Decimal | None, "Per cent; null where you do not see all parts."]
    amount: Decimal


class SharedCostShape(TypedDict):
    """A cost that was split by a rule. Its parts add up to it, to the cent."""

    id: int
    rule: int
    version: int
    kind: Annotated[str, LedgerEntry.Kind]
    amount: Annotated[Decimal | None, WHOLE]
    currency: str
    happened_on: date
    first_on: date
    last_on: date
    evidence: str
    key: str
    is_reversed: bool
    parts: list[SharedPartShape]
    unseen: Annotated[int, "How many parts more there are, of initiatives whose money you do not see."]
    recorded_by: Person
    recorded_at: datetime


class SharedCostRowShape(TypedDict):
    """A shared cost, as lists tell it."""

    id: int
    rule: int
    amount: Annotated[Decimal | None, WHOLE]
    currency: str
    happened_on: date
    evidence: str
    key: str


class CostCentreShape(TypedDict):
    """A cost centre of the company's accounts."""

    id: int
    code: str
    name: str


class MappingShape(TypedDict):
    """What its costs belong to from a day on: an initiative, a rule, or nothing."""

    starts_on: date
    initiative: Annotated[str | None, REFERENCE]
    is_unseen: Annotated[bool, "Whether it is an initiative that you do not see."]
    rule: int | None
    mapped_by: Person
    mapped_at: datetime


class CostCentreWithMappingsShape(CostCentreShape):
    """A cost centre with all its mappings, the latest first. Of each cost the latest holds whose day had come."""

    mappings: list[MappingShape]


class NewPart(Body):
    initiative = InitiativeReference(help_text="Its reference, e.g. AI-0042.")
    share = serializers.DecimalField(max_digits=7, decimal_places=4, min_value=Decimal("0.0001"), help_text="Per cent.")


class NewVersion(Body):
    starts_on = serializers.DateField()
    basis = serializers.CharField(max_length=500, help_text="What the shares follow, e.g. hours of use.")
    reason = serializers.CharField(max_length=500)
    parts = serializers.ListField(
        child=NewPart(), min_length=2, max_length=MOST_PARTS, help_text="All shares; together they are 100."
    )


class NewSharingRule(NewVersion):
    name = serializers.CharField(max_length=200)


class NewSharedCost(Body):
    rule = IdField(SharingRule.objects.all())
    kind = serializers.ChoiceField(COSTS)
    amount = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=Decimal("0.01"))
    currency = serializers.CharField(max_length=3, required=False, help_text="The reporting currency unless told.")
    happened_on = serializers.DateField(required=False, help_text="Today unless told; the rule of this day holds.")
    first_on = serializers.DateField(required=False, help_text="The first day covered; that of the month unless told.")
    last_on = serializers.DateField(required=False, help_text="The last day covered; that of the month unless told.")
    evidence = serializers.CharField(max_length=300)
    key = serializers.CharField(max_length=120, help_text="Names the shared cost, so that it is posted once.")


class NewCostCentre(Body):
    code = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=200)


class NewMapping(Body):
    starts_on = serializers.DateField()
    initiative = InitiativeReference(required=False, help_text="The reference of the initiative it belongs to.")
    rule = IdField(SharingRule.objects.all(), required=False, help_text="Or the rule; neither: it belongs to nothing.")


class SharingRules(Noun):
    tag = "Ledger"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(SharingRuleShape)
    def list(self, request: Request) -> Response:
        """Rules by which costs are shared, in the order in which they came. For finance, the office and auditors."""
        return self.page(SharingRule.objects.visible_to(self.person), AS_MADE, drawn_rule)

    @answers(SharingRuleWithVersionsShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One rule with all that it says and said."""
        return self.answer(self._drawn(self._one(id)))

    @answers(SharingRuleWithVersionsShape, status=201, takes=NewSharingRule)
    def create(self, request: Request) -> Response:
        """Add a rule. For finance for the whole company."""
        made = add_sharing_rule(actor=self.person, **_with_parts(self.sent))
        return self.answer(self._drawn(made), status=201, location=f"{request.path}{made.pk}/")

    @action(detail=True, methods=["post"])
    @answers(SharingRuleWithVersionsShape, takes=NewVersion)
    def revise(self, request: Request, id: int) -> Response:
        """Say how it shares costs from a day on. For the same."""
        with self.held(SharingRule.objects.visible_to(self.person), id, self._drawn) as rule:
            revise_sharing_rule(rule, actor=self.person, **_with_parts(self.sent))
            return self.answer(self._drawn(rule))

    def _one(self, pk: int) -> SharingRule:
        found: SharingRule = get_object_or_404(SharingRule.objects.visible_to(self.person), pk=pk)
        return found

    def _drawn(self, rule: SharingRule) -> SharingRuleWithVersionsShape:
        versions = [drawn_version(told) for told in told_versions(rule, self.person)]
        return {**drawn_rule(rule), "versions": versions}


class SharedCosts(Noun):
    tag = "Ledger"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(SharedCostRowShape)
    def list(self, request: Request) -> Response:
        """Shared costs of which one sees a part, and those that one posted, the oldest first."""
        return self.page(SharedCost.objects.told_to(self.person).select_related("version"), AS_MADE, drawn_row)

    @answers(SharedCostShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One of them with its parts."""
        return self.answer(self._drawn(self._one(id)))

    @answers(SharedCostShape, status=201, takes=NewSharedCost)
    def create(self, request: Request) -> Response:
        """Post a cost by a rule: one entry for each part, all or none. The same key with the same content answers with
        the first. For finance whose reach includes the unit of each part.
        """
        sent: dict[str, Any] = dict(self.sent)
        made = post_shared_cost(sent.pop("rule"), NewEntry(**sent), actor=self.person)
        shown = self._drawn(self._one(made.pk))
        return self.answer(shown, status=201, location=f"{request.path}{made.pk}/")

    @action(detail=True, methods=["post"])
    @answers(SharedCostShape, takes=LedgerReason)
    def reverse(self, request: Request, id: int) -> Response:
        """Take it back with all its parts, by entries of today. For the same."""
        cost = self._one(id)
        reverse_shared_cost(cost, actor=self.person, **self.sent)
        return self.answer(self._drawn(self._one(id)))

    def _one(self, pk: int) -> SharedCost:
        rows = SharedCost.objects.told_to(self.person).select_related("version", "recorded_by")
        found: SharedCost = get_object_or_404(rows, pk=pk)
        return found

    def _drawn(self, cost: SharedCost) -> SharedCostShape:
        told = CostTold(cost, self.person)
        return {
            **drawn_row(cost),
            "version": cost.version_id,
            "kind": cost.kind,
            "first_on": cost.first_on,
            "last_on": cost.last_on,
            "is_reversed": told.is_reversed,
            "parts": [
                {
                    "entry": part.entry_id,
                    "initiative": part.entry.initiative.reference,
                    "share": part.part.share if told.is_seen_whole else None,
                    "amount": part.entry.amount,
                }
                for part in told.parts
            ],
            "unseen": told.unseen,
            "recorded_by": {"id": cost.recorded_by_id, "name": str(cost.recorded_by)},
            "recorded_at": cost.recorded_at,
        }


class CostCentres(Noun):
    tag = "Ledger"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(CostCentreShape)
    def list(self, request: Request) -> Response:
        """Cost centres, in the order in which they came. For finance, the office and auditors."""
        return self.page(CostCentre.objects.visible_to(self.person), AS_MADE, drawn_centre)

    @answers(CostCentreWithMappingsShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One of them with its mappings."""
        return self.answer(self._drawn(self._one(id)))

    @answers(CostCentreWithMappingsShape, status=201, takes=NewCostCentre)
    def create(self, request: Request) -> Response:
        """Add a cost centre. For finance for the whole company."""
        made = add_cost_centre(actor=self.person, **self.sent)
        return self.answer(self._drawn(made), status=201, location=f"{request.path}{made.pk}/")

    @action(detail=True, methods=["post"])
    @answers(CostCentreWithMappingsShape, takes=NewMapping)
    def map(self, request: Request, id: int) -> Response:
        """Say what its costs belong to from a day on. For the same."""
        with self.held(CostCentre.objects.visible_to(self.person), id, self._drawn) as centre:
            map_cost_centre(centre, actor=self.person, **self.sent)
            return self.answer(self._drawn(centre))

    def _one(self, pk: int) -> CostCentre:
        found: CostCentre = get_object_or_404(CostCentre.objects.visible_to(self.person), pk=pk)
        return found

    def _drawn(self, centre: CostCentre) -> CostCentreWithMappingsShape:
        lines = mapping_lines(centre.mappings.all(), self.person)
        return {**drawn_centre(centre), "mappings": [drawn_mapping(line) for line in lines]}


def _with_parts(sent: Any) -> dict[str, Any]:
    return {**sent, "parts": [(part["initiative"], part["share"]) for part in sent["parts"]]}


def drawn_rule(rule: SharingRule) -> SharingRuleShape:
    return {"id": rule.pk, "name": rule.name}


def drawn_version(told: VersionTold) -> SharingVersionShape:
    version = told.version
    return {
        "id": version.pk,
        "starts_on": version.starts_on,
        "basis": version.basis,
        "reason": version.reason,
        "parts": [{"initiative": part.initiative.reference, "share": part.share} for part in told.parts],
        "unseen": told.unseen,
        "written_by": {"id": version.written_by_id, "name": str(version.written_by)},
        "written_at": version.written_at,
    }


def drawn_row(cost: SharedCost) -> SharedCostRowShape:
    """A cost that was read as it is told to somebody."""
    return {
        "id": cost.pk,
        "rule": cost.version.rule_id,
        "amount": cost.amount if cost.is_seen_whole else None,
        "currency": cost.currency,
        "happened_on": cost.happened_on,
        "evidence": cost.evidence,
        "key": cost.key,
    }


def drawn_centre(centre: CostCentre) -> CostCentreShape:
    return {"id": centre.pk, "code": centre.code, "name": centre.name}


def drawn_mapping(line: MappingLine) -> MappingShape:
    return {
        "starts_on": line.mapping.starts_on,
        "initiative": line.initiative.reference if line.initiative else None,
        "is_unseen": line.is_unseen,
        "rule": line.mapping.rule_id,
        "mapped_by": {"id": line.mapping.mapped_by_id, "name": str(line.mapping.mapped_by)},
        "mapped_at": line.mapping.mapped_at,
    }
