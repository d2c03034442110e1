"""A function asks the owners before it can answer; its clock stands still until they reply."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..models import SignOff, SignOffQuestion
from ..permissions import can_reply
from .answer_sign_off import lock, refuse_others
from .sign_offs import due_of

LONGEST = 5000


@transaction.atomic
def ask_question(sign_off: SignOff, *, actor: User, text: str) -> SignOffQuestion:
    """Ask the owners. Raises DomainError while another question is open, before the evidence is there and after the
    answer; PermissionDenied for whoever may not sign off.
    """
    locked = lock(sign_off)
    refuse_others(actor, locked)
    if not locked.is_to_answer:
        raise DomainError("Ask while it is to be answered: its evidence is there, and it has no answer that stands.")
    if locked.questions.open().exists():
        raise DomainError("A question is open already. The owners reply to it first.")
    question = locked.questions.create(text=_checked(text, "text"), asked_by=actor, asked_at=clock.now())
    _follow(locked)
    about = {"initiative": locked.review.initiative, "review": locked.review, "sign_off": locked}
    publish("sign_off.asked", actor=actor, question=question, **about)
    return question


@transaction.atomic
def reply_to_question(question: SignOffQuestion, *, actor: User, text: str) -> SignOffQuestion:
    """Reply for the initiative; the clock goes on. Raises DomainError for one that has a reply, PermissionDenied for
    all but its owners and their deputies.
    """
    locked = lock(question.sign_off)
    question = SignOffQuestion.objects.select_for_update(of=["self"]).get(pk=question.pk)
    question.sign_off = locked
    if not can_reply(actor, locked):
        raise PermissionDenied("The owners of the initiative and their deputies reply.")
    if question.replied_at:
        raise DomainError("This question has its reply.")
    if not locked.review.is_open:
        raise DomainError("This review is closed.")
    question.reply, question.replied_by, question.replied_at = _checked(text, "text"), actor, clock.now()
    question.save(update_fields=["reply", "replied_by", "replied_at"])
    _follow(locked)
    about = {"initiative": locked.review.initiative, "review": locked.review, "sign_off": locked}
    publish("sign_off.replied", actor=actor, question=question, **about)
    return question


def _follow(sign_off: SignOff) -> None:
    """The day on which the clock runs out moves with its questions."""
    if sign_off.is_to_answer:
        sign_off.due_on = due_of(sign_off)
        sign_off.save(update_fields=["due_on"])


def _checked(text: str, field: str) -> str:
    told = text.strip()
    if not told:
        raise DomainError("Write something.", field=field)
    if len(told) > LONGEST:
        raise DomainError(f"At most {LONGEST} characters.", field=field)
    return told
