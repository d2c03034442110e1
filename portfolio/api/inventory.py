from typing import Annotated

from django.db.models import BigIntegerField, F
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.fields import LARGEST_ID
from aiso.api.nouns import Noun
from aiso.api.operations import PageQuery, answers_page
from aiso.web.keyset import Order

from ..models import DecisionClass, Initiative
from ..models.stage import ENDED
from .decisions import DecisionClassShape, drawn

BY_INITIATIVE = Order(F("initiative_id"), BigIntegerField())


class InventoryQuery(PageQuery):
    workflow = serializers.IntegerField(
        required=False, min_value=1, max_value=LARGEST_ID, help_text="Of initiatives in this workflow, by its id."
    )
    not_yet_automated = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="On that list, with a reason, or not."
    )
    stepped_down = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Stepped down, or not."
    )


class InventoryShape(DecisionClassShape):
    """A decision with the initiative that makes it."""

    initiative: Annotated[str, "Its reference, e.g. AI-0042."]


class DecisionInventory(Noun):
    tag = "Decisions it makes"

    @answers_page(InventoryShape, query=InventoryQuery)
    def list(self, request: Request) -> Response:
        """The decisions of all initiatives on the register that have not ended."""
        running = Initiative.objects.visible_to(self.person).on_register().exclude(stage__in=ENDED)
        if workflow := self.asked.get("workflow"):
            running = running.filter(workflow=workflow)
        rows = DecisionClass.objects.filter(initiative__in=running.values("pk")).select_related("owner", "initiative")
        if (listed := self.asked["not_yet_automated"]) is not None:
            rows = rows.exclude(not_automated_because="") if listed else rows.filter(not_automated_because="")
        if (stepped := self.asked["stepped_down"]) is not None:
            rows = rows.filter(steps_down__gt=0) if stepped else rows.filter(steps_down=0)
        return self.page(rows.defer("initiative__search"), BY_INITIATIVE, inventory_drawn)


def inventory_drawn(decision: DecisionClass) -> InventoryShape:
    return {**drawn(decision), "initiative": decision.initiative.reference}
