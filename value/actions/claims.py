"""Finance's answers to claims: confirm, correct, reject; and the months of a confirmed method in a batch."""

from collections.abc import Iterable
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from aiso.web import figures
from portfolio.models import Initiative

from ..models import ClaimAnswer, LedgerEntry, MethodConfirmation
from ..permissions import CLAIMING, can_answer_claim

Verdict = ClaimAnswer.Verdict


@transaction.atomic
def confirm_claim(entry: LedgerEntry, *, actor: User, note: str = "") -> ClaimAnswer:
    """Finance agrees to a claim as it stands, and to its method, where nobody has yet. From now on it counts.

    Raises PermissionDenied for its author, owners and all but finance, DomainError where it waits no more.
    """
    entry = _waiting(entry, actor)
    _confirm_method(entry, actor)
    return _answer(entry, actor, Verdict.CONFIRMED, entry.amount, note)


@transaction.atomic
def correct_claim(entry: LedgerEntry, *, actor: User, amount: Decimal, reason: str) -> ClaimAnswer:
    """Finance agrees to another amount, in the claim's currency, and says why. That amount counts from now on."""
    entry = _waiting(entry, actor)
    if amount <= 0:
        raise DomainError("A corrected amount is more than 0. To count nothing, reject the claim.", field="amount")
    if amount == entry.amount:
        raise DomainError("This is what was claimed: confirm it.", field="amount")
    _say_why(reason)
    _confirm_method(entry, actor)
    return _answer(entry, actor, Verdict.CORRECTED, amount, reason)


@transaction.atomic
def reject_claim(entry: LedgerEntry, *, actor: User, reason: str) -> ClaimAnswer:
    """Finance does not agree, and says why. Its method stays as it is: unconfirmed, if it was. Nothing of it counts."""
    entry = _waiting(entry, actor)
    _say_why(reason)
    return _answer(entry, actor, Verdict.REJECTED, None, reason)


@transaction.atomic
def confirm_months(entries: Iterable[LedgerEntry], *, actor: User) -> list[ClaimAnswer]:
    """Confirm several claims as they stand, all by methods that finance confirmed before; all of them or none.

    Raises PermissionDenied where the actor may not answer one, DomainError where one waits no more, or its method is
    new.
    """
    answers = []
    for entry in sorted(entries, key=lambda each: (each.initiative_id, each.pk)):
        waiting = _waiting(entry, actor)
        if not MethodConfirmation.objects.filter(method=waiting.method_id).exists():
            raise DomainError("Its method is new: read and confirm one claim by it first, then the others together.")
        answers.append(_answer(waiting, actor, Verdict.CONFIRMED, waiting.amount, ""))
    return answers


def _waiting(entry: LedgerEntry, actor: User) -> LedgerEntry:
    """The claim, its initiative locked first, as all actions do."""
    initiative = Initiative.objects.select_for_update(of=["self"]).defer("search").get(pk=entry.initiative_id)
    rows = LedgerEntry.objects.select_related("method", "answer__answered_by", "reversed_by", "open_claim")
    entry = rows.get(pk=entry.pk)
    entry.initiative = initiative
    if not can_answer_claim(actor, entry):
        raise PermissionDenied(CLAIMING)
    answer: ClaimAnswer | None = getattr(entry, "answer", None)
    if answer is not None:
        day = figures.day(answer.answered_at)
        raise DomainError(f"{answer.answered_by} {answer.get_verdict_display().lower()} it on {day}.")
    if hasattr(entry, "reversed_by"):
        raise DomainError("It was taken back.")
    if not hasattr(entry, "open_claim"):
        raise DomainError("A forecast is not answered: what came of it is claimed.")
    return entry


def _confirm_method(entry: LedgerEntry, actor: User) -> None:
    told = {"confirmed_by": actor, "confirmed_at": clock.now()}
    MethodConfirmation.objects.get_or_create(method=entry.method, defaults=told)


def _say_why(reason: str) -> None:
    if not reason.strip():
        raise DomainError("Say why, so that the owner can mend it.", field="reason")


def _answer(entry: LedgerEntry, actor: User, verdict: str, amount: Decimal | None, reason: str) -> ClaimAnswer:
    answer = ClaimAnswer.objects.create(
        entry=entry,
        verdict=verdict,
        amount=amount,
        rate=entry.rate,
        reason=reason.strip(),
        answered_by=actor,
        answered_at=clock.now(),
    )
    publish(f"claim.{verdict}", actor=actor, initiative=entry.initiative_id, entry=entry, answer=answer)
    return answer
