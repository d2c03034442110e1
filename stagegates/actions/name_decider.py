"""Where nobody of a body may decide, the sponsor does, or names somebody from outside (DESIGN §4)."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from portfolio.permissions import changes_nothing

from ..deciding import body_asked, naming_of
from ..models import GateReview, NamedDecider
from ..permissions import can_name_decider
from ..separation import is_kept_from_deciding
from .decide import check_open, lock_review


@transaction.atomic
def name_decider(review: GateReview, *, actor: User, person: User, reason: str) -> NamedDecider:
    """Let somebody from outside decide a review of which every member of its body is a party.

    It holds for the body asked for now, and lapses when a higher one is, or when the person may not decide any more:
    then another is named in their place. Raises PermissionDenied for whoever is not
    the sponsor and while somebody of the body may decide, DomainError for somebody who may not decide either, and
    while another naming holds.
    """
    review = lock_review(review)
    if not can_name_decider(actor, review):
        raise PermissionDenied("The sponsor names somebody, where nobody of the body may decide.")
    check_open(review)
    if changes_nothing(person) or is_kept_from_deciding(person, review):
        raise DomainError(f"{person} may not decide this: a party, an auditor, or not a person here.", field="person")
    if person.pk == actor.pk:
        raise DomainError("You may decide it yourself.", field="person")
    if not reason.strip():
        raise DomainError("Say why it is this person.", field="reason")
    if before := naming_of(review):
        raise DomainError(f"{before.person} was named already.")
    body = body_asked(review)
    assert body is not None  # can_name_decider found one
    named = NamedDecider.objects.create(
        review=review, body=body, person=person, named_by=actor, because=reason.strip(), named_at=clock.now()
    )
    about = {"initiative": review.initiative_id, "review": review, "person": person}
    publish("review.decider_named", actor=actor, **about)
    return named
