"""Separation of duties: who is a party to a review may not sign off, vote, decide or confirm on it (DESIGN §4)."""

from django.db.models import Q

from aiso.accounts.models import User
from aiso.web.figures import local_date
from portfolio.models import Intake, Ownership

from .models import GateReview


def parties_of(review: GateReview) -> frozenset[int]:
    """The ids of those who requested the initiative, opened or submitted the review, or owned the initiative or
    deputised for an owner on any day since it was opened, also when they no longer do.
    """
    since = local_date(review.opened_at)
    during = Q(ended_on=None) | Q(ended_on__gte=since)
    owners = Ownership.objects.filter(during, initiative=review.initiative_id).values_list("person", flat=True)
    requesters = Intake.objects.filter(initiative=review.initiative_id).values_list("requester", flat=True)
    return frozenset({*owners, *requesters, review.opened_by_id, *filter(None, [review.submitted_by_id])})


def is_party(person: User, review: GateReview) -> bool:
    """Service accounts are held apart like parties: only a named person rules on anything."""
    return person.is_service_account or person.pk in parties_of(review)
