"""Kept sums: any history reads from them as from the facts, and each step leaves what a whole recompute would."""

from datetime import timedelta
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from aiso import clock
from aiso.accounts.models import Role
from portfolio.models import Bucket, Initiative
from tests.factories import make_person, make_unit
from value.cost_coverage import CostCoverage, cost_coverage_of
from value.dashboard.asked import Asked, money_counted_for
from value.dashboard.money import coverages, worths
from value.kept.recompute import check_kept, recompute_all, recompute_marked
from value.models import DailySum
from value.worth import DECAYED, worth_of

from .test_worth import DEEDS, NOON, ZONES, Story

pytestmark = pytest.mark.django_db
SEEDS = st.integers(0, 2**63)
KEPT_DEEDS = DEEDS | {"move": 2, "replant": 1, "count": 6, "pause": 1}


class Company(Story):
    """The same with units, buckets and secrets, among which initiatives move, and with recomputes now and then."""

    def __init__(self) -> None:
        super().__init__()
        top, other = make_unit("Top"), make_unit("Other")
        below = make_unit("Below", parent=top)
        self.units = [top, other, below, make_unit("Deep", parent=below)]
        self.buckets = [None, *(Bucket.objects.create(name=f"Bucket {n}") for n in range(2))]
        for who, unit in enumerate((3, 1)):
            Initiative.objects.filter(pk=self.metrics[who].initiative_id).update(unit=self.units[unit])
        self.viewers = [
            make_person("", Role.OFFICE_LEAD),
            make_person("", Role.EXECUTIVE),
            make_person("", Role.FINANCE_CONTROLLER, role_unit=below),
            make_person("", Role.AUDITOR, role_unit=other),
            make_person("", Role.AUDITOR, role_unit=top),
        ]
        recompute_all()

    def count(self, who: int, cents: int, dice: int) -> None:
        recompute_marked()

    def move(self, who: int, cents: int, dice: int) -> None:
        told = (
            {"unit": self.units[dice % 4]},
            {"bucket": self.buckets[cents % 3]},
            {"is_confidential": bool(cents % 2)},
        )
        Initiative.objects.filter(pk=self.metrics[who].initiative_id).update(**told[dice % 3])

    def replant(self, who: int, cents: int, dice: int) -> None:
        below = self.units[2]
        below.parent = self.units[dice % 2]
        below.save()
        for viewer in self.viewers:
            viewer.__dict__.pop("role_units", None)

    def pause(self, who: int, cents: int, dice: int) -> None:
        day = clock.today() - timedelta(days=dice % 200)
        told = {"stage": ("paused", "scale")[dice % 2], "source": "opening"}
        self.metrics[who].initiative.stage_changes.create(changed_on=day, **told)

    def compare(self, chance: Random) -> None:
        for _ in range(8):
            unit = chance.choice([None, None, *self.units])
            bucket = chance.choice([None, None, *self.buckets[1:]])
            days = [NOON.date() + timedelta(days=chance.randint(-60, 160)) for _ in range(3)]
            asked = [Asked(chance.choice((1, 7, 30, 60, 90)), day, None, unit, bucket) for day in days]
            viewer = chance.choice(self.viewers)
            for each, worth in zip(asked, worths(viewer, asked), strict=True):
                initiatives = money_counted_for(viewer, each)
                if initiatives is None:
                    assert worth is None
                    continue
                facts = worth_of(initiatives, each.window)
                # Nothing decayed is not told.
                assert _told(worth.parts) == _told(facts.parts)
                event(f"decayed: {bool(facts.decayed)}")
            for each, coverage in zip(asked, coverages(viewer, asked), strict=True):
                initiatives = money_counted_for(viewer, each)
                expected = initiatives is not None and cost_coverage_of(initiatives, each.window)
                assert _sorted(coverage) == _sorted(expected or None)


def _told(parts):
    return {key: amount for key, amount in parts.items() if key[0] != DECAYED or amount}


def _sorted(coverage: CostCoverage | None):
    return coverage and (coverage.covered, sorted(coverage.missing))


def _history(seed: int) -> list[tuple[str, int, int, int]]:
    chance = Random(seed)
    names = chance.choices([*KEPT_DEEDS], [*KEPT_DEEDS.values()], k=chance.randint(20, 60))
    return [(name, chance.randint(0, 1), chance.randint(1, 10**7), chance.randint(0, 10_000)) for name in names]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(SEEDS.map(_history), SEEDS, st.sampled_from(ZONES))
def test_any_history_reads_from_sums_as_from_facts(db, settings, steps, seed, zone):
    settings.TIME_ZONE = zone
    chance = Random(seed)
    with transaction.atomic():
        with clock.fixed_at(NOON):
            story = Company()
        now = NOON
        for place, (name, who, cents, dice) in enumerate(steps):
            now += timedelta(days=dice % 25, hours=1) if name == "wait" else timedelta(minutes=1)
            with clock.fixed_at(now):
                if name != "wait":
                    getattr(story, name)(who, cents, dice)
                if place % 15 == 14:
                    recompute_marked()
                    story.compare(chance)
                    assert check_kept() == (0, [])
        with clock.fixed_at(now):
            recompute_marked()
            story.compare(chance)
            assert check_kept() == (0, [])
            assert not any(recompute_all().values())
            assert DailySum.objects.exists()
        transaction.set_rollback(True)
