"""What decisions and ballots take alike: the review that they are about, and what is to be decided."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from aiso.api.fields import LARGEST_ID, IdField, person_field
from aiso.api.operations import Body
from forums.models import Forum
from portfolio.api.intakes import InitiativeReference

from ..actions.decide import OF_REVIEWS
from ..actions.ruling import Closing, NewCondition
from ..models import Closure, GateReview

OUTCOMES = [(each.value, each.label) for each in OF_REVIEWS]
CODE = "Lower-case words joined by hyphens."


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": LARGEST_ID})
class ReviewField(IdField):
    """The id of a review that the person may see."""

    def __init__(self, **options: Any) -> None:
        super().__init__(GateReview.objects.none(), **options)

    def to_internal_value(self, data: Any) -> Any:
        related = ("initiative", "body", "rights_version", "matrix_version", "gates_version")
        self.rows = GateReview.objects.visible_to(self.context["person"]).select_related(*related)
        return super().to_internal_value(data)


class WantedCondition(Body):
    text = serializers.CharField(max_length=2000)
    owner = person_field(help_text="Who sees to it.")
    due_on = serializers.DateField(help_text="Today or later.")

    def to_internal_value(self, data: Any) -> Any:
        return NewCondition(**super().to_internal_value(data))


class Override(Body):
    key = serializers.CharField(max_length=200, help_text="What names it among the review's blocks.")
    reason = serializers.CharField(max_length=2000)


class WantedClosing(Body):
    reason = serializers.ChoiceField(choices=Closure.Reason.choices)
    lessons = serializers.CharField(
        max_length=10_000, help_text="What was learnt: shown where somebody asks for something similar."
    )
    reusable = serializers.CharField(
        max_length=10_000, required=False, allow_blank=True, help_text="What can be used again, and where it is."
    )

    def to_internal_value(self, data: Any) -> Any:
        return Closing(**super().to_internal_value(data))


class RulingBody(Body):
    review = ReviewField(help_text="The review that it is about.")
    outcome = serializers.ChoiceField(choices=OUTCOMES)
    rationale = serializers.CharField(max_length=10_000)
    amount = serializers.DecimalField(
        max_digits=16,
        decimal_places=2,
        min_value=0,
        required=False,
        allow_null=True,
        help_text="Money approved, in the reporting currency; what was asked for unless told.",
    )
    release_now = serializers.DecimalField(
        max_digits=16,
        decimal_places=2,
        min_value=0,
        required=False,
        allow_null=True,
        help_text="What of it is released at once; the rest is withheld until the conditions are met. Unless told, all "
        "of it without conditions, and nothing of it with some.",
    )
    hold_until = serializers.DateField(required=False, allow_null=True, help_text="For a hold.")
    back_to = serializers.SlugField(
        max_length=60, required=False, allow_blank=True, help_text="The gate, to send back."
    )
    survivor = InitiativeReference(
        required=False, allow_null=True, help_text="For a merge: the reference of the initiative in which it goes on."
    )
    conditions = WantedCondition(many=True, required=False, help_text="For an approval with conditions.")
    closing = WantedClosing(required=False, allow_null=True, help_text="Why it ends: needed to terminate.")
    overrides = Override(many=True, required=False, help_text="Reasons for which a higher body overrides blocks.")


def ruling_of(sent: dict[str, Any]) -> dict[str, Any]:
    """What the actions take of it."""
    kept = {name: value for name, value in sent.items() if name not in ("review", "overrides")}
    return kept | {"overrides": {each["key"]: each["reason"] for each in sent.get("overrides", ())}}


def body_field(**options: Any) -> "serializers.SlugRelatedField[Forum]":
    return serializers.SlugRelatedField("slug", queryset=Forum.objects.all(), **options)
