"""Invented barriers and releases of the demonstration."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from aiso import clock
from aiso.accounts.models import User

from ..actions.clear_barriers import lift_barrier, raise_barrier
from ..actions.record_releases import add_criterion, mark_released, record_release, record_result
from ..models import Barrier, BarrierKind, Initiative, Release

# What holds it up, its kind, whom it waits for, and how such a thing was lifted.
BARRIERS = (
    ("No read access to the case history", "Data access", "Data stewards", "Read access granted for six months."),
    ("May recordings of calls be kept for training?", "Legal question", "Legal", "Yes, with consent asked beforehand."),
    ("The connector stores passwords in plain text", "Security finding", "Supplier", "Closed with version 3.2."),
    ("The frame contract is used up", "Procurement", "Procurement", "A second lot was called."),
    ("Nobody has time to label 2,000 examples", "People", "Service operations", "Two people for three weeks."),
    ("Test system of the billing software is down", "Integration", "Platform team", "Rebuilt."),
    ("Budget of next quarter is not released", "Budget", "Finance", "Released with the quarter."),
)
# Category, criterion, demand, threshold, unit, results around which figure; none for a yes.
CRITERIA = (
    ("evaluation", "Right answers on the test set", "at_least", 92, "%", 91, 97),
    ("performance", "Answers within, 95th percentile", "at_most", 3, "seconds", 1, 4),
    ("fairness", "Widest gap between groups", "at_most", 5, "points", 2, 6),
    ("red_team", "Attacks withstood", "at_least", 95, "%", 94, 100),
)
OWNERS = ("technical-owner", "jonas.weber", "grace.mbeki", "data-reviewer", "office-member")


def hold_up(initiative: Initiative, people: dict[str, User], chance: Random) -> None:
    """One or two barriers, some of them late, some lifted."""
    office = people["office-member"]
    for what, kind, waiting_on, how in chance.sample(BARRIERS, k=chance.randrange(1, 3)):
        owner = people[chance.choice(OWNERS)]
        barrier = raise_barrier(
            initiative,
            actor=office,
            kind=BarrierKind.objects.get(name=kind),
            what=what,
            owner=owner,
            waiting_on=waiting_on,
            wanted_by=clock.today() + timedelta(days=chance.randrange(1, 25)),
        )
        _age(barrier, days=chance.randrange(2, 45))
        if chance.random() < 0.3:
            lift_barrier(barrier, actor=owner, how=how)


def release(initiative: Initiative, people: dict[str, User], chance: Random) -> None:
    """A release that is out, and one that is planned with the same criteria."""
    office = people["office-member"]
    first = record_release(
        initiative, actor=office, name="1.0", scope="One team", volume_share=Decimal(10), rollback="Switch it off."
    )
    for category, name, demand, threshold, unit, *_ in CRITERIA:
        figure = {"threshold": Decimal(threshold), "unit": unit}
        add_criterion(first, actor=office, category=category, name=name, demand=demand, **figure)
    _measure(first, office, chance, sound=True)
    mark_released(first, actor=office, released_on=clock.today() - timedelta(days=chance.randrange(20, 90)))
    soon = clock.today() + timedelta(days=chance.randrange(5, 40))
    told: dict[str, Any] = {
        "scope": "Two more teams",
        "volume_share": Decimal(35),
        "planned_on": soon,
        "rollback": "Back to 1.0.",
    }
    _measure(record_release(initiative, actor=office, name="1.1", like=first, **told), office, chance, sound=False)


def _measure(of: Release, actor: User, chance: Random, *, sound: bool) -> None:
    ranges = {name: (demand, threshold, low, high) for _, name, demand, threshold, _, low, high in CRITERIA}
    for criterion in of.criteria.select_related("release__initiative"):
        demand, threshold, low, high = ranges[criterion.name]
        if not sound and chance.random() < 0.3:
            continue
        if sound:
            low, high = (threshold, high) if demand == "at_least" else (low, threshold)
        day = clock.today() - timedelta(days=chance.randrange(1, 15))
        record_result(criterion, actor=actor, result=Decimal(chance.randrange(low, high + 1)), measured_on=day)


def _age(barrier: Barrier, *, days: int) -> None:
    """Let a barrier be there for a while, which raising one today cannot say."""
    moved = timedelta(days=days)
    Barrier.objects.filter(pk=barrier.pk).update(
        raised_at=barrier.raised_at - moved, wanted_by=barrier.wanted_by - moved / 2
    )
