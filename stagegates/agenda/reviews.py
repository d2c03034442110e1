"""Reviews that wait for a body, and what was decided for it since its last meeting."""

from collections.abc import Iterator
from datetime import date
from functools import partial

from django.db.models import OuterRef, Q, Subquery

from aiso.web import figures
from forums.models import AgendaItem, Forum
from forums.sources import Proposed

from ..models import Decision, GateReview, ReviewItem
from ..models.decision import DecisionQuerySet
from .since import last_meeting

MINUTES = 15


def ready_to_decide(forum: Forum, day: date) -> Iterator[Proposed]:
    """Submitted reviews that wait for this body, the longest wait first; not those held beyond the day. One query."""
    held = Decision.objects.filter(review=OuterRef("pk")).order_by("-pk").values("hold_until")[:1]
    reviews = GateReview.objects.ready().filter(body=forum).alias(held=Subquery(held))
    reviews = reviews.filter(Q(held=None) | Q(held__lte=day)).select_related("initiative", "gates_version")
    for review in reviews.defer("initiative__search").order_by("submitted_at", "pk"):
        yield Proposed(
            key=f"review-{review.pk}",
            title=f"{review.initiative.name[:200]}: {review.title.lower()}"[:300],
            why=_why(review),
            initiative_id=review.initiative_id,
            minutes=MINUTES,
            attach=partial(_tie, review=review),
        )


def carry_review(item: AgendaItem, later: AgendaItem) -> None:
    """The item that follows one that was put off asks for the same review."""
    tied = ReviewItem.objects.filter(item=item).select_related("review").first()
    if tied:
        _tie(later, review=tied.review)


def decided_between(forum: Forum, day: date) -> Iterator[Proposed]:
    """Decisions taken for this body since its last meeting, as one item. Two queries."""
    since = last_meeting(forum, day)
    if decisions_between(forum, day).exists():
        yield Proposed(
            key="since-last",
            title="Decided between meetings",
            # Without their number: it grows until the meeting, and the rows below are counted as they are read.
            why=f"By the chair or in writing since {figures.day(since)}.",
            minutes=5,
        )


def decisions_between(forum: Forum, day: date) -> DecisionQuerySet:
    since = last_meeting(forum, day)
    return Decision.objects.urgent_since(figures.local_date(since)).filter(body=forum, decided_at__gt=since)


def _why(review: GateReview) -> str:
    attempt = f", attempt {review.attempt}" if review.attempt > 1 else ""
    return f"Ready to decide since {figures.day(review.submitted_at)}{attempt}."


def _tie(item: AgendaItem, *, review: GateReview) -> None:
    ReviewItem.objects.create(item=item, review=review)
