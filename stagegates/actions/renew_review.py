"""A review asks more when its initiative's tier, jurisdictions or autonomy change, under the rules it began with."""

from django.db.models import Max

from aiso.accounts.models import User

from ..askings import askings_of
from ..models import GateReview, Requirement
from ..rules import gates_of, matrix_of
from ..situations import situations_of
from .open_review import requirement_of
from .sign_offs import begin_sign_offs


def renew_requirements(review: GateReview, *, actor: User | None = None) -> int:
    """Add the requirements and sign-offs that the initiative's situation asks now. Returns how many requirements.

    For an open review that the caller holds. What nobody asks any more stays: somebody may have relied on it, and
    the office can waive it with a reason.
    """
    gates, matrix = gates_of(review.gates_version), matrix_of(review.matrix_version)
    asked = tuple(gate for gate in gates.gates if gate.code in review.gates)
    situations = situations_of([review.initiative])
    asking = askings_of({review.initiative_id: asked}, situations, gates, matrix)[review.initiative_id]
    there = {*review.requirements.values_list("code", flat=True)}
    added = [line for line in asking.required if line.code not in there]
    if added:
        last = review.requirements.aggregate(last=Max("order"))["last"] or 0
        Requirement.objects.bulk_create(
            requirement_of(review, line, order) for order, line in enumerate(added, start=last + 1)
        )
    begin_sign_offs(review, asking.sign_offs, actor=actor)
    return len(added)
