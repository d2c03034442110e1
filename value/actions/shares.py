"""Recording which part of each claim counts where claims overlap."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..models import ClaimShare, LedgerEntry
from ..overlaps import overlaps_of
from .claims import hold_shares, waiting_claim

STEP = Decimal("0.0001")


@transaction.atomic
def agree_shares(shares: Mapping[LedgerEntry, Decimal], *, actor: User, reason: str) -> list[ClaimShare]:
    """Record, as finance, the agreed shares of claims that wait and overlap with others; the latest holds. Owners agree
    among themselves and say so in the discussion; finance records it. What is recorded already is left as it is.

    Raises PermissionDenied for whoever may not answer one of the claims, DomainError for a claim that waits no more or
    overlaps with none, for what is no share, and where shares of a day total more than the whole.
    """
    hold_shares()
    _check(shares.values(), reason)
    entries = sorted(shares, key=lambda each: (each.initiative_id, each.pk))
    waiting = {entry: waiting_claim(entry, actor) for entry in entries}
    before = overlaps_of([entry.pk for entry in entries], actor)
    for entry in entries:
        if not before[entry.pk].sharing.others and before[entry.pk].sharing.share is None:
            raise DomainError("It overlaps with no other claim, so that it counts in full.")
    made = [
        _record(waiting[entry], shares[entry], actor, reason.strip())
        for entry in entries
        if before[entry.pk].sharing.share != shares[entry]
    ]
    for pk, after in overlaps_of([entry.pk for entry in entries], actor).items():
        # Smaller than before is welcome, also where it is still too much.
        if after.sharing.is_over and after.sharing.total > before[pk].sharing.total:
            raise DomainError(after.refusal)
    return made


def _check(shares: Collection[Decimal], reason: str) -> None:
    if not shares:
        raise DomainError("Give the share of one claim at least.")
    if any(not 0 < share <= 1 or share != share.quantize(STEP) for share in shares):
        raise DomainError("A share is more than 0 % and at most 100 %, to a hundredth of a percent.", field="shares")
    if not reason.strip():
        raise DomainError("Say what was agreed, and by whom.", field="reason")


def _record(entry: LedgerEntry, share: Decimal, actor: User, reason: str) -> ClaimShare:
    fact = ClaimShare.objects.create(
        entry=entry, share=share, reason=reason, recorded_by=actor, recorded_at=clock.now()
    )
    publish("claim.shared", actor=actor, initiative=entry.initiative_id, entry=entry, share=fact)
    return fact
