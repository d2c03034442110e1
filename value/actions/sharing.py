"""Costs that several initiatives share: the rules, posting by one, and taking a shared cost back whole."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from portfolio.models import Initiative

from ..models import LedgerEntry, SharedCost, SharedCostPart, SharingPart, SharingRule, SharingVersion
from ..permissions import KEEPING_SHARING, SHARING, can_keep_sharing, can_share
from ..posting import Ground, NewEntry, why_not_post
from ..sharing import SharingGround, Split, is_same_cost
from .copying import copy_in
from .post import hold_months, take_back

TAKEN = "This key names another shared cost already."
MOST_PARTS = 100
SMALLEST = Decimal("0.0001")
type Parts = Sequence[tuple[Initiative, Decimal]]


@transaction.atomic
def add_sharing_rule(*, actor: User, name: str, starts_on: date, basis: str, reason: str, parts: Parts) -> SharingRule:
    """Name a rule and say how it shares costs from a day on.

    Raises PermissionDenied for all but finance for the whole company, DomainError for shares that are not 100 % or an
    initiative that takes no entries, ValidationError for a name that is there already.
    """
    if not can_keep_sharing(actor):
        raise PermissionDenied(KEEPING_SHARING)
    rule = SharingRule(name=name.strip(), made_by=actor, made_at=clock.now())
    rule.full_clean()
    rule.save()
    version = _write(rule, actor, starts_on, basis, reason, parts)
    publish("sharing_rule.added", actor=actor, rule=rule, version=version)
    return rule


@transaction.atomic
def revise_sharing_rule(
    rule: SharingRule, *, actor: User, starts_on: date, basis: str, reason: str, parts: Parts
) -> SharingVersion:
    """Say how a rule shares costs from a day on. What was posted by an earlier version stays as it is.

    Raises as `add_sharing_rule` does; DomainError too where the last version names an initiative that one does not see,
    which the next one would drop unnoticed.
    """
    if not can_keep_sharing(actor):
        raise PermissionDenied(KEEPING_SHARING)
    hold_sharing()
    last = rule.versions.order_by("-pk").first()
    if last and last.parts.exclude(initiative__in=Initiative.objects.visible_to(actor)).exists():
        raise DomainError("It names an initiative that you do not see. Somebody who sees all of them writes it anew.")
    version = _write(rule, actor, starts_on, basis, reason, parts)
    publish("sharing_rule.revised", actor=actor, rule=rule, version=version)
    return version


def _write(rule: SharingRule, actor: User, starts_on: date, basis: str, reason: str, parts: Parts) -> SharingVersion:
    check_parts(parts)
    seen = Initiative.objects.visible_to(actor).filter(pk__in=[initiative.pk for initiative, _ in parts])
    if seen.count() != len(parts):
        raise DomainError("Name initiatives that you see.", field="parts")
    version = SharingVersion(
        rule=rule,
        starts_on=starts_on,
        basis=basis.strip(),
        reason=reason.strip(),
        written_by=actor,
        written_at=clock.now(),
    )
    version.full_clean()
    version.save()
    copy_in([SharingPart(version=version, initiative=initiative, share=share) for initiative, share in parts])
    return version


def check_parts(parts: Parts) -> None:
    """Raises DomainError for parts that are no 100 %, too many, named twice, or of what takes no entries."""
    if not 2 <= len(parts) <= MOST_PARTS:
        raise DomainError(f"A rule shares among 2 to {MOST_PARTS} initiatives.", field="parts")
    if len({initiative.pk for initiative, _ in parts}) < len(parts):
        raise DomainError("Name each initiative once.", field="parts")
    for initiative, share in parts:
        if share <= 0 or share % SMALLEST:
            raise DomainError(
                f"{initiative.reference}: a share is more than 0, with up to four decimals.", field="parts"
            )
        if refusal := why_not_post(initiative):
            raise DomainError(f"{initiative.reference}: {refusal}", field="parts")
    if (total := sum((share for _, share in parts), Decimal(0))) != 100:
        raise DomainError(f"The shares are {total.normalize():f} %; together they are 100 %.", field="parts")


@transaction.atomic
def post_shared_cost(rule: SharingRule, asked: NewEntry, *, actor: User) -> SharedCost:
    """Post a cost by the version of a rule that holds on its date: one entry for each part, all or none. Its key names
    it: posted again with the same content it answers with the first.

    Raises PermissionDenied for all but finance of each part, DomainError for what cannot be posted on one of them.
    """
    hold_sharing()
    sharing = SharingGround(actor, [rule.pk])
    hold_initiatives(sharing.initiatives)
    hold_months()
    # Read anew once nobody else changes them.
    sharing = SharingGround(actor, [rule.pk])
    version = sharing.version_on(rule, asked.dated_on)
    if not can_share(actor, [part.initiative for part in version.parts.all()]):
        raise PermissionDenied(SHARING)
    if earlier := SharedCost.objects.filter(key=asked.key.strip()).select_related("version").first():
        if earlier.version.rule_id != rule.pk or not is_same_cost(earlier, asked):
            raise DomainError(TAKEN, field="key")
        return earlier
    drawn = sharing.drawn(rule, asked, Ground([asked]))
    drawn.cost.full_clean(validate_unique=False, validate_constraints=False)
    insert_drawn([], [drawn], actor=actor)
    publish("shared_cost.posted", actor=actor, cost=drawn.cost, rule=rule)
    return drawn.cost


@transaction.atomic
def reverse_shared_cost(cost: SharedCost, *, actor: User, reason: str) -> list[LedgerEntry]:
    """Take all parts of a shared cost back, each by an entry of today.

    Raises PermissionDenied for all but finance of each part, DomainError for one that was reversed.
    """
    rows = LedgerEntry.objects.filter(shared_part__shared_cost=cost)
    hold_initiatives({*rows.values_list("initiative", flat=True)})
    parts = rows.select_related("initiative", "reversed_by").defer("initiative__search").order_by("initiative")
    entries = [*parts]
    if not can_share(actor, [entry.initiative for entry in entries]):
        raise PermissionDenied(SHARING)
    made = [take_back(entry, actor=actor, reason=reason) for entry in entries]
    publish("shared_cost.reversed", actor=actor, cost=cost, reversals=[each.pk for each in made])
    return made


def insert_drawn(entries: Sequence[LedgerEntry], splits: Sequence[Split], *, actor: User) -> None:
    """Insert costs that were drawn while their initiatives and months were held, and the parts of those that are
    shared; tell of all of them at once.
    """
    parts = [entry for each in splits for _, entry in each.parts]
    copy_in([*entries, *parts])
    copy_in([each.cost for each in splits])
    shared = [
        SharedCostPart(shared_cost=each.cost, entry=entry, part=part) for each in splits for part, entry in each.parts
    ]
    copy_in(shared)
    if made := [*entries, *parts]:
        ids = sorted({entry.initiative_id for entry in made})
        publish("ledger.posted", actor=actor, entries=len(made), initiatives=ids[:100])


def hold_sharing() -> None:
    """Until the transaction ends nobody else changes what cost centres and rules say, or posts a shared cost."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('value_sharedcost'))")


def hold_initiatives(ids: set[int]) -> None:
    """Lock initiatives by their ids, so that whoever locks several never waits for one who waits for them."""
    rows = Initiative.objects.select_for_update(of=["self"]).filter(pk__in=ids).order_by("pk")
    [*rows.values_list("pk")]
