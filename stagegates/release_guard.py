"""What keeps a release in: an objection, an outdated sign-off, an overdue condition (DESIGN §4)."""

from collections.abc import Iterator

from aiso.web import figures
from forums.models import Forum
from portfolio.models import Initiative
from portfolio.release_guards import Hindrance

from .actions.sign_offs import changes_of
from .deciding import body_asked
from .models import Condition, Decision, GateReview


def hindrances_of_release(initiative: Initiative) -> Iterator[Hindrance]:
    """What would keep its review from being approved, too. A decision that overrides it, or settles the condition, lets
    the release out.
    """
    yield from _overdue(initiative)
    if review := GateReview.objects.open().filter(initiative=initiative).select_related("initiative", "body").first():
        yield from _in_review(review)


def _overdue(initiative: Initiative) -> Iterator[Hindrance]:
    related = ("decision__body", "sign_off_answer__sign_off__function")
    passed = _overridden(initiative)
    for condition in Condition.objects.overdue().filter(initiative=initiative).select_related(*related):
        if f"condition:{condition.pk}" in passed:
            continue
        what = f"A condition is overdue since {figures.day(condition.due_on)}: {condition.text}"
        yield Hindrance(what, f"{_who_settles(condition)} confirms or waives it.", condition.get_absolute_url())


def _overridden(initiative: Initiative) -> set[str]:
    """What a higher body passed over when it approved: that lets releases out, too."""
    approvals = Decision.objects.approving().filter(initiative=initiative).values_list("overrides", flat=True)
    return {each["key"] for overrides in approvals for each in overrides if "key" in each}


def _who_settles(condition: Condition) -> str:
    if condition.sign_off_answer:
        return f"{condition.sign_off_answer.sign_off.function}, which set it, or whoever decides its review"
    return f"{condition.decision.body if condition.decision else 'Its body'}, which set it, or a higher body"


def _in_review(review: GateReview) -> Iterator[Hindrance]:
    sign_offs = [*review.sign_offs.select_related("function", "answer")]
    for sign_off in sign_offs:
        sign_off.review = review
    changed = changes_of(sign_offs)
    left = [each for each in sign_offs if changed.get(each.pk) or each.is_objection]
    who = _who_overrides(review) if left else ""
    for each in left:
        says = (
            f" objects: {each.answer.reason}" if each.answer and not changed.get(each.pk) else "’s sign-off is outdated"
        )
        address = f"{review.get_absolute_url()}#sign-offs"
        yield Hindrance(f"{each.function}{says}", f"{each.function} answers anew, or {who}.", address)


def _who_overrides(review: GateReview) -> str:
    """The next-higher body, which overrides when it decides the review."""
    asked = body_asked(review)
    higher = Forum.objects.filter(rank__gt=asked.rank).order_by("rank", "pk").first() if asked else None
    return f"{higher} overrides it with a reason when it decides the review" if higher else "no body is higher"
