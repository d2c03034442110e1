"""Finance's answers to claims: confirm, correct, reject; and the months of a confirmed method in a batch. What overlaps
with other claims counts by the share that was recorded of it.
"""

from collections.abc import Iterable
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from aiso.web import figures
from portfolio.models import Initiative

from ..models import ClaimAnswer, LedgerEntry, MethodConfirmation
from ..models.overlap_sql import SHARES
from ..overlaps import overlaps_of
from ..permissions import CLAIMING, can_answer_claim

Verdict = ClaimAnswer.Verdict


@transaction.atomic
def confirm_claim(entry: LedgerEntry, *, actor: User, note: str = "") -> ClaimAnswer:
    """Finance agrees to a claim as it stands, and to its method, where nobody has yet. From now on it counts.

    Raises PermissionDenied for its author, owners and all but finance, DomainError where it waits no more, or overlaps
    with other claims and shares are missing or total more than the whole.
    """
    hold_shares()
    entry = waiting_claim(entry, actor)
    share = _shares([entry], actor)[entry.pk]
    _confirm_method(entry, actor)
    return _answer(entry, actor, Verdict.CONFIRMED, entry.amount, note, share)


@transaction.atomic
def correct_claim(entry: LedgerEntry, *, actor: User, amount: Decimal, reason: str) -> ClaimAnswer:
    """Finance agrees to less than was claimed, in the claim's currency, and says why. That amount counts from now on,
    or the share of it that was recorded. More than was claimed takes two people: a new claim, and its answer.
    """
    hold_shares()
    entry = waiting_claim(entry, actor)
    if amount <= 0:
        raise DomainError("A corrected amount is more than 0. To count nothing, reject the claim.", field="amount")
    if amount == entry.amount:
        raise DomainError("This is what was claimed: confirm it.", field="amount")
    if amount > entry.amount:
        claimed = figures.exact_money(entry.amount, entry.currency)
        raise DomainError(
            f"Claimed are {claimed}; a correction only lowers it. Reject it and ask for a claim of the higher amount.",
            field="amount",
        )
    _say_why(reason)
    share = _shares([entry], actor)[entry.pk]
    _confirm_method(entry, actor)
    return _answer(entry, actor, Verdict.CORRECTED, amount, reason, share)


@transaction.atomic
def reject_claim(entry: LedgerEntry, *, actor: User, reason: str) -> ClaimAnswer:
    """Finance does not agree, and says why. Its method stays as it is: unconfirmed, if it was. Nothing of it counts."""
    entry = waiting_claim(entry, actor)
    _say_why(reason)
    return _answer(entry, actor, Verdict.REJECTED, None, reason)


@transaction.atomic
def confirm_months(entries: Iterable[LedgerEntry], *, actor: User) -> list[ClaimAnswer]:
    """Confirm several claims as they stand, all by methods that finance confirmed before; all of them or none.

    Raises PermissionDenied where the actor may not answer one, DomainError where one waits no more, its method is new,
    or it overlaps with other claims and shares are missing or total more than the whole.
    """
    hold_shares()
    waiting = [waiting_claim(each, actor) for each in sorted(entries, key=lambda each: (each.initiative_id, each.pk))]
    known = {*MethodConfirmation.objects.values_list("method", flat=True).filter(method__entries__in=waiting)}
    if any(each.method_id not in known for each in waiting):
        raise DomainError("Its method is new: read and confirm one claim by it first, then the others together.")
    shares = _shares(waiting, actor)
    return [_answer(each, actor, Verdict.CONFIRMED, each.amount, "", shares[each.pk]) for each in waiting]


def hold_shares() -> None:
    """Until the transaction ends nobody else records shares or confirms: what was read of them holds. Taken before any
    initiative is locked, so that two who confirm several never wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock({SHARES})")


def waiting_claim(entry: LedgerEntry, actor: User) -> LedgerEntry:
    """The claim, its initiative locked, as all actions do. Raises PermissionDenied for whoever may not answer it,
    DomainError where it waits no more.
    """
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


def _shares(entries: list[LedgerEntry], actor: User) -> dict[int, Decimal]:
    """By which share each counts. Raises DomainError for the first that overlaps with others without agreed shares."""
    found = overlaps_of([entry.pk for entry in entries], actor)
    for each in found.values():
        if each.refusal:
            raise DomainError(each.refusal)
    return {pk: each.sharing.counts for pk, each in found.items()}


def _say_why(reason: str) -> None:
    if not reason.strip():
        raise DomainError("Say why, so that the owner can mend it.", field="reason")


def _answer(
    entry: LedgerEntry,
    actor: User,
    verdict: str,
    amount: Decimal | None,
    reason: str,
    share: Decimal = Decimal(1),
) -> ClaimAnswer:
    answer = ClaimAnswer.objects.create(
        entry=entry,
        verdict=verdict,
        amount=amount,
        rate=entry.rate,
        share=share,
        reason=reason.strip(),
        answered_by=actor,
        answered_at=clock.now(),
    )
    publish(f"claim.{verdict}", actor=actor, initiative=entry.initiative_id, entry=entry, answer=answer)
    return answer
