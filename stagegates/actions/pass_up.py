"""A submitted review that its body cannot approve any more becomes the next-higher one's to decide (DESIGN §4)."""

from aiso.events.outbox import publish

from ..deciding import higher_body_of
from ..models import GateReview


def pass_up(review: GateReview) -> None:
    """Note which higher body alone can approve a review now, or that none is needed. Repeating it changes nothing.

    Whoever calls it holds the initiative's lock. The members of that body see the review from then on.
    """
    body = higher_body_of(review)
    if review.higher_body_id == (body and body.pk):
        return
    review.higher_body = body
    review.save(update_fields=["higher_body"])
    if body is not None:
        publish("review.passed_up", actor=None, initiative=review.initiative_id, review=review, body=body)
