"""What each function said last of an initiative, in whichever review, and what of it keeps releases in (DESIGN §4).

An objection stands after its review was withdrawn or decided, until its function answers anew or a higher body passes
over it. An answer since the last approval is outdated, too, once something it rests on has changed.
"""

from dataclasses import dataclass

from django.db.models import QuerySet

from portfolio.models import Initiative

from .actions.sign_offs import changes_of
from .models import Decision, GateReview, Requirement, SignOff, SignOffAnswer
from .seals import Changed


@dataclass(frozen=True)
class InTheWay:
    """A sign-off that keeps releases in: outdated by what changed, or without changes an objection."""

    sign_off: SignOff
    changed: list[Changed]


def in_the_way(initiative: Initiative) -> list[InTheWay]:
    """The last answers that keep releases in, in the order of the functions. A fixed number of queries."""
    words, passed = _last_words(initiative), overridden(initiative)
    changes = _changes(initiative, words)
    found = [InTheWay(each, changes.get(each.pk, [])) for each in words]
    return [
        each
        for each in found
        if (each.changed or _objects(each.sign_off)) and f"{_kind(each)}:{each.sign_off.pk}" not in passed
    ]


def objections_left(review: GateReview) -> list[SignOff]:
    """Objections of functions that a review does not ask, left by earlier ones. Three queries at most."""
    asked = {*review.sign_offs.values_list("function", flat=True)}
    left = [each for each in _last_words(review.initiative) if _objects(each) and each.function_id not in asked]
    passed = overridden(review.initiative) if left else set()
    return [each for each in left if f"objection:{each.pk}" not in passed]


def to_answer_anew(initiative: Initiative) -> set[int]:
    """The ids of sign-offs of closed reviews that their functions may answer anew: they keep releases in, and no open
    review asks the function.
    """
    asked = {*_asked(initiative)}
    closed = [each.sign_off for each in in_the_way(initiative) if not each.sign_off.review.is_open]
    return {each.pk for each in closed if each.function_id not in asked}


def since_closing(initiative: Initiative) -> list[InTheWay]:
    """The answers since the last approval that stand on closed reviews, each with what changed since, nothing where it
    still holds; without those that an open review asks for anew, or that a higher body passed over.
    """
    asked, passed = {*_asked(initiative)}, overridden(initiative)
    closed = [each for each in _last_words(initiative) if not each.review.is_open and each.function_id not in asked]
    changes = _changes(initiative, closed)
    left = [each for each in closed if each.pk in changes and f"outdated:{each.pk}" not in passed]
    return [InTheWay(each, changes[each.pk]) for each in left]


def overridden(initiative: Initiative) -> set[str]:
    """What a higher body passed over when it approved: that lets releases out, too."""
    approvals = Decision.objects.approving().filter(initiative=initiative).values_list("overrides", flat=True)
    return {each["key"] for overrides in approvals for each in overrides if "key" in each}


def _kind(each: InTheWay) -> str:
    return "outdated" if each.changed else "objection"


def _objects(sign_off: SignOff) -> bool:
    return sign_off.answer is not None and sign_off.answer.verdict == SignOffAnswer.Verdict.OBJECT


def _asked(initiative: Initiative) -> "QuerySet[SignOff, int]":
    """The functions that its open review asks."""
    of_open = SignOff.objects.filter(review__in=GateReview.objects.open().filter(initiative=initiative))
    return of_open.values_list("function", flat=True)


def _last_words(initiative: Initiative) -> list[SignOff]:
    answered = SignOff.objects.filter(review__initiative=initiative, answer__isnull=False)
    latest = answered.order_by("function_id", "-answer__answered_at", "-pk").distinct("function_id")
    rows = [*latest.select_related("function", "answer", "review__body")]
    for each in rows:
        each.review.initiative = initiative
    return sorted(rows, key=lambda each: (each.function.order, each.pk))


def _changes(initiative: Initiative, words: list[SignOff]) -> dict[int, list[Changed]]:
    """What changed since each was sealed, of those since the last approval."""
    approvals = Decision.objects.approving().filter(initiative=initiative, review__isnull=False)
    last = approvals.order_by("-decided_at", "-pk").values_list("review", flat=True).first() or 0
    recent = [each for each in words if each.review_id >= last]
    closed = {each.review_id for each in recent if not each.review.is_open}
    moving, found = _known(closed) if closed else set(), changes_of(recent)
    return {each.pk: [one for one in found[each.pk] if (each.review_id, one.key) not in moving] for each in recent}


def _known(reviews: set[int]) -> set[tuple[int, str]]:
    """What the register knows, like which release came last, goes on after an approval: it outdates nothing then."""
    known = Requirement.objects.filter(review__in=reviews, evidence=Requirement.Evidence.KNOWN)
    return {(review, f"requirement/{code}") for review, code in known.values_list("review", "code")}
