from collections import Counter
from typing import Any, TypedDict

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.operations import Body, answers, answers_page
from aiso.web.keyset import AS_MADE
from portfolio.api.below_incident import BelowIncident
from portfolio.api.incidents import InitiativeByReference

from ..actions.cost_incidents import post_incident_cost
from ..ledger_list import fetched
from ..models import LedgerEntry
from .ledger import LedgerEntryShape, drawn


class PostedCostsShape(TypedDict):
    """What an incident cost, as it was posted."""

    results: list[LedgerEntryShape]


class CostOfOne(Body):
    initiative = InitiativeByReference(help_text="Its reference.")
    amount = serializers.DecimalField(max_digits=16, decimal_places=2)


class NewIncidentCost(Body):
    amounts = serializers.ListField(child=CostOfOne(), min_length=1, max_length=200, help_text="For each initiative.")
    currency = serializers.CharField(max_length=3, required=False, help_text="The reporting currency unless told.")
    happened_on = serializers.DateField(required=False, help_text="The day on which it counts; today unless told.")
    evidence = serializers.CharField(max_length=300)
    key = serializers.CharField(max_length=60, help_text="Names the cost on its incident, so that it lands once.")

    def validate_amounts(self, amounts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        named = Counter(each["initiative"].reference for each in amounts)
        if twice := [reference for reference, times in named.items() if times > 1]:
            raise serializers.ValidationError(
                f"{', '.join(sorted(twice))} stands here twice. Give one amount for each."
            )
        return amounts


class CostsOfIncident(BelowIncident):
    @answers_page(LedgerEntryShape)
    def list(self, request: Request, incident: int) -> Response:
        """What it cost, as far as you see the money of its initiatives."""
        rows = LedgerEntry.objects.visible_to(self.person).filter(incident_cost__incident=self.incident())
        return self.page(fetched(rows), AS_MADE, drawn)

    @answers(PostedCostsShape, status=201, takes=NewIncidentCost, version=False)
    def create(self, request: Request, incident: int) -> Response:
        """Post what it cost as risk loss. For those who may post on each of the initiatives."""
        sent: dict[str, Any] = dict(self.sent)
        amounts = {each["initiative"]: each["amount"] for each in sent.pop("amounts")}
        entries = post_incident_cost(self.incident(), actor=self.person, amounts=amounts, **sent)
        found = fetched(LedgerEntry.objects.filter(pk__in=[each.pk for each in entries])).order_by("pk")
        return Response({"results": [drawn(each) for each in found]}, 201)
