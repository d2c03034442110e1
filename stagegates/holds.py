"""Until when reviews are held: before that day nobody has to decide them."""

from datetime import date

from django.db.models import Case, F, OuterRef, Q, Subquery, When

from aiso import clock

from .models import Decision, GateReview
from .models.review import GateReviewQuerySet

# Of reviews that were read `with_hold`.
HELD = Q(held_until__isnull=False)


def with_hold(reviews: GateReviewQuerySet) -> GateReviewQuerySet:
    """Reviews with `held_until`: the day to come that the latest decision on each holds it to, else None."""
    latest = Decision.objects.filter(review=OuterRef("pk")).order_by("-pk").values("hold_until")[:1]
    to_come = Case(When(last_hold__gt=clock.today(), then=F("last_hold")))
    return reviews.alias(last_hold=Subquery(latest)).annotate(held_until=to_come)


def not_held(reviews: GateReviewQuerySet) -> GateReviewQuerySet:
    return with_hold(reviews).exclude(HELD)


def held_until(review: GateReview) -> date | None:
    """The day to come to which an open review is held. One query."""
    found = with_hold(GateReview.objects.open().filter(pk=review.pk)).first()
    return found.held_until if found else None  # type: ignore[attr-defined]
