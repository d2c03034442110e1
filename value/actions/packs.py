"""Asking for a board pack, subscribing to one a month, and asking for those of a month."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from aiso import clock
from aiso.accounts.models import BusinessUnit, User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from portfolio.models import Bucket

from ..dashboard.address import FIRST_DAY
from ..models import BoardPack, PackSubscription
from ..packs.pins import asked_of, reach_of

ACTIVE = "Only who works here asks for packs."
# How often a monthly pack is asked for that could not be made.
TRIES = 3
# Packs of one person that may be in the making at once.
MOST_AT_ONCE = 3
BUSY = "Three of your packs are still being made. Ask for another one when one of them is ready."
MAILED = "Packs are mailed to people. A program asks for each of them."


@transaction.atomic
def ask_for_pack(
    *,
    actor: User,
    days: int,
    as_of: date,
    unit: BusinessUnit | None = None,
    bucket: Bucket | None = None,
    key: str = "",
    subscription: PackSubscription | None = None,
) -> BoardPack:
    """Have a pack made of what is known now and the actor's roles show. Asked again with one key, it is the first one.

    Raises DomainError for a day that no figure is told of, and while three of the actor's packs are in the making;
    those that come by mail are asked for nonetheless.
    """
    if not actor.is_active:
        raise PermissionDenied(ACTIVE)
    if not FIRST_DAY <= as_of <= clock.today():
        raise DomainError(f"Give a day from {FIRST_DAY} up to today.", field="as_of")
    pins: dict[str, Any] = {"days": days, "as_of": as_of, "known_at": clock.now(), "unit": unit, "bucket": bucket}
    asked = asked_of(BoardPack(**pins))
    if subscription is None:
        _check_not_busy(actor, key)
    # Sent twice at once: the second waits for the first to commit, and finds it.
    pack, is_new = BoardPack.objects.get_or_create(
        asked_by=actor,
        key=key or f"asked:{uuid4()}",
        defaults=pins | reach_of(actor, asked) | {"subscription": subscription},
    )
    if is_new:
        publish("pack.asked", actor=actor, pack=pack)
    return pack


def _check_not_busy(actor: User, key: str) -> None:
    # One after the other, so that several at once are counted.
    User.objects.select_for_update(of=["self"], no_key=True).get(pk=actor.pk)
    packs = BoardPack.objects.filter(asked_by=actor)
    if key and packs.filter(key=key).exists():
        return
    if packs.filter(state__in=BoardPack.MOVING).count() >= MOST_AT_ONCE:
        raise DomainError(BUSY)


@transaction.atomic
def subscribe_to_packs(
    *, actor: User, days: int, unit: BusinessUnit | None = None, bucket: Bucket | None = None
) -> PackSubscription:
    """Have a pack mailed on the first of each month. Subscribed twice to the same one, it comes once."""
    if not actor.is_active or actor.is_service_account:
        raise PermissionDenied(MAILED)
    scope: dict[str, Any] = {"days": days, "unit": unit, "bucket": bucket}
    subscription, is_new = PackSubscription.objects.get_or_create(person=actor, ended_at=None, **scope)
    if is_new:
        publish("packs.subscribed", actor=actor, pack_subscription=subscription)
    return subscription


@transaction.atomic
def end_subscription(subscription: PackSubscription, *, actor: User) -> PackSubscription:
    """Have no more packs mailed. Only one's own; ended twice, it ended the first time."""
    subscription = PackSubscription.objects.select_for_update(of=["self"]).get(pk=subscription.pk)
    if subscription.person_id != actor.pk:
        raise PermissionDenied("Each person ends their own subscriptions.")
    if subscription.ended_at is None:
        subscription.ended_at = clock.now()
        subscription.save(update_fields=["ended_at"])
        publish("packs.unsubscribed", actor=actor, pack_subscription=subscription)
    return subscription


def ask_for_monthly_packs() -> int:
    """Ask for the packs of the month before, once a subscription: a run that was missed is made up for by the next one,
    and so is a pack that was not made, twice at most. Returns how many are new. Months before a subscription began are
    not its.
    """
    as_of = clock.today().replace(day=1) - timedelta(days=1)
    there = BoardPack.objects.filter(as_of=as_of).exclude(state=BoardPack.State.FAILED)
    running = PackSubscription.objects.filter(ended_at=None, person__is_active=True).exclude(packs__in=there)
    waiting = [each for each in running.select_related("person", "unit", "bucket") if _began(each) <= as_of]
    return sum(_ask_for_month(each, as_of) for each in waiting)


@transaction.atomic
def _ask_for_month(subscription: PackSubscription, as_of: date) -> bool:
    # Two runs at once, or an end meanwhile: whoever comes second waits, and finds it done.
    locked = PackSubscription.objects.select_for_update(of=["self"]).filter(pk=subscription.pk, ended_at=None)
    tried = [*subscription.packs.filter(as_of=as_of).values_list("state", flat=True)]
    if not locked.exists() or len(tried) >= TRIES or any(state != BoardPack.State.FAILED for state in tried):
        return False
    ask_for_pack(
        actor=subscription.person,
        days=subscription.days,
        as_of=as_of,
        unit=subscription.unit,
        bucket=subscription.bucket,
        key=f"monthly:{subscription.pk}:{as_of}" + (f":{len(tried)}" if tried else ""),
        subscription=subscription,
    )
    return True


def _began(subscription: PackSubscription) -> date:
    return timezone.localtime(subscription.started_at).date()
