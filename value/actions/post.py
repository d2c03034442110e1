"""Posting what an initiative brings and costs, and taking an entry back by another one."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from portfolio.models import Initiative, OutcomeMetric

from ..days_taken_back import days_taken_back
from ..models import ClosedMonth, LedgerEntry, ValuingMethod
from ..models.ledger import BY_CENTRE, BY_INCIDENT, BY_RULE
from ..models.ledger_triggers import MONTHS
from ..permissions import POSTING, REVERSING, can_post, can_reverse
from ..posting import Ground, NewEntry, is_same

TAKEN = "This key names another entry of this initiative already."
FROM_A_TRANCHE = "It came from a tranche. Take the spending back under Funding, and this with it."
# How keys begin that nobody may choose, and what they are kept for.
KEPT_KEYS = {BY_CENTRE: "shared costs", BY_RULE: "shared costs", BY_INCIDENT: "what incidents cost"}
# What a reversal has from the entry that it takes back.
MIRRORED = ("initiative", "kind", "benefit_type", "claim", "currency", "rate", "metric", "unit_value", "method")


@transaction.atomic
def post_entry(initiative: Initiative, asked: NewEntry, *, actor: User, kept_key: str = "") -> LedgerEntry:
    """Post a benefit or a cost. Its key names it: posted again with the same content it answers with the first entry.
    `kept_key` is the beginning of keys that is kept for whoever asks.

    Raises PermissionDenied for all but owners, office and finance, DomainError for what cannot be posted: a missing
    rate, a closed month, a claim whose days are not over, or a key that is kept or names another entry.
    """
    initiative = _locked(initiative)
    if not can_post(actor, initiative):
        raise PermissionDenied(POSTING)
    kept = next((each for each in KEPT_KEYS if asked.key.strip().startswith(each)), "")
    if kept and kept != kept_key:
        raise DomainError(f"Keys that begin with “{kept}” are kept for {KEPT_KEYS[kept]}.", field="key")
    if earlier := _posted_before(initiative, asked.key.strip()):
        if not is_same(earlier, asked):
            raise DomainError(TAKEN, field="key")
        return earlier
    hold_months()
    entry = Ground([asked]).drawn(initiative, asked, actor)
    entry.method = _method(entry.metric, asked.method, actor) if entry.metric else None
    entry.full_clean(exclude=["reporting_amount"], validate_unique=False, validate_constraints=False)
    entry.save()
    publish(f"ledger.{entry.claim or 'posted'}", actor=actor, initiative=initiative, entry=entry)
    return entry


@transaction.atomic
def reverse_entry(entry: LedgerEntry, *, actor: User, reason: str) -> LedgerEntry:
    """Take an entry back by another one, dated today; the first stays. It covers the same days; where some of them are
    closed, those that are open, and where all are, today.

    Raises PermissionDenied for whoever may not, DomainError for one that was reversed, for a reversal, for what came
    from a tranche, and for a part of a shared cost, which is reversed whole.
    """
    initiative = _locked(entry.initiative)
    related = ("metric", "unit_value", "method", "answer", "reversed_by", "tranche_cost", "shared_part")
    rows = LedgerEntry.objects.select_related(*related)
    entry = rows.get(pk=entry.pk)
    entry.initiative = initiative
    if not can_reverse(actor, entry):
        raise PermissionDenied(REVERSING)
    if hasattr(entry, "shared_part"):
        raise DomainError("It is part of a shared cost. Reverse that, with all its parts.")
    return take_back(entry, actor=actor, reason=reason)


def take_back(entry: LedgerEntry, *, actor: User, reason: str) -> LedgerEntry:
    """Reverse an entry whose initiative is locked, of somebody who may. Raises DomainError as `reverse_entry` does."""
    if not reason.strip():
        raise DomainError("Say what was wrong with it.", field="reason")
    if entry.reverses_id:
        raise DomainError("This takes another entry back. Post that one again instead.")
    if hasattr(entry, "reversed_by"):
        raise DomainError("This was reversed already.")
    if hasattr(entry, "tranche_cost"):
        raise DomainError(FROM_A_TRANCHE)
    hold_months()
    reversal = reversal_of(entry, actor=actor, reason=reason, open_from=ClosedMonth.objects.open_from())
    reversal.save()
    publish("ledger.reversed", actor=actor, initiative=entry.initiative, entry=entry, reversal=reversal)
    return reversal


def reversal_of(entry: LedgerEntry, *, actor: User, reason: str, open_from: date | None) -> LedgerEntry:
    """The entry that takes another back, unsaved. Months are held."""
    first_on, last_on = days_taken_back(entry, open_from)
    return LedgerEntry(
        **{name: getattr(entry, name) for name in MIRRORED},
        amount=-entry.amount,
        quantity=None if entry.quantity is None else -entry.quantity,
        happened_on=clock.today(),
        first_on=first_on,
        last_on=last_on,
        reason=reason.strip(),
        reverses=entry,
        recorded_by=actor,
        recorded_at=clock.now(),
    )


def hold_months() -> None:
    """Until the transaction ends no month closes: what was read of them holds."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock_shared({MONTHS})")


def _posted_before(initiative: Initiative, key: str) -> LedgerEntry | None:
    rows = LedgerEntry.objects.select_related("method", "metric").exclude(key="")
    return rows.filter(initiative=initiative, key=key).first()


def _method(metric: OutcomeMetric, text: str, actor: User) -> ValuingMethod:
    """The method of a metric that says just this; a new one where none does."""
    told = {"written_by": actor, "written_at": clock.now()}
    return ValuingMethod.objects.get_or_create(metric=metric, text=text.strip(), defaults=told)[0]


def _locked(initiative: Initiative) -> Initiative:
    found: Initiative = Initiative.objects.select_for_update(of=["self"]).defer("search").get(pk=initiative.pk)
    return found
