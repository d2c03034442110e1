"""What was learnt at initiatives that ended, for whoever asks for something similar."""

from collections.abc import Collection

from aiso.accounts.models import User
from aiso.web import figures
from portfolio.duplicates import Likeness, likely_duplicates
from portfolio.lessons import Lesson
from portfolio.models import Initiative

from .models import Closure, GateReview
from .rules import gates_of


def lessons_learnt(initiatives: Collection[int], viewer: User) -> dict[int, Lesson]:
    """By initiative, of those that the viewer sees. Two queries."""
    found = Closure.objects.visible_to(viewer).filter(initiative__in=initiatives).select_related("decision")
    # Of one that ended twice the last end counts.
    return {each.initiative_id: _lesson(each) for each in found.prefetch_related("later").order_by("pk")}


def _lesson(closure: Closure) -> Lesson:
    return Lesson(
        closure.pk,
        closure.get_reason_display(),
        figures.local_date(closure.decision.decided_at),
        (closure.lessons, *(each.text for each in closure.later.all())),
        closure.reusable,
        closure.get_absolute_url(),
    )


def learnt_elsewhere(review: GateReview, viewer: User) -> list[Likeness]:
    """At the first gate, while it is open: what similar initiatives learnt that ended, as far as the viewer sees them.
    Five queries at most, none at later gates.
    """
    gates = gates_of(review.gates_version).gates
    if not review.is_open or not gates or gates[0].code not in review.gates:
        return []
    own: Initiative = review.initiative
    return likely_duplicates(
        viewer, name=own.name, summary=own.summary, outcome=own.outcome, besides=own, only_ended=True
    )
