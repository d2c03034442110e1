"""A review asks more when its initiative's tier, jurisdictions or autonomy change, under the rules it began with."""

from collections import defaultdict
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max

from aiso.accounts.models import User
from aiso.configuration.models import ConfigurationVersion
from portfolio.models import Initiative

from ..askings import Asking, askings_of
from ..models import GateReview, Requirement, ReviewFunction, SignOff
from ..rules import gates_of, matrix_of
from ..situations import situations_of
from .open_review import requirement_of
from .sign_offs import begin_sign_offs


@transaction.atomic
def renew_review(review: GateReview) -> None:
    """Let a review ask what the situation of its initiative asks now; nothing once it is closed. Safe to repeat."""
    # The initiative first, as everywhere.
    Initiative.objects.select_for_update(of=["self"]).only("pk").get(pk=review.initiative_id)
    locked = GateReview.objects.open().select_for_update(of=["self"]).select_related("initiative")
    if found := locked.filter(pk=review.pk).first():
        renew_requirements(found)


def renew_if_behind(review: GateReview) -> None:
    """Renew it before a deed, in a transaction of its own: what is asked now stays asked where the deed is refused."""
    for each in behind([review]) if review.is_open else ():
        renew_review(each)


def renew_requirements(review: GateReview, *, actor: User | None = None) -> int:
    """Add the requirements and sign-offs that the initiative's situation asks now. Returns how many requirements.

    For an open review that the caller holds. What nobody asks any more stays: somebody may have relied on it, and
    the office can waive it with a reason.
    """
    asking = _asked_now([review])[review.pk]
    there = {*review.requirements.values_list("code", flat=True)}
    added = [line for line in asking.required if line.code not in there]
    if added:
        last = review.requirements.aggregate(last=Max("order"))["last"] or 0
        Requirement.objects.bulk_create(
            requirement_of(review, line, order) for order, line in enumerate(added, start=last + 1)
        )
    begin_sign_offs(review, asking.sign_offs, actor=actor)
    return len(added)


def behind(reviews: Sequence[GateReview]) -> list[GateReview]:
    """Those that do not ask what the situation of their initiatives asks now. Few queries, however many reviews."""
    asked = _asked_now(reviews)
    codes: dict[int, set[str]] = defaultdict(set)
    for pk, code in Requirement.objects.filter(review__in=reviews).values_list("review", "code"):
        codes[pk].add(code)
    functions: dict[int, dict[str, object]] = defaultdict(dict)
    sign_offs = SignOff.objects.filter(review__in=reviews)
    for pk, slug, rules in sign_offs.values_list("review", "function__slug", "asked_by"):
        functions[pk][slug] = rules
    there = {*ReviewFunction.objects.active().values_list("slug", flat=True)}
    return [
        review
        for review in reviews
        if {line.code for line in asked[review.pk].required} - codes[review.pk]
        or _sign_offs(asked[review.pk], there) != functions[review.pk]
    ]


def _sign_offs(asking: Asking, there: set[str]) -> dict[str, object]:
    return {slug: [rule.stored() for rule in rules] for slug, rules in asking.sign_offs.items() if slug in there}


def _asked_now(reviews: Sequence[GateReview]) -> dict[int, Asking]:
    """What each review is asked, by its id, under the versions that it began with; each pair of versions once."""
    by_rules: dict[tuple[int, int], list[GateReview]] = defaultdict(list)
    for review in reviews:
        by_rules[review.gates_version_id, review.matrix_version_id].append(review)
    versions = ConfigurationVersion.objects.in_bulk({pk for pair in by_rules for pk in pair})
    situations = situations_of([review.initiative_id for review in reviews])
    found: dict[int, Asking] = {}
    for (gates_version, matrix_version), group in by_rules.items():
        gates, matrix = gates_of(versions[gates_version]), matrix_of(versions[matrix_version])
        at = {each.pk: tuple(gate for gate in gates.gates if gate.code in each.gates) for each in group}
        of_reviews = {each.pk: situations[each.initiative_id] for each in group}
        found |= askings_of(at, of_reviews, gates, matrix)
    return found
