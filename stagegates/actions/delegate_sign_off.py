"""A member of a function passes a sign-off to somebody else, or takes it back."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from portfolio.permissions import changes_nothing, sees

from ..models import SignOff
from ..permissions import can_delegate, reviews_for
from ..separation import is_party, own_words
from .answer_sign_off import lock

LONGEST = 300


@transaction.atomic
def delegate_sign_off(sign_off: SignOff, *, actor: User, to: User | None, reason: str) -> SignOff:
    """Pass a sign-off to another person, or with None back to the function. The clock goes on.

    Raises DomainError for a party to the review, a service account, an auditor, somebody who left, and somebody who
    does not see the initiative: except that whoever reviews for the function sees a confidential one by being
    assigned to it. Raises PermissionDenied for all but the function's people, whom it was passed to, and the office.
    """
    locked = lock(sign_off)
    if not can_delegate(actor, locked):
        raise PermissionDenied(f"The people of {locked.function} pass this on, or the office; never a party to it.")
    if not locked.review.is_open:
        raise DomainError("This review is closed.")
    if not reason.strip() or len(reason) > LONGEST:
        raise DomainError(f"Say why, in at most {LONGEST} characters.", field="reason")
    was = locked.assigned_to_id
    if was == (to.pk if to else None):
        raise DomainError(f"{to} has it already." if to else "Nobody has it.", field="to")
    if to is not None:
        _check_person(to, locked)
    locked.assigned_to, locked.assigned_because = to, reason.strip()
    locked.save(update_fields=["assigned_to", "assigned_because"])
    about = {"initiative": locked.review.initiative, "review": locked.review, "sign_off": locked}
    publish("sign_off.delegated", actor=actor, person=to and to.pk, was=was, reason=reason.strip(), **about)
    return locked


def _check_person(to: User, sign_off: SignOff) -> None:
    if to.is_service_account or changes_nothing(to):
        raise DomainError("Choose a person who works here and may change things.", field="to")
    if is_party(to, sign_off.review):
        raise DomainError(f"{to} requested, submitted or owns this, and so does not rule on it.", field="to")
    if words := own_words(to, sign_off):
        raise DomainError(f"{to} {words[0]}, which this rests on, and so does not rule on it.", field="to")
    initiative = sign_off.review.initiative
    if not sees(to, initiative) and not reviews_for(to, sign_off.function, initiative.unit_id):
        raise DomainError(f"{to} does not see this initiative. Choose somebody who does.", field="to")
