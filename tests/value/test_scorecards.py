"""Lines of scorecards: what they say, how they stand, and that both ways of keeping them end in the same rows."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F

from aiso import clock
from portfolio.actions.record_readings import record_reading
from portfolio.models import Initiative, OutcomeMetric, Workflow
from tests.factories import make_decision, make_entry, make_initiative
from tests.value.adoption_factories import read
from value.actions.catalogue import add_catalogue_metric, edit_catalogue_metric, match_metric
from value.actions.measure import confirm_measurement, record_measurement, reject_measurement
from value.kept.recompute import recompute_all, recompute_marked
from value.models import ScorecardLine
from value.models.scorecard import Source
from value.scorecards.judged import Line, Status, judged, status_of
from value.scorecards.limits import goals
from value.scorecards.lines import lines_of
from value.scorecards.wanted import COLUMNS
from value.scorecards.words import why

# After the shipped configuration took effect.
NOON = datetime(2027, 6, 15, 12, tzinfo=UTC)
TODAY, DAY, WEEK = date(2027, 6, 15), date(2027, 6, 10), date(2027, 6, 13)


@pytest.fixture(autouse=True)
def at_noon():
    with clock.fixed_at(NOON):
        yield


def line_of(**told: Any) -> Line:
    """A business outcome from 14 down to 9, measured 12 and then 9 five days ago and confirmed, unless told."""
    said: dict[str, Any] = {
        "initiative_id": 1,
        "category": "business_outcome",
        "source": "metric",
        "key": 1,
        "name": "Stops",
        "unit": "stops",
        "direction": "down",
        "is_comparable": True,
        "baseline": Decimal(14),
        "target": Decimal(9),
        "latest": Decimal(9),
        "latest_on": TODAY - timedelta(days=5),
        "counted": None,
        "is_proven": True,
        "is_withheld": False,
        "previous": Decimal(12),
        "previous_on": TODAY - timedelta(days=35),
    }
    return Line(**said | {name: Decimal(to) if isinstance(to, float) else to for name, to in told.items()})


ADOPTED = {"source": "active", "category": "adoption_health", "direction": "up", "baseline": None, "target": None}
DECIDED = {"source": "errors", "category": "model_quality", "baseline": None, "target": None, "counted": 1000}
STANDS: list[tuple[dict[str, Any], Status, str]] = [
    ({}, Status.ON_TARGET, "9 reaches at most 9."),
    ({"is_proven": False}, Status.WAITING, "9 reaches at most 9, and finance has not confirmed it yet."),
    ({"is_proven": False, "category": "model_quality"}, Status.ON_TARGET, "9 reaches at most 9."),
    ({"latest": Decimal(10)}, Status.BETTER, "10 misses at most 9, but it is better than 12 on 11 May 2027."),
    ({"latest": Decimal(12)}, Status.OFF_TARGET, "12 misses at most 9; as 12 on 11 May 2027."),
    ({"latest": Decimal(13)}, Status.OFF_TARGET, "13 misses at most 9; worse than 12 on 11 May 2027."),
    ({"latest": Decimal(13), "previous": None}, Status.BETTER, "13 misses at most 9, but it is better than 14 at the"),
    ({"latest": Decimal(13), "previous": None, "baseline": None}, Status.OFF_TARGET, "13 misses at most 9."),
    ({"direction": "up", "latest": Decimal(9)}, Status.ON_TARGET, "9 reaches at least 9."),
    ({"direction": "up", "latest": Decimal(8)}, Status.OFF_TARGET, "8 misses at least 9; worse than 12 on"),
    ({"target": None}, Status.NO_TARGET, "9, and no target to hold it against."),
    ({"latest": None, "latest_on": None, "is_proven": False}, Status.NO_DATA, "Nothing is measured yet."),
    ({"latest_on": TODAY - timedelta(days=92)}, Status.ON_TARGET, "9 reaches"),
    ({"latest_on": TODAY - timedelta(days=93)}, Status.STALE, "9 is of 14 Mar 2027, older than 92 days."),
    (ADOPTED | {"latest": Decimal("0.5")}, Status.ON_TARGET, "50.0 % reaches at least 50.0 %."),
    (ADOPTED | {"latest": Decimal("0.499"), "previous": Decimal("0.4")}, Status.BETTER, "49.9 % misses at least"),
    (ADOPTED | {"latest_on": TODAY - timedelta(days=29)}, Status.STALE, "900.0 % is of 2027-W20, older than 4 weeks."),
    (ADOPTED | {"latest": None, "latest_on": None, "is_withheld": True}, Status.NO_DATA, "Its groups are under five"),
    (DECIDED | {"latest": Decimal("0.01"), "counted": 3}, Status.NO_DATA, "3 decisions are too few to tell a rate"),
    (DECIDED | {"latest": Decimal("0.9"), "previous": None}, Status.OFF_TARGET, "90.0 % misses at most"),
    ({"source": "volume", "latest": Decimal(9)}, Status.NO_TARGET, "9, and no target"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("told", "status", "reason"), STANDS)
def test_a_line_stands_for_a_reason(told, status, reason):
    line, held = line_of(**told), goals()

    assert status_of(line, held, TODAY) == status
    assert why(line, status, held).replace("\xa0", " ").startswith(reason)


@pytest.mark.django_db
def test_the_database_judges_as_the_page_does(initiative):
    """Of many lines at random, with values on and beside each limit."""
    held, chance = goals(), random.Random(7)
    figures = [None, *map(Decimal, ("0", "0.1", "0.5", "3.5", "9", "12"))]
    days = [TODAY - timedelta(days=days) for days in (0, 27, 28, 29, 91, 92, 93)]
    for key in range(400):
        latest = chance.choice(figures)
        ScorecardLine.objects.create(
            initiative=initiative,
            category=chance.choice([*OutcomeMetric.Category]),
            source=chance.choice([*Source]),
            key=key,
            name="Any",
            direction=chance.choice(["up", "down"]),
            is_comparable=True,
            baseline=chance.choice(figures),
            target=chance.choice(figures),
            latest=latest,
            latest_on=None if latest is None else chance.choice(days),
            counted=chance.choice([None, 1, 10_000]),
            is_proven=chance.random() < 0.5,
            is_withheld=False,
            previous=chance.choice(figures),
        )

    rows = judged(ScorecardLine.objects.all(), held, TODAY).values_list(*COLUMNS, "rank")
    said = [(status_of(Line(*row[:-1]), held, TODAY), [*Status][row[-1]]) for row in rows]

    assert {ours for ours, _ in said} == {*Status}
    assert [each for each in said if each[0] != each[1]] == []


def told_of(initiative: Initiative) -> dict[tuple[str, str], Line]:
    return {(line.source, line.name): line for line in lines_of([initiative.pk])[initiative.pk]}


def test_a_metric_tells_its_last_two_values_that_stand(metric, initiative, business_owner, finance_controller):
    made = [
        record_measurement(
            metric, actor=business_owner, value=Decimal(value), measured_on=DAY - timedelta(days=back), method="Log"
        )
        for value, back in ((13, 30), (12, 20), (11, 10), (4, 0))
    ]
    confirm_measurement(made[2], actor=finance_controller)
    reject_measurement(made[3], actor=finance_controller, reason="Too few days.")
    record_measurement(
        metric,
        actor=business_owner,
        value=Decimal("12.5"),
        measured_on=made[1].measured_on,
        method="Log",
        corrects=made[1],
    )

    line = told_of(initiative)["metric", metric.name]

    assert (line.latest, line.latest_on, line.is_proven) == (11, DAY - timedelta(days=10), True)
    assert (line.previous, line.previous_on) == (Decimal("12.5"), DAY - timedelta(days=20))
    OutcomeMetric.objects.filter(pk=metric.pk).update(baseline=15)
    assert not told_of(initiative)["metric", metric.name].is_proven


def test_the_catalogue_says_where_a_metric_stands(metric, initiative, business_owner, office_lead):
    metric.category = "model_quality"
    metric.save()
    entry = add_catalogue_metric(
        actor=office_lead, name="Stops", unit="Stops", direction="down", category="platform_reliability"
    )
    before = told_of(initiative)["metric", metric.name]
    match_metric(metric, entry, actor=business_owner)
    after = told_of(initiative)["metric", metric.name]
    edit_catalogue_metric(
        entry, actor=office_lead, name="Stops", about="", is_active=True, category="process_efficiency"
    )
    moved = told_of(initiative)["metric", metric.name]
    OutcomeMetric.objects.filter(pk=metric.pk).update(unit="hours")
    odd = told_of(initiative)["metric", metric.name]

    assert (before.category, before.is_comparable) == ("model_quality", False)
    assert (after.category, after.is_comparable) == ("platform_reliability", True)
    assert (moved.category, odd.category, odd.is_comparable) == ("process_efficiency", "model_quality", False)


def test_adoption_tells_nothing_of_few(initiative, office_lead):
    initiative.workflow = make_entry(Workflow)
    initiative.save()
    weeks = [WEEK - timedelta(days=7 * back) for back in range(3)]
    read(initiative.workflow, office_lead, weeks[2], active_users=50, repeat_users=40, opt_outs=10)
    read(initiative.workflow, office_lead, weeks[1], active_users=60, repeat_users=3, satisfaction=4, answered=30)
    read(initiative.workflow, office_lead, weeks[0], active_users=4, repeat_users=0, opt_outs=2)

    told = {source: line for (source, _), line in told_of(initiative).items()}

    assert (told["active"].latest, told["active"].latest_on) == (Decimal("0.6"), weeks[1])
    assert (told["active"].previous, told["active"].is_withheld) == (Decimal("0.5"), True)
    assert (told["repeat"].latest, told["repeat"].latest_on) == (Decimal("0.8"), weeks[2])
    assert (told["opt_outs"].latest, told["opt_outs"].is_withheld) == (Decimal("0.1"), True)
    assert (told["satisfaction"].latest, told["satisfaction"].is_withheld) == (4, False)


def test_a_group_of_few_alone_shows_that_it_is_withheld(initiative, office_lead):
    initiative.workflow = make_entry(Workflow)
    initiative.save()
    read(initiative.workflow, office_lead, WEEK, target_users=4, active_users=3)

    [line] = told_of(initiative).values()

    assert (line.source, line.latest, line.is_withheld) == ("active", None, True)


def test_decisions_tell_overrides_errors_and_volume(initiative, business_owner):
    decision = make_decision(initiative, "Classify")
    for begin, volume, overrides, errors in ((date(2027, 5, 1), 100, 10, 5), (date(2027, 5, 8), 210, 21, 0)):
        record_reading(
            decision,
            actor=business_owner,
            first_day=begin,
            last_day=begin + timedelta(days=6),
            volume=volume,
            overrides=overrides,
            errors=errors,
        )

    told = {source: line for (source, _), line in told_of(initiative).items()}

    assert {source: (line.category, line.latest, line.previous) for source, line in told.items()} == {
        "overrides": ("model_quality", Decimal("0.1"), Decimal("0.1")),
        "errors": ("model_quality", 0, Decimal("0.05")),
        "volume": ("process_efficiency", 210, 100),
    }
    assert told["errors"].counted == 210


def kept() -> list[tuple[Any, ...]]:
    rows = ScorecardLine.objects.order_by("initiative", "source", "key")
    return [*rows.values_list(*COLUMNS)]


@pytest.mark.parametrize("seed", range(3))
def test_what_changed_alone_and_all_anew_end_in_the_same_rows(seed, office_lead, finance_controller, business_owner):
    """After each of many changes at random the lines of what it touched are written anew; then all of them are."""
    chance = random.Random(seed)
    workflows = [make_entry(Workflow) for _ in range(2)]
    initiatives = [make_initiative(owner=business_owner, workflow=chance.choice(workflows)) for _ in range(4)]
    entry = add_catalogue_metric(actor=office_lead, name="Stops", unit="stops", direction="down")
    days = [DAY - timedelta(days=back) for back in range(100)]
    weeks = [WEEK - timedelta(days=7 * back) for back in range(20)]
    for step in range(60):
        touched = [chance.choice(initiatives)]
        metrics = [*touched[0].outcome_metrics.all()]
        deed = chance.choice(["add", "measure", "measure", "answer", "match", "read", "decide", "edit", "move"])
        if deed == "add" or (deed in ("measure", "answer", "match", "edit") and not metrics):
            OutcomeMetric.objects.create(
                initiative=touched[0], name=f"M{step}", unit="stops", direction="down", target=chance.choice([None, 9])
            )
        elif deed == "measure":
            record_measurement(
                chance.choice(metrics),
                actor=business_owner,
                value=Decimal(chance.randrange(20)),
                measured_on=chance.choice(days),
                method="Log",
            )
        elif deed == "answer":
            waiting = [each for metric in metrics for each in metric.measurements.waiting()]
            for each in waiting[:1]:
                reject_measurement(each, actor=finance_controller, reason="No.")
        elif deed == "match":
            match_metric(chance.choice(metrics), chance.choice([entry, None]), actor=office_lead)
        elif deed == "edit":
            OutcomeMetric.objects.filter(pk=chance.choice(metrics).pk).update(
                category=chance.choice([*OutcomeMetric.Category]), target=F("target") + 1
            )
        elif deed == "read" and touched[0].workflow and weeks:
            active = chance.choice([0, 3, 40, 80])
            read(touched[0].workflow, office_lead, weeks.pop(), active_users=active, repeat_users=active // 2)
        elif deed == "decide":
            ours = touched[0].decision_classes.first() or make_decision(touched[0], "Classify")
            begin = date(2026, 1, 1) + timedelta(days=7 * step)
            record_reading(
                ours,
                actor=business_owner,
                first_day=begin,
                last_day=begin + timedelta(days=chance.randrange(7)),
                volume=chance.randrange(1, 300),
                overrides=0,
                errors=chance.randrange(2),
            )
        elif deed == "move":
            touched[0].workflow = chance.choice([*workflows, None])
            touched[0].save(update_fields=["workflow"])
        recompute_marked()

    piecemeal = kept()
    changed = recompute_all()["scorecard_lines"]
    ScorecardLine.objects.all().delete()
    recompute_all()

    assert len(piecemeal) > 10
    assert changed == 0
    assert kept() == piecemeal
    assert piecemeal == sorted(
        (
            tuple(getattr(line, name) for name in COLUMNS)
            for each in initiatives
            for line in lines_of([each.pk])[each.pk]
        ),
        key=lambda row: (row[0], row[2], row[3]),
    )
