"""What the register tells of gates: the next one of each initiative, and how its open review stands."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Exists, OuterRef
from django.urls import reverse

from aiso.configuration.models import ConfigurationVersion
from aiso.web import figures
from portfolio.gate_columns import NO_REVIEW, GatesTold
from portfolio.models import Initiative
from portfolio.models.initiative import InitiativeQuerySet

from .askings import next_gates
from .models import GateReview, SignOff, SignOffAnswer
from .models.sign_off import SignOffQuerySet
from .rules import Gates, gates_in_force, joined


def gates_told_of(rows: Sequence[Initiative]) -> dict[int, GatesTold]:
    """By the id of the initiative; four queries."""
    open_ones = GateReview.objects.open().filter(initiative__in=[row.pk for row in rows])
    reviews = {review.initiative_id: review for review in open_ones}
    # Many reviews share few versions, and an answer carries a copy of all that it rests on.
    versions = ConfigurationVersion.objects.in_bulk({review.gates_version_id for review in reviews.values()})
    for review in reviews.values():
        review.gates_version = versions[review.gates_version_id]
    signing: dict[int, list[SignOff]] = defaultdict(list)
    sign_offs = SignOff.objects.filter(review__in=reviews.values()).select_related("function", "answer")
    for each in sign_offs.defer("answer__copy", "answer__outdated_because"):
        signing[each.review_id].append(each)
    gates = gates_in_force()
    return {row.pk: _told(row, reviews.get(row.pk), signing, gates) for row in rows}


def _told(row: Initiative, review: GateReview | None, signing: dict[int, list[SignOff]], gates: Gates) -> GatesTold:
    if review is not None:
        return GatesTold(review.title, review.get_absolute_url(), review_state(review, signing[review.pk]))
    ahead = [gate.name for gate in next_gates(gates, row)]
    url = f"{reverse('stagegates:initiative_gates', args=[row.reference])}#tab"
    return GatesTold(joined(ahead), url, NO_REVIEW) if ahead else GatesTold()


def review_state(review: GateReview, sign_offs: Sequence[SignOff]) -> str:
    """`In review since 3 Nov 2026, 2 sign-offs open`: who objects comes first, then how many are waited for."""
    if not review.is_ready:
        return f"Being prepared since {figures.day(review.opened_at)}"
    since = f"In review since {figures.day(review.submitted_at)}"
    if objecting := [each.function.name for each in sign_offs if each.is_objection]:
        return f"{since}, {joined(objecting).lower()} object{'s' if len(objecting) == 1 else ''}"
    if waited := sum(1 for each in sign_offs if each.state != SignOff.State.ANSWERED):
        return f"{since}, {figures.plural(waited, 'sign-off')} open"
    return "Ready to decide"


def in_review_state(rows: InitiativeQuerySet, state: str) -> InitiativeQuerySet:
    """The initiatives whose review stands so, or that have none; by the same words as `review_state`."""
    reviews = GateReview.objects.open()
    if state == "none":
        return rows.exclude(pk__in=reviews.values("initiative"))
    if state == "gathering":
        return rows.filter(pk__in=reviews.filter(submitted_at=None).values("initiative"))
    held = Exists(_holding())
    found = reviews.ready().filter(held if state == "submitted" else ~held)
    return rows.filter(pk__in=found.values("initiative"))


def _holding() -> SignOffQuerySet:
    """The sign-offs of a review (the outer query) that are waited for, or that object."""
    of_it = SignOff.objects.filter(review=OuterRef("pk"))
    return of_it.unanswered() | of_it.filter(answer__verdict=SignOffAnswer.Verdict.OBJECT)
