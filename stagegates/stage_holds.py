"""While a review is open, the stage that it leads on from stays (DESIGN §4)."""

from collections.abc import Collection

from .models import GateReview


def held_by_reviews(initiatives: Collection[int]) -> dict[int, str]:
    """Of some initiatives, by id, those under review, and what of."""
    reviews = GateReview.objects.open().filter(initiative__in=initiatives).select_related("gates_version")
    return {review.initiative_id: f"its review is open ({review.title.lower()})" for review in reviews}
