"""What comes to the value and risk review by itself: exactly what should, to those who may see it, at a fixed cost."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aiso import clock
from aiso.configuration.models import ConfigurationVersion
from forums.actions.agenda import fill_agenda
from portfolio.models import PlanKind
from stagegates.actions.merge import merge_into
from tests.factories import (
    make_acceptance,
    make_initiative,
    make_person,
    make_risk,
    make_seat,
    make_unit,
    move_stage,
)
from tests.stagegates.meetings.conftest import make_meeting
from value.actions.claims import confirm_claim, reject_claim
from value.actions.measure import confirm_measurement, reject_measurement
from value.kept.recompute import recompute_all
from value.models import ScorecardLine
from value.models.scorecard import Source
from value.review import REVIEW, SOURCES
from value.review.gathered import listed_of
from value.review.net_section import told_net
from value.scorecards.judged import Line, Status, status_of
from value.scorecards.limits import goals
from value.scorecards.wanted import COLUMNS

from ..factories import claim
from .conftest import BEFORE, LAST, add_metric, close, cost, earn, item_of, measure, proposed

pytestmark = pytest.mark.django_db


def rows(meeting, source, person):
    item = item_of(meeting, source, key=f"{source}-{meeting.items.count()}")
    return listed_of([item], person)[item.pk]


def states(meeting, source, person):
    return [(row.initiatives[0].name, row.kind) for row in rows(meeting, source, person).rows]


# Outcomes: stage, values with their days, what the metric says otherwise, and what is wrong.
FEB, APRIL, JUNE = date(2027, 2, 10), date(2027, 4, 10), date(2027, 6, 10)
OUTCOMES = {
    "at the target": ("scale", [(9, JUNE)], {}, ""),
    "beyond it, though worse than before": ("scale", [(6, APRIL), (8, JUNE)], {}, ""),
    "misses it": ("scale", [(14, JUNE)], {}, "off_target"),
    "misses it, no better than before": ("scale", [(12, APRIL), (12, JUNE)], {}, "off_target"),
    "misses it, but better than before": ("scale", [(13, APRIL), (12, JUNE)], {}, "short"),
    "misses it, better, and long ago": ("scale", [(12, FEB)], {}, "stale"),
    "on its way": ("scale", [(13, APRIL), (12, JUNE)], {"horizon_on": date(2027, 12, 31)}, ""),
    "away from it": ("scale", [(11, APRIL), (12, JUNE)], {"horizon_on": date(2027, 12, 31)}, "falling"),
    "worse than the baseline": ("build", [(15, JUNE)], {"horizon_on": date(2027, 12, 31)}, "worse"),
    "a target without a day": ("pilot", [(10, JUNE)], {"horizon_on": None}, "short"),
    "higher is better": ("scale", [(15, JUNE)], {"direction": "up", "target": Decimal(20)}, "short"),
    "long ago": ("limited_rollout", [(9, FEB)], {}, "stale"),
    "ninety days ago": ("scale", [(9, date(2027, 3, 17))], {}, ""),
    "ninety-one days ago": ("scale", [(9, date(2027, 3, 16))], {}, "stale"),
    "never": ("pilot", [], {}, "never"),
    "never, and too early": ("build", [], {}, ""),
    "paused": ("paused", [(15, JUNE)], {}, ""),
    "closed": ("closed", [(15, JUNE)], {}, ""),
}


AS_ON_SCORECARDS = {"off_target": Status.OFF_TARGET, "short": Status.BETTER}


@pytest.mark.parametrize("case", OUTCOMES)
def test_an_outcome_is_listed_where_something_is_wrong(case, meeting, business_owner, chair):
    stage, values, fields, wrong = OUTCOMES[case]
    initiative = make_initiative(case, stage="pilot", since=date(2026, 10, 1), owner=business_owner)
    metric = add_metric(initiative, **fields)
    for value, day in values:
        measure(metric, value, day, business_owner)
    move_stage(initiative, stage, date(2027, 6, 11))
    assert states(meeting, "outcomes_off_target", chair) == ([(case, wrong)] if wrong else [])
    assert len(proposed("outcomes_off_target")) == bool(wrong)
    if wrong in AS_ON_SCORECARDS:
        recompute_all()
        line = Line(*ScorecardLine.objects.filter(source=Source.METRIC, key=metric.pk).values_list(*COLUMNS).get())
        assert status_of(line, goals(), clock.today()) == AS_ON_SCORECARDS[wrong]


def test_what_is_corrected_or_rejected_is_not_the_latest(running, business_owner, finance, meeting, chair):
    metric = add_metric(running)
    measure(metric, 9, APRIL, business_owner)
    wrong = measure(metric, 15, JUNE, business_owner)
    assert states(meeting, "outcomes_off_target", chair) == [(running.name, "worse")]
    reject_measurement(wrong, actor=finance, reason="Another site.")
    assert states(meeting, "outcomes_off_target", chair) == []


def test_production_without_a_metric_is_a_gap(running, meeting, chair):
    listed = rows(meeting, "outcomes_off_target", chair)
    assert [(row.what, row.kind) for row in listed.rows] == [("No outcome metric", "no_metric")]
    assert listed.says == "1 outcome: 1 without a metric."


def test_claims_wait_the_oldest_first(running, business_owner, finance, meeting, chair):
    metric = add_metric(running)
    with clock.fixed_at(clock.now() - timedelta(days=12)):
        first = claim(metric, business_owner)
    second = claim(add_metric(running, "Hours"), business_owner)
    assert len(proposed("claims_waiting")) == 1
    listed = rows(meeting, "claims_waiting", finance)
    assert [(row.id, row.state, row.amount) for row in listed.rows] == [
        (first.pk, "Waits for 12 days", 1000),
        (second.pk, "Waits since today", 1000),
    ]
    assert listed.says == "2 claims, the oldest for 12 days."
    # A claim is seen by those alone who see its money, be they of the forum.
    assert rows(meeting, "claims_waiting", chair).rows == []
    confirm_claim(first, actor=finance)
    reject_claim(second, actor=finance, reason="Measured on two days.")
    assert proposed("claims_waiting") == []


def test_benefits_that_do_not_last(business_owner, finance, meeting, chair):
    """Three months after launch: one held, one decayed, one lost, one that nobody measured for 30 days more; and one
    of which finance confirmed no benefit.
    """
    for name, then in (("held", 9), ("decayed", 11), ("lost", 14), ("overdue", None), ("nothing claimed", 14)):
        initiative = make_initiative(name, stage="scale", since=date(2027, 1, 15), owner=business_owner)
        metric = add_metric(initiative)
        confirm_measurement(measure(metric, 9, date(2027, 3, 1), business_owner), actor=finance)
        if name != "nothing claimed":
            earn(metric, 100, (date(2027, 2, 1), date(2027, 2, 28)), business_owner, finance)
        if then:
            confirm_measurement(measure(metric, then, date(2027, 5, 1), business_owner), actor=finance)
    assert proposed("decayed_benefits") == []
    recompute_all()
    assert len(proposed("decayed_benefits")) == 1
    listed = rows(meeting, "decayed_benefits", chair)
    assert [(row.initiatives[0].name, row.state) for row in listed.rows] == [
        ("lost", "Lost"),
        ("overdue", "Not measured again in time"),
        ("decayed", "Decayed: 60\N{NO-BREAK SPACE}% is left"),
    ]
    assert listed.says == "3 outcomes: 2 that count nothing, 1 that counts less."


PLANNED = {(date(2027, month, 1), kind): Decimal(100) for month in range(1, 13) for kind in ("build_cost", "run_cost")}


def test_costs_above_the_approved_plan(business_owner, finance, meeting, chair, approved_plan):
    """Five whole months, of 200 each: 1,100 is the limit."""
    told = {"within": 1100, "above": 1101, "far above": 3000}
    for name, amount in told.items():
        initiative = make_initiative(name, stage="pilot", risk_tier="moderate", owner=business_owner)
        approved_plan(initiative, PLANNED)
        cost(initiative, amount - 1, (date(2027, 1, 1), date(2027, 5, 31)), finance)
        cost(initiative, 1, (date(2027, 2, 1), date(2027, 2, 1)), finance, kind="build_cost")
        # Not yet: the month is not over. And another kind.
        cost(initiative, 5000, (date(2027, 6, 1), date(2027, 6, 30)), finance)
        cost(initiative, 5000, (date(2027, 2, 1), date(2027, 2, 28)), finance, kind="rework")
    unplanned = make_initiative("no plan", stage="scale", owner=business_owner)
    cost(unplanned, 9000, (date(2027, 2, 1), date(2027, 2, 28)), finance)
    assert len(proposed("costs_over_plan")) == 1
    listed = rows(meeting, "costs_over_plan", finance)
    assert [(row.initiatives[0].name, row.state, row.amount, row.against) for row in listed.rows] == [
        ("far above", "200\N{NO-BREAK SPACE}% above", 3000, 1000),
        ("above", "10\N{NO-BREAK SPACE}% above", 1101, 1000),
    ]
    # Who does not see the money reads names, without sums.
    listed = rows(meeting, "costs_over_plan", chair)
    assert [(row.initiatives[0].name, row.state, row.amount, row.against) for row in listed.rows] == [
        ("above", "Above plan", None, None),
        ("far above", "Above plan", None, None),
    ]


def test_a_plan_of_benefits_alone_holds_no_costs(business_owner, finance, approved_plan):
    running = make_initiative(stage="pilot", risk_tier="moderate", owner=business_owner)
    approved_plan(running, {(date(2027, 1, 1), PlanKind.CASHABLE): Decimal(100)})
    cost(running, 9000, LAST, finance)
    assert proposed("costs_over_plan") == []


def test_risks_that_somebody_has_to_look_at(running, business_owner, risk_reviewer, meeting, chair):
    today = clock.today()
    high = {"likelihood": 5, "impact": 5, "residual_likelihood": 5, "residual_impact": 4}
    treated = {"status": "treated", "reason": "Done.", "status_by": business_owner, "status_at": clock.now()}
    make_risk(running, business_owner, "in order")
    make_risk(running, business_owner, "late", due_on=today - timedelta(days=1))
    make_risk(running, business_owner, "late and done", due_on=today - timedelta(days=1), **treated)
    make_risk(running, business_owner, "above", **high)
    make_acceptance(make_risk(running, business_owner, "accepted", **high), risk_reviewer, today + timedelta(days=99))
    make_acceptance(make_risk(running, business_owner, "ends"), risk_reviewer, today + timedelta(days=14))
    make_acceptance(make_risk(running, business_owner, "ended"), risk_reviewer, today - timedelta(days=1))
    closed = make_risk(running, business_owner, "closed", **high, **treated | {"status": "closed"})
    listed = rows(meeting, "risks_to_look_at", chair)
    assert [(row.what, row.kind) for row in listed.rows] == [
        ("above", "above"),
        ("late", "late"),
        ("ends", "expiring"),
        ("ended", "expired"),
    ]
    assert listed.says == "4 risks; appetite is 9."
    assert closed.pk not in [row.id for row in listed.rows]


def test_incidents_until_the_forum_met(report_on, running, business_owner, meeting, chair):
    incident = report_on(running)
    assert len(proposed("incidents")) == 1
    assert [row.what for row in rows(meeting, "incidents", chair).rows] == [incident.title]
    close(incident, business_owner)
    assert [(row.kind, row.verb) for row in rows(meeting, "incidents", chair).rows] == [("reviewed", "Open")]
    now = clock.now() - timedelta(minutes=5)
    later = clock.today() + timedelta(days=30)
    assert len(proposed("incidents", day=later)) == 1
    make_meeting(REVIEW, state="closed", starts_at=now, started_at=now, closed_at=now + timedelta(hours=1))
    assert proposed("incidents", day=later) == []
    # What its review asks of people goes on.
    assert [(row.what, row.kind) for row in rows(meeting, "incident_actions", chair).rows] == [("Add a check", "open")]


# Net value: of the 90 days before, of the last 90 days, and what is told of it.
NETS = {
    "turned": ([(500, 100)], [(0, 300)], "turned"),
    "fell to nothing": ([(100, 100)], [(0, 1)], "turned"),
    "still above": ([(500, 100)], [(300, 300)], ""),
    "below for long": ([(0, 100)], [(0, 100)], "stays"),
    "began": ([], [(0, 100)], ""),
    "was built before": ("build_cost", [(0, 100)], ""),
    "comes back": ([(0, 100)], [(500, 100)], ""),
}


@pytest.mark.parametrize("case", NETS)
def test_net_value_that_turned(case, running, business_owner, finance):
    before, last, state = NETS[case]
    metric = add_metric(running)
    if before == "build_cost":
        cost(running, 700, BEFORE, finance, kind="build_cost")
        before = []
    for days, pairs in ((BEFORE, before), (LAST, last)):
        for earned, spent in pairs:
            if earned:
                earn(metric, earned, days, business_owner, finance)
            cost(running, spent, days, finance)
    found = proposed("net_value_negative")
    assert [each.initiative_id for each in found] == ([running.pk] if state else [])
    told = {"turned": "not in the 90 before", "stays": "and to date"}
    assert all(told[state] in each.why for each in found)
    assert not any("€" in each.title + each.why for each in found)


def test_what_it_earned_before_carries_it(running, business_owner, finance):
    cost(running, 100, BEFORE, finance)
    cost(running, 100, LAST, finance)
    assert len(proposed("net_value_negative")) == 1
    earn(add_metric(running), 201, (date(2026, 11, 1), date(2026, 11, 30)), business_owner, finance)
    assert proposed("net_value_negative") == []


def test_what_was_merged_into_it_counts_with_it(running, business_owner, finance, meeting):
    licence = make_initiative("Old licence", stage="build", owner=business_owner)
    for initiative, spent in ((running, 10), (licence, 300)):
        cost(initiative, spent, BEFORE, finance)
    for days in (BEFORE, LAST):
        earn(add_metric(running, f"Stops {days[0]}"), 400, days, business_owner, finance)
    cost(licence, 900, LAST, finance)
    assert proposed("net_value_negative") == []
    chair = make_person("Paul Portfolio")
    make_seat("executive-sponsor", chair, "sponsor", since=date(2027, 1, 1))
    merge_into(licence, actor=chair, survivor=running, rationale="The same thing twice.")
    [found] = proposed("net_value_negative")
    assert (found.initiative_id, "not in the 90 before" in found.why) == (running.pk, True)
    item = item_of(meeting, "net_value_negative", key="net", initiative=running)
    told = told_net([item], finance)[item.pk]
    assert (told["last"]["net"], told["before"]["net"], told["to_date"]["net"]) == (-500, 90, -410)
    # Who sees the money of the one alone reads that alone: an executive of its unit.
    type(licence).objects.filter(pk=licence.pk).update(unit=make_unit("Elsewhere"))
    [told] = told_net([item], make_person("Of one unit", "executive", role_unit=running.unit)).values()
    assert told["last"]["net"] == 400


def test_the_largest_first_and_only_so_many(business_owner, finance):
    for number in range(7):
        initiative = make_initiative(f"N{number}", stage="limited_rollout", owner=business_owner)
        cost(initiative, 10, BEFORE, finance)
        cost(initiative, 100 * (number + 1), LAST, finance)
    others = {"pilot": {"stage": "pilot"}, "secret": {"stage": "scale", "is_confidential": True}}
    for name, fields in others.items():
        initiative = make_initiative(name, owner=business_owner, **fields)
        cost(initiative, 10, BEFORE, finance)
        cost(initiative, 9000, LAST, finance)
    found = proposed("net_value_negative")
    assert [each.title.rsplit(maxsplit=1)[-1] for each in found] == ["N6", "N5", "N4", "N3", "N2"]
    # The cut is told, by the last one; of confidential ones and those not in production nothing.
    told = "2 more are negative like these without an item: an agenda takes 5."
    assert [told in each.why for each in found] == [False] * 4 + [True]
    version = ConfigurationVersion.objects.in_force("value-review")
    make = {"kind": "value-review", "number": 2, "published_at": clock.now(), "effective_from": clock.today()}
    ConfigurationVersion.objects.create(content=version.content | {"most": 1}, reason="Less.", **make)
    [one] = proposed("net_value_negative")
    assert one.why.endswith("6 more are negative like these without an item: an agenda takes 1.")


def test_what_was_spoken_of_comes_back_after_ninety_days(running, meeting, finance, chair):
    cost(running, 100, BEFORE, finance)
    cost(running, 100, LAST, finance)
    told = {"key": f"net-{running.pk}", "initiative": running, "state": "done", "settled_by": chair}
    item_of(meeting, "net_value_negative", settled_at=clock.now() - timedelta(days=89), **told)
    assert proposed("net_value_negative") == []
    assert len(proposed("net_value_negative", day=clock.today() + timedelta(days=1))) == 1


def test_all_sources_cost_the_same_however_many_there_are(
    business_owner, finance, meeting, chair, report_on, approved_plan
):
    def more(count):
        for _ in range(count):
            told = {"since": date(2026, 10, 1), "risk_tier": "moderate", "owner": business_owner}
            initiative = make_initiative(stage="pilot", **told)
            metric = add_metric(initiative)
            confirm_measurement(measure(metric, 9, date(2027, 2, 1), business_owner), actor=finance)
            earn(metric, 100, BEFORE, business_owner, finance)
            claim(add_metric(initiative, "Hours"), business_owner)
            approved_plan(initiative, PLANNED)
            cost(initiative, 5000, LAST, finance)
            make_risk(initiative, business_owner, due_on=date(2027, 6, 1))
            close(report_on(initiative), business_owner)
        recompute_all()

    def sources():
        for source in SOURCES:
            [*source.find(meeting.forum, clock.today())]

    def lists(person):
        items = [item_of(meeting, source.name, key="") for source in SOURCES]
        return lambda: listed_of(items, person)

    def cost_of_all():
        counts = []
        for deed in (sources, lists(chair), lists(finance)):
            with CaptureQueriesContext(connection) as queries:
                deed()
            counts.append(len(queries))
        return counts

    more(2)
    cost_of_all()  # who people are is read once
    few = cost_of_all()
    more(4)
    assert cost_of_all() == few
    assert max(few) <= 50


def test_the_agenda_has_each_once(running, finance, secretary, business_owner):
    cost(running, 100, BEFORE, finance)
    cost(running, 100, LAST, finance)
    claim(add_metric(running), business_owner)
    meeting = make_meeting(REVIEW, live=False)
    fill_agenda(meeting, actor=secretary)
    assert fill_agenda(meeting).put == 0
    assert [item.source for item in meeting.items.all()] == [
        "net_value_negative",
        "outcomes_off_target",
        "claims_waiting",
    ]


def test_confidential_rows_are_for_those_who_see_them(forum, business_owner, meeting, chair, office_lead, stranger):
    secret = make_initiative("Secret", stage="scale", owner=business_owner, is_confidential=True)
    open_one = make_initiative("Open", stage="scale", owner=business_owner)
    for initiative in (secret, open_one):
        make_risk(initiative, make_person(), due_on=date(2027, 6, 1))
    for person, names in ((chair, ["Open"]), (stranger, ["Open"]), (office_lead, ["Open", "Secret"])):
        for source, one in (("risks_to_look_at", "risk"), ("outcomes_off_target", "outcome")):
            listed = rows(meeting, source, person)
            assert sorted(row.initiatives[0].name for row in listed.rows) == names
            assert listed.says.startswith(f"{len(names)} {one}")


def test_late_is_judged_by_the_day_it_is_held(business_owner, voters, secretary, chair, report_on):
    """Planned for 20 June and held today: what is due between is not late, nor is it when somebody looks afterwards."""
    running = make_initiative("Held early", stage="scale", owner=business_owner)
    today, planned = clock.today(), clock.now() + timedelta(days=5)
    metric = add_metric(running, horizon_on=today + timedelta(days=2))
    measure(metric, 10, today, business_owner)
    make_risk(running, business_owner, "due on Thursday", due_on=today + timedelta(days=2))
    incident = report_on(running)
    close(incident, business_owner)
    held = make_meeting(REVIEW, starts_at=planned)
    ahead = make_meeting(REVIEW, live=False, starts_at=planned + timedelta(hours=1))

    def told(meeting):
        listed = [rows(meeting, source, chair).rows for source in ("outcomes_off_target", "risks_to_look_at")]
        return [*listed, [row.kind for row in rows(meeting, "incident_actions", chair).rows]]

    assert told(held) == told(ahead) == [[], [], ["open"]]
    assert proposed("risks_to_look_at", day=planned.date()) == proposed("outcomes_off_target", day=planned.date()) == []
    with clock.fixed_at(planned + timedelta(days=9)):
        assert told(held) == [[], [], ["open"]]
        # One that was not held yet is judged by its day.
        assert told(ahead)[2] == ["late"]
