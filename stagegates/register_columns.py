"""What the register tells of gates: the next one of each initiative, and how its open review stands."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db.models import Exists, OuterRef
from django.urls import reverse

from aiso.configuration.models import ConfigurationVersion
from aiso.web import figures
from portfolio.gate_columns import NO_REVIEW, GatesTold
from portfolio.models import Initiative
from portfolio.models.initiative import InitiativeQuerySet
from portfolio.models.stage import ENDED

from .askings import gates_ahead_of, is_shown_again, reviewed_at
from .holds import HELD, with_hold
from .models import GateReview, SignOff, SignOffAnswer
from .models.sign_off import SignOffQuerySet
from .rules import Gate, joined


def gates_told_of(rows: Sequence[Initiative]) -> dict[int, GatesTold]:
    """By the id of the initiative; six queries at most."""
    open_ones = with_hold(GateReview.objects.open().filter(initiative__in=[row.pk for row in rows]))
    reviews = {review.initiative_id: review for review in open_ones}
    # Many reviews share few versions, and an answer carries a copy of all that it rests on.
    versions = ConfigurationVersion.objects.in_bulk({review.gates_version_id for review in reviews.values()})
    for review in reviews.values():
        review.gates_version = versions[review.gates_version_id]
    signing: dict[int, list[SignOff]] = defaultdict(list)
    sign_offs = SignOff.objects.filter(review__in=reviews.values()).select_related("function", "answer")
    for each in sign_offs.defer("answer__copy", "answer__outdated_because"):
        signing[each.review_id].append(each)
    ahead = gates_ahead_of(rows)
    passed = _passed(rows, ahead)
    told = {}
    for row in rows:
        if under_review := reviews.get(row.pk):
            held = under_review.held_until  # type: ignore[attr-defined]
            state = f"Held until {figures.day(held)}" if held else review_state(under_review, signing[under_review.pk])
            told[row.pk] = GatesTold(under_review.title, under_review.get_absolute_url(), state)
        else:
            told[row.pk] = _ahead(row, ahead[row.pk], passed)
    return told


def _ahead(row: Initiative, gates: Sequence[Gate], passed: set[int]) -> GatesTold:
    if not gates:
        return GatesTold(f"None: {row.get_stage_display().lower()}") if row.stage in ENDED else GatesTold()
    name = joined([gate.name for gate in gates])
    if is_shown_again(row, gates):
        name = f"{name}, {'again' if row.pk in passed else 'never reviewed'}"
    return GatesTold(name, f"{reverse('stagegates:initiative_gates', args=[row.reference])}#tab", NO_REVIEW)


def _passed(rows: Sequence[Initiative], ahead: Mapping[int, Sequence[Gate]]) -> set[int]:
    """Those that a decision let pass the last gate."""
    again = {row.pk: ahead[row.pk][-1].code for row in rows if is_shown_again(row, ahead[row.pk])}
    return reviewed_at(again, next(iter(again.values()))) if again else set()


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
    waits = Exists(_holding()) | HELD
    found = with_hold(reviews.ready()).filter(waits if state == "submitted" else ~waits)
    return rows.filter(pk__in=found.values("initiative"))


def _holding() -> SignOffQuerySet:
    """The sign-offs of a review (the outer query) that are waited for, or that object."""
    of_it = SignOff.objects.filter(review=OuterRef("pk"))
    return of_it.unanswered() | of_it.filter(answer__verdict=SignOffAnswer.Verdict.OBJECT)
