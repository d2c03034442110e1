"""Setting what may be committed in a bucket and a period, and changing it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.conflicts import changes_to_make
from aiso.errors import DomainError
from aiso.events.outbox import publish
from aiso.web import figures
from portfolio.models import Bucket

from ..models import Envelope
from ..permissions import SETTING, can_set_envelopes


@transaction.atomic
def set_envelope(
    bucket: Bucket, *, actor: User, starts_on: date, ends_on: date, amount: Decimal, reason: str
) -> Envelope:
    """Set what may be committed in a bucket from a day to another, both included.

    Raises PermissionDenied for all but office leads and executives, DomainError without a reason, for days in the wrong
    order, an amount below 0, or days that another envelope of the bucket has.
    """
    if not can_set_envelopes(actor):
        raise PermissionDenied(SETTING)
    # Two who set one for the same bucket: the second sees the first's.
    Bucket.objects.select_for_update(of=["self"], no_key=True).get(pk=bucket.pk)
    envelope = Envelope(bucket=bucket, starts_on=starts_on, ends_on=ends_on, amount=amount)
    _check(envelope, reason)
    envelope.reason, envelope.set_by, envelope.set_at = reason.strip(), actor, clock.now()
    envelope.save()
    envelope.refresh_from_db()
    publish("envelope.set", actor=actor, envelope=envelope)
    return envelope


@transaction.atomic
def change_envelope(
    envelope: Envelope, *, actor: User, reason: str, seen: Mapping[str, Any] | None = None, **fields: Any
) -> Envelope:
    """Change the `amount` or the last day (`ends_on`) of an envelope, with a reason; what it was stays in its history.

    Raises PermissionDenied for all but office leads and executives, DomainError below what is committed, without a
    reason, or where nothing changes, ConflictError where somebody else changed the same since it was `seen`.
    """
    if not can_set_envelopes(actor):
        raise PermissionDenied(SETTING)
    Bucket.objects.select_for_update(of=["self"], no_key=True).get(pk=envelope.bucket_id)
    envelope = Envelope.objects.select_for_update(of=["self"]).select_related("bucket").get(pk=envelope.pk)
    changes = changes_to_make(envelope, seen=seen or {}, wanted=fields)
    if not changes:
        raise DomainError("Nothing changes by this.")
    for name, value in changes.items():
        setattr(envelope, name, value)
    _check(envelope, reason)
    envelope.reason, envelope.set_by, envelope.set_at = reason.strip(), actor, clock.now()
    envelope.save(update_fields=[*changes, "reason", "set_by", "set_at"])
    envelope.refresh_from_db()
    publish("envelope.changed", actor=actor, envelope=envelope, fields=sorted(changes))
    return envelope


def _check(envelope: Envelope, reason: str) -> None:
    if not reason.strip():
        raise DomainError("Say why.", field="reason")
    if envelope.ends_on < envelope.starts_on:
        raise DomainError("It ends on its first day or later.", field="ends_on")
    if envelope.amount < 0:
        raise DomainError("An envelope is 0 or more.", field="amount")
    if envelope.amount < envelope.committed:
        told = figures.exact_money(envelope.committed)
        raise DomainError(f"{told} is committed already: an envelope never holds less.", field="amount")
    namesakes = Envelope.objects.filter(bucket=envelope.bucket_id).exclude(pk=envelope.pk)
    other = namesakes.filter(starts_on__lte=envelope.ends_on, ends_on__gte=envelope.starts_on).first()
    if other:
        days = f"{figures.day(other.starts_on)} to {figures.day(other.ends_on)}"
        raise DomainError(f"The bucket has an envelope from {days} already.", field="ends_on")
