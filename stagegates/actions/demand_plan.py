"""Where money is asked for, a review demands a plan of what it is to bring and to cost (DESIGN §4)."""

from django.db.models import Max

from ..matrix import AskedBy
from ..models import GateReview, Requirement
from ..plan_asked import PLAN
from ..rules import GATES, gates_of

# What the demand is called at every review.
CODE = "money/plan"


def demand_plan(review: GateReview) -> None:
    """Add the demand to a review that its owners still change, or take it off again, as it asks for money or not."""
    demanded = review.requirements.filter(code=CODE)
    if not review.amount:
        demanded.filter(waived_because="").delete()
    elif not demanded.exists():
        _add(review)


def _add(review: GateReview) -> None:
    gates = gates_of(review.gates_version)
    gate = review.gates[-1]
    by = AskedBy(GATES, gate, gates.name(gate), gates.version.number or 0)
    last = review.requirements.aggregate(last=Max("order"))["last"] or 0
    Requirement.objects.create(
        review=review,
        code=CODE,
        gate=gate,
        text="Plan of benefit and cost",
        help_text="By month and kind. An approval freezes it, and later gates compare with it.",
        evidence=Requirement.Evidence.KNOWN,
        subject=PLAN,
        functions=["finance"],
        asked_by=[by.stored()],
        order=last + 1,
    )
