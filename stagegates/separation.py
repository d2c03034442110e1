"""Separation of duties: who is a party to a review may not sign off, vote, decide or confirm on it (DESIGN §4)."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import DateTimeField, Exists, ExpressionWrapper, OuterRef, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from aiso.accounts.models import User
from aiso.once import once_each
from aiso.web.figures import local_date
from portfolio.models import Initiative, Intake, Ownership

from .models import GateReview


def parties_of(review: GateReview) -> frozenset[int]:
    """The ids of those who requested the initiative, opened or submitted the review, or owned the initiative or
    deputised for an owner on any day since it was opened, also when they no longer do.
    """
    return parties_of_all([review])[review.pk]


def parties_of_all(reviews: Iterable[GateReview]) -> dict[int, frozenset[int]]:
    """The same of several reviews, by their ids, in two queries."""
    return {review.pk: parties for review, parties in once_each("parties", reviews, _parties).items()}


def _parties(rows: list[GateReview]) -> dict[GateReview, frozenset[int]]:
    ids = {review.initiative_id for review in rows}
    owned: dict[int, list[Ownership]] = defaultdict(list)
    for ownership in Ownership.objects.filter(initiative__in=ids):
        owned[ownership.initiative_id].append(ownership)
    asked: dict[int | None, list[int]] = defaultdict(list)
    for initiative, requester in Intake.objects.filter(initiative__in=ids).values_list("initiative", "requester"):
        asked[initiative].append(requester)
    return {
        review: frozenset(
            {
                *(each.person_id for each in owned[review.initiative_id] if _is_during(each, review)),
                *asked[review.initiative_id],
                *filter(None, [review.opened_by_id, review.submitted_by_id]),
            }
        )
        for review in rows
    }


def parties_to(initiative: Initiative) -> frozenset[int]:
    """The ids of those who requested an initiative, own it or deputise for an owner today: parties to a decision on it
    without a review.
    """
    owners = Ownership.objects.current().filter(initiative=initiative.pk).values_list("person", flat=True)
    requesters = Intake.objects.filter(initiative=initiative.pk).values_list("requester", flat=True)
    return frozenset({*owners, *requesters})


def is_party(person: User, review: GateReview) -> bool:
    """Service accounts are held apart like parties: only a named person rules on anything."""
    return person.is_service_account or person.pk in parties_of(review)


def to_which_party(person: User, of: str = "review__") -> Q:
    """Things whose review (`of` leads to it; empty for reviews themselves) has the person as a party: what
    `parties_of` says, as a condition.
    """
    opened_at = ExpressionWrapper(OuterRef(f"{of}opened_at"), output_field=DateTimeField())
    opened_on = TruncDate(opened_at, tzinfo=timezone.get_current_timezone())
    owned = Ownership.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=opened_on), initiative=OuterRef(f"{of}initiative"), person=person
    )
    asked = Intake.objects.filter(initiative=OuterRef(f"{of}initiative"), requester=person)
    handed_in = Q(**{f"{of}opened_by": person}) | Q(**{f"{of}submitted_by": person})
    return handed_in | Exists(owned) | Exists(asked)


def _is_during(ownership: Ownership, review: GateReview) -> bool:
    return ownership.ended_on is None or ownership.ended_on >= local_date(review.opened_at)
