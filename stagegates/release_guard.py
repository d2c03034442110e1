"""What keeps a release in: an objection, an outdated sign-off, an overdue condition (DESIGN §4)."""

from collections.abc import Iterator, Sequence

from django.urls import reverse

from aiso.web import figures
from forums.models import Forum
from portfolio.models import Initiative, Stage
from portfolio.models.stage import PATH
from portfolio.release_guards import Hindrance

from .deciding import body_asked, stage_before_pause
from .last_words import in_the_way, overridden
from .models import Condition, GateReview
from .seals import Changed

BEFORE_PILOT = PATH[: PATH.index(Stage.PILOT)]
# Changed fields that are named before the rest is counted.
TOLD = 3


def hindrances_of_release(initiative: Initiative) -> Iterator[Hindrance]:
    """What would keep its review from being approved, too, and what its functions said last. A decision that overrides
    it, or settles the condition, lets the release out. Nothing goes to users before the pilot.
    """
    yield from _too_early(initiative)
    yield from _overdue(initiative)
    yield from _said(initiative)


def is_too_early(initiative: Initiative) -> bool:
    return stage_before_pause(initiative) in BEFORE_PILOT


def _too_early(initiative: Initiative) -> Iterator[Hindrance]:
    """A pilot begins by a decision, or by an opening position; a pause takes nothing back."""
    if is_too_early(initiative):
        stage = stage_before_pause(initiative)
        address = reverse("stagegates:initiative_gates", args=[initiative.reference])
        what = f"It is in {Stage(stage).label.lower()}: nothing goes out to users before the pilot"
        yield Hindrance(what, "A decision at its gate review moves it to pilot.", address)


def _overdue(initiative: Initiative) -> Iterator[Hindrance]:
    related = ("decision__body", "sign_off_answer__sign_off__function")
    passed = overridden(initiative)
    for condition in Condition.objects.overdue().filter(initiative=initiative).select_related(*related):
        if f"condition:{condition.pk}" in passed:
            continue
        what = f"A condition is overdue since {figures.day(condition.due_on)}: {condition.text}"
        yield Hindrance(what, f"{_who_settles(condition)} confirms or waives it.", condition.get_absolute_url())


def _who_settles(condition: Condition) -> str:
    if condition.sign_off_answer:
        return f"{condition.sign_off_answer.sign_off.function}, which set it, or whoever decides its review"
    return f"{condition.decision.body if condition.decision else 'Its body'}, which set it, or a higher body"


def _said(initiative: Initiative) -> Iterator[Hindrance]:
    found = in_the_way(initiative)
    review = GateReview.objects.open().filter(initiative=initiative).select_related("body").first() if found else None
    if review:
        review.initiative = initiative
    for each in found:
        sign_off = each.sign_off
        assert sign_off.answer is not None
        says = _outdated(each.changed) if each.changed else f" objects: {sign_off.answer.reason}"
        where = review or sign_off.review
        who = f"{sign_off.function} answers anew, or {_who_overrides(where)}."
        yield Hindrance(f"{sign_off.function}{says}", who, f"{where.get_absolute_url()}#sign-offs")


def _outdated(changed: Sequence[Changed]) -> str:
    """With the fields that changed, by their names alone: some values are money."""
    names = [each.label for each in changed]
    more = f" and {len(names) - TOLD} more" if len(names) > TOLD else ""
    return f"’s sign-off is outdated; changed since: {', '.join(names[:TOLD])}{more}"


def _who_overrides(review: GateReview) -> str:
    """The next-higher body, which overrides when it decides the review that is open, or the next one."""
    asked = body_asked(review)
    higher = Forum.objects.filter(rank__gt=asked.rank).order_by("rank", "pk").first() if asked else None
    which = "the review" if review.is_open else "the next review"
    return f"{higher} overrides it with a reason when it decides {which}" if higher else "no body is higher"
