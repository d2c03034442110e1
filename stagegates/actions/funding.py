"""What moves money: an approval commits it, a release frees its use, spending is recorded, an end gives it back.

Locks are taken in the order initiative, envelope; tranches change only while their initiative is locked. The database
keeps the sums and refuses what breaks them (stagegates/models/funding_triggers.py).
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from aiso.web import figures
from portfolio.models import Initiative
from portfolio.models.stage import ENDED

from ..deciding import bodies_of, decides_alone
from ..models import Decision, Envelope, FundingEntry, Tranche
from ..money import NOTHING, Funding, hold_envelope
from ..permissions import RELEASING, SPENDING, can_record_spend, can_release
from ..recorded_spending import tell_of_spending
from ..release_blocks import blocks_of_release
from .ruling import Ruling

Kind = FundingEntry.Kind


def commit_money(decision: Decision, ruling: Ruling) -> list[Tranche]:
    """Commit what an approving decision approved from the envelope of today, as one tranche that is released now and
    one that is withheld. Its initiative is locked. DomainError where the envelope does not hold it.
    """
    if not decision.is_approving or not decision.amount:
        return []
    envelope = hold_envelope(decision.initiative, decision.amount)
    now = released_now(ruling, decision.amount)
    conditions = [*decision.conditions.all()[:2]]
    parts = ((now, False), (decision.amount - now, True))
    tranches = [
        Tranche.objects.create(
            decision=decision,
            initiative=decision.initiative,
            envelope=envelope,
            gate=decision.review.gates[-1] if decision.review else "",
            amount=amount,
            is_held_back=is_held_back,
            condition=conditions[0] if is_held_back and len(conditions) == 1 else None,
            created_at=decision.decided_at,
        )
        for amount, is_held_back in parts
        if amount
    ]
    for tranche in tranches:
        enter(tranche, Kind.COMMIT, tranche.amount, actor=decision.decided_by, decision=decision)
        if not tranche.is_held_back:
            enter(tranche, Kind.RELEASE, tranche.amount, actor=decision.decided_by, decision=decision)
        tranche.refresh_from_db()
    publish("money.committed", actor=decision.decided_by, **_about(tranches[0]), decision=decision)
    return tranches


def released_now(ruling: Ruling, amount: Decimal) -> Decimal:
    """What of an approved amount is released at once. Raises DomainError for a part that cannot be."""
    waits = bool(ruling.conditions)
    now = ruling.release_now
    if now is None:
        return NOTHING if waits else amount
    if now < 0 or now > amount:
        raise DomainError(
            f"Between 0 and the {figures.exact_money(amount)} that is approved is released now.", field="release_now"
        )
    if now < amount and not waits:
        raise DomainError(
            "What is withheld waits for a condition: name one, or release all that is approved.", field="release_now"
        )
    return now


def free_money(decision: Decision) -> Funding:
    """Give back what an initiative that ended did not use: what is withheld is freed, what is unspent returned.

    Its initiative is locked. Returns what was there before.
    """
    tranches = locked_tranches(decision.initiative_id)
    freed = Funding(
        withheld=sum((each.withheld for each in tranches), NOTHING),
        unspent=sum((each.unspent for each in tranches), NOTHING),
    )
    for tranche in tranches:
        if tranche.withheld:
            enter(tranche, Kind.FREE, tranche.withheld, actor=decision.decided_by, decision=decision)
        if tranche.unspent:
            enter(tranche, Kind.RETURN, tranche.unspent, actor=decision.decided_by, decision=decision)
    if freed.to_free:
        publish("money.freed", actor=decision.decided_by, initiative=decision.initiative_id, decision=decision)
    return freed


@transaction.atomic
def release_tranche(tranche: Tranche, *, actor: User, overrides: Mapping[str, str] | None = None) -> Tranche:
    """Release what of a tranche is withheld, once nothing stands in the way.

    `overrides` gives a reason for each block that is overridden, by its key: for who decides alone in a body higher
    than the one that approved. Raises PermissionDenied for whoever may not release, DomainError for what is in the way
    and where nothing is withheld.
    """
    tranche = _locked(tranche)
    if not can_release(actor, tranche):
        raise PermissionDenied(RELEASING)
    if not tranche.withheld:
        raise DomainError("Nothing of this tranche is withheld.")
    reasons = {key: reason.strip() for key, reason in (overrides or {}).items() if reason.strip()}
    overridden = _override(tranche, actor, reasons)
    enter(tranche, Kind.RELEASE, tranche.withheld, actor=actor, overrides=overridden)
    publish("money.released", actor=actor, **_about(tranche))
    tranche.refresh_from_db()
    return tranche


def may_override(actor: User, decision: Decision) -> bool:
    """Whether the actor decides alone in a body higher than the one that approved."""
    higher = [body for body in bodies_of(actor, decision.body) if body.rank > decision.body.rank]
    return any(decides_alone(actor, body) for body in higher)


def _override(tranche: Tranche, actor: User, reasons: Mapping[str, str]) -> list[dict[str, str]]:
    blocks = blocks_of_release(tranche)
    if reasons and not may_override(actor, tranche.approval):
        raise DomainError("Only a higher body than the one that approved it overrides what is in the way.")
    left = [each for each in blocks if not (each.can_be_overridden and each.key in reasons)]
    if left:
        told = "; ".join(each.what for each in left[:3])
        raise DomainError(f"It cannot be released yet. {told}.")
    return [{"what": each.what, "kind": each.kind, "key": each.key, "reason": reasons[each.key]} for each in blocks]


class OverspendError(DomainError):
    """More would be spent than is unspent, by `over`, and nobody said that this is known."""

    def __init__(self, tranche: Tranche, over: Decimal) -> None:
        unspent, sum_ = figures.exact_money(tranche.unspent), figures.exact_money(over)
        super().__init__(
            f"Only {unspent} of this tranche is unspent: {sum_} would be overspent, and owners and office told.",
            field="amount",
        )
        self.over = over


@transaction.atomic
def record_spend(
    tranche: Tranche,
    *,
    actor: User,
    amount: Decimal,
    spent_on: date,
    evidence: str,
    key: str,
    most_overspent: Decimal | None = None,
) -> FundingEntry:
    """Record spending against a tranche. More than is released stands apart as overspent; it is recorded all the same.

    `key` names the booking: recorded again with the same content it answers with the first entry. `most_overspent` is
    how much of it the actor knows to be overspent; None asks for no such care. Raises PermissionDenied for all but
    finance, OverspendError for more than that, DomainError for an amount that is not positive, a day to come, without
    evidence, or a key that names another booking.
    """
    tranche = _locked(tranche)
    if not can_record_spend(actor, tranche.initiative):
        raise PermissionDenied(SPENDING)
    evidence, key = evidence.strip(), key.strip()
    _check_spend(amount, spent_on, evidence, key)
    earlier = tranche.entries.filter(key=key).first()
    if earlier:
        if (earlier.amount, earlier.dated_on, earlier.evidence) != (amount, spent_on, evidence):
            raise DomainError("This key names another booking on this tranche already.", field="key")
        return earlier
    before, over = tranche.overspent, max(amount - tranche.unspent, NOTHING)
    if most_overspent is not None and over > most_overspent:
        raise OverspendError(tranche, over)
    entry = enter(tranche, Kind.SPEND, amount, actor=actor, dated_on=spent_on, evidence=evidence, key=key)
    tranche.refresh_from_db()
    publish("money.spent", actor=actor, **_about(tranche), entry=entry)
    if tranche.overspent > before:
        publish("money.overspent", actor=actor, **_about(tranche), entry=entry)
    tell_of_spending(entry)
    return entry


@transaction.atomic
def reverse_spend(entry: FundingEntry, *, actor: User, reason: str) -> FundingEntry:
    """Take spending back by another entry; the first stays. On an initiative that ended, what becomes unspent by it is
    returned at once. Raises PermissionDenied for all but finance, DomainError for what is no spending or was reversed.
    """
    tranche = _locked(entry.tranche)
    if not can_record_spend(actor, tranche.initiative):
        raise PermissionDenied(SPENDING)
    if not reason.strip():
        raise DomainError("Say what was wrong with it.", field="reason")
    if entry.kind != Kind.SPEND or entry.reverses_id:
        raise DomainError("Only spending is reversed.")
    if FundingEntry.objects.filter(reverses=entry).exists():
        raise DomainError("This was reversed already.")
    today = clock.today()
    reversal = enter(
        tranche, Kind.SPEND, -entry.amount, actor=actor, dated_on=today, reason=reason.strip(), reverses=entry
    )
    tranche.refresh_from_db()
    if tranche.initiative.stage in ENDED and tranche.unspent:
        enter(tranche, Kind.RETURN, tranche.unspent, actor=actor, reason=reason.strip())
    publish("money.reversed", actor=actor, **_about(tranche), entry=entry)
    tell_of_spending(reversal)
    return reversal


def _check_spend(amount: Decimal, spent_on: date, evidence: str, key: str) -> None:
    if amount <= 0:
        raise DomainError("Spending is more than 0. To take some back, reverse its entry.", field="amount")
    if spent_on > clock.today():
        raise DomainError("Money is spent today or before.", field="spent_on")
    if not evidence:
        raise DomainError("Name the evidence: an invoice, a booking.", field="evidence")
    if not key:
        raise DomainError("Give the booking a key, so that it lands once.", field="key")


def _locked(tranche: Tranche) -> Tranche:
    """The tranche as it is now, its initiative and its envelope locked in their order."""
    initiative = Initiative.objects.select_for_update(of=["self"]).defer("search").get(pk=tranche.initiative_id)
    Envelope.objects.select_for_update(of=["self"]).get(pk=tranche.envelope_id)
    decided = ("decision__review", "decision__body", "approved_in__review", "approved_in__body")
    related = (*decided, "envelope__bucket", "condition")
    found = Tranche.objects.select_related(*related).get(pk=tranche.pk)
    found.initiative = initiative
    return found


def locked_tranches(initiative: int, among: QuerySet[Tranche] | None = None) -> list[Tranche]:
    """The tranches of a locked initiative, or those `among` some, with their envelopes locked."""
    rows = Tranche.objects.all() if among is None else among
    tranches = [*rows.filter(initiative=initiative).order_by("pk")]
    hold_envelopes(tranches)
    return tranches


def hold_envelopes(tranches: Iterable[Tranche]) -> None:
    """Lock the envelopes of tranches whose initiatives are locked, the lowest id first."""
    envelopes = {each.envelope_id for each in tranches}
    [*Envelope.objects.select_for_update(of=["self"]).filter(pk__in=envelopes).order_by("pk").values_list("pk")]


def enter(tranche: Tranche, kind: str, amount: Decimal, *, actor: User, **more: Any) -> FundingEntry:
    """One movement, dated today unless told. Whoever calls it has checked it and holds the locks."""
    more.setdefault("dated_on", clock.today())
    return FundingEntry.objects.create(
        tranche=tranche, kind=kind, amount=amount, recorded_by=actor, recorded_at=clock.now(), **more
    )


def _about(tranche: Tranche) -> dict[str, Any]:
    return {"initiative": tranche.initiative_id, "tranche": tranche}
