"""Lines of scorecards tell the last two values that stand: the database finds the same as plain Python."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from aiso.accounts.models import User
from portfolio.models import OutcomeMetric, Workflow
from tests.factories import make_entry, make_initiative
from value.adoption_told import Told
from value.models import AdoptionReading, Measurement, MeasurementAnswer
from value.scorecards.judged import Line
from value.scorecards.lines import lines_of
from value.scorecards.wanted import wanted

DAY, WEEK = date(2026, 6, 10), date(2026, 6, 14)
BASELINE = {"baseline": Decimal(14), "baseline_on": date(2026, 3, 3), "baseline_source": "maintenance log"}
# What a reading must say to say something for a source.
SAYS = {"active": "active_users", "repeat": "repeat_users", "opt_outs": "opt_outs", "satisfaction": "answered"}
# Values that are told, the last first; whether the last is proven; whether a later one is withheld.
type Stood = tuple[list[tuple[Decimal, date]], bool, bool]


def measure_at_random(metric: OutcomeMetric, by: User, chance: random.Random) -> None:
    """On few days, so that some fall on one. What stands is answered or corrected, and the baseline may move on."""
    for _ in range(chance.randrange(12)):
        earlier = chance.choice([*metric.measurements.current(), None])
        deed = chance.choice(["measure", "measure", "measure", "confirm", "reject"])
        if deed == "measure":
            Measurement.objects.create(
                initiative=metric.initiative,
                metric=metric,
                value=chance.randrange(20),
                measured_on=DAY - timedelta(days=chance.randrange(4)),
                method="Log",
                corrects=earlier,
                recorded_by=by,
            )
        elif earlier and not hasattr(earlier, "answer"):
            MeasurementAnswer.objects.create(
                initiative=metric.initiative,
                measurement=earlier,
                is_confirmed=deed == "confirm",
                reason="" if deed == "confirm" else "No.",
                answered_by=by,
                **{name: getattr(metric, name) for name in MeasurementAnswer.AGAINST},
            )
    if chance.random() < 0.5:
        moved = chance.choice([{"baseline": 15}, {"baseline": None, "baseline_on": None, "baseline_source": ""}])
        OutcomeMetric.objects.filter(pk=metric.pk).update(**moved)


def read_at_random(workflow: Workflow, by: User, chance: random.Random) -> None:
    """Of many and of few people, with gaps, and corrected up to twice."""
    for back in range(5):
        earlier = None
        for _ in range(chance.randrange(4)):
            target = chance.choice([4, 60, 60, 60])
            active = min(target, chance.choice([0, 3, 5, 41]))
            answered = min(active, chance.choice([0, 3, 5, 41])) or None
            earlier = AdoptionReading.objects.create(
                workflow=workflow,
                week_ends_on=WEEK - timedelta(days=7 * back),
                target_users=target,
                active_users=active,
                repeat_users=chance.choice([None, 0, min(active, 3), active]),
                opt_outs=chance.choice([None, 0, 3, target]),
                satisfaction=answered and Decimal("3.5"),
                answered=answered,
                source="Usage report",
                corrects=earlier,
                reason="Anew." if earlier else "",
                recorded_by=by,
            )


def of_metric(metric: OutcomeMetric) -> Stood:
    stands = [
        each
        for each in metric.measurements.all()
        if not hasattr(each, "corrected_by") and (not hasattr(each, "answer") or each.answer.is_confirmed)
    ]
    stands.sort(key=lambda each: (each.measured_on, each.pk), reverse=True)
    is_proven = bool(stands) and hasattr(stands[0], "answer") and stands[0].answer.holds
    return [(each.value, each.measured_on) for each in stands], is_proven, False


def of_workflow(workflow: Workflow, source: str) -> Stood | None:
    """None where no reading says something for the source."""
    stands = [each for each in workflow.adoption_readings.all() if not hasattr(each, "corrected_by")]
    said = [each for each in stands if getattr(each, SAYS[source]) is not None]
    said.sort(key=lambda each: each.week_ends_on, reverse=True)
    told = []
    for each in said:
        value = Told.of(each).value("satisfaction" if source == "satisfaction" else SAYS[source])
        if value is not None:
            whole = {"satisfaction": 1, "repeat": each.active_users}.get(source, each.target_users)
            told.append((round(Decimal(value) / whole, 6), each.week_ends_on))
    return (told, True, not told or told[0][1] < said[0].week_ends_on) if said else None


@pytest.mark.parametrize("seed", range(3))
def test_the_database_finds_the_last_two_as_python_does(seed, office_lead):
    """Of facts at random, asked of all initiatives and of some."""
    chance = random.Random(seed)
    workflows = [make_entry(Workflow) for _ in range(4)]
    for workflow in workflows:
        read_at_random(workflow, office_lead, chance)
    by_hand: dict[tuple[int, str, int], Stood | None] = {}
    for workflow in [*workflows, workflows[0], None]:
        initiative = make_initiative(workflow=workflow)
        for name in ("Stops", "Hours", "Errors"):
            metric = OutcomeMetric.objects.create(
                initiative=initiative, name=name, unit="each", direction="down", **BASELINE
            )
            measure_at_random(metric, office_lead, chance)
            by_hand[initiative.pk, "metric", metric.pk] = of_metric(OutcomeMetric.objects.get(pk=metric.pk))
        if workflow:
            by_hand |= {(initiative.pk, source, workflow.pk): of_workflow(workflow, source) for source in SAYS}

    with connection.cursor() as cursor:
        cursor.execute(wanted())
        lines = [Line(*row) for row in cursor.fetchall()]

    found = {(line.initiative_id, line.source, line.key): line for line in lines}
    assert len(found) == len(lines)
    assert found.keys() == {key for key, stood in by_hand.items() if stood}
    for key, line in found.items():
        told, is_proven, is_withheld = by_hand[key] or ([], False, False)
        last = [(line.latest, line.latest_on), (line.previous, line.previous_on)]
        assert last == [*told, (None, None), (None, None)][:2], key
        assert (line.is_proven, line.is_withheld) == (is_proven, is_withheld), key
    some = {line.initiative_id for line in lines[:3]}
    asked = [line for few in lines_of(some).values() for line in few]
    assert sorted(asked, key=repr) == sorted((line for line in lines if line.initiative_id in some), key=repr)
