"""An initiative with all that was merged into it, however deep: who reads what, and what it adds up to."""

from collections.abc import Mapping
from dataclasses import replace

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from aiso.accounts.models import User
from portfolio.models import Initiative
from portfolio.models.initiative import InitiativeQuerySet

from .models import Merge, Tranche
from .money import Funding, asked_of, totals_of

# Merges that stand make a forest: one that is merged is merged into nothing else, so that this ends.
MEMBERS = """
    (WITH RECURSIVE family(member) AS (
        SELECT %s::bigint
        UNION
        SELECT merge.merged_id FROM family JOIN stagegates_merge AS merge
            ON merge.survivor_id = family.member AND merge.undone_by_id IS NULL
    ) SELECT member FROM family)
"""
UPWARDS = """
    (WITH RECURSIVE way(member) AS (
        SELECT %s::bigint
        UNION
        SELECT merge.survivor_id FROM way JOIN stagegates_merge AS merge
            ON merge.merged_id = way.member AND merge.undone_by_id IS NULL
    ) SELECT member FROM way)
"""


def members_of(initiative: int) -> RawSQL:
    """The ids of an initiative and of all that was merged into it, for `__in`."""
    return RawSQL(MEMBERS, [initiative])  # noqa: S611 (a constant)


def survivor_seen(initiative: int, person: User) -> Initiative | None:
    """The initiative in which a merged one goes on by now, if the person sees it. One query."""
    last: QuerySet[Initiative] = (
        Initiative.objects.visible_to(person)
        .filter(pk__in=RawSQL(UPWARDS, [initiative]))  # noqa: S611 (a constant)
        .exclude(pk=initiative)
        .exclude(stage="merged")
    )
    return last.defer("search").first()


def family_seen(initiative: int, person: User) -> InitiativeQuerySet:
    """The members of a family that the person sees, itself included."""
    seen: InitiativeQuerySet = Initiative.objects.visible_to(person).filter(pk__in=members_of(initiative))
    return seen


def merged_among(rows: InitiativeQuerySet) -> dict[int, int]:
    """By the id of each among some that was merged into another, the one in which it goes on by now. Two queries."""
    into = dict(Merge.objects.standing().values_list("merged", "survivor"))
    asked = rows.filter(pk__in=into).order_by().values_list("pk", flat=True) if into else ()
    return {pk: _last(pk, into) for pk in asked}


def _last(merged: int, into: Mapping[int, int]) -> int:
    while merged in into:
        merged = into[merged]
    return merged


def merges_into(initiative: int, person: User) -> list[Merge]:
    """What was merged into an initiative, and into those in turn, as far as the person sees it; the latest first.

    One query.
    """
    rows = Merge.objects.standing().filter(survivor__in=members_of(initiative))
    seen = rows.filter(merged__in=Initiative.objects.visible_to(person))
    return [*seen.select_related("merged", "survivor", "decision__body", "decision__decided_by")]


def family_tranches(initiative: int, person: User) -> "QuerySet[Tranche]":
    """The tranches of an initiative, and those that merged ones left behind, as far as the person sees their money."""
    family = family_seen(initiative, person).with_money_for(person)
    found: QuerySet[Tranche] = Tranche.objects.filter(Q(initiative=initiative) | Q(initiative__in=family.values("pk")))
    return found


def family_funding(initiative: int, person: User) -> Funding:
    """What the money of a family adds up to, as far as the person sees it. One query."""
    return totals_of(family_tranches(initiative, person))


def money_of(initiative: Initiative, person: User) -> Funding:
    """The money of an initiative that the person sees, with that of its family; what is asked for is its own. Three
    queries.
    """
    return replace(family_funding(initiative.pk, person), asked=asked_of([initiative.pk])[initiative.pk])
