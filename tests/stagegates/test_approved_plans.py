"""What an approving decision freezes, and how it stands against now."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import ProgrammingError, transaction

from aiso.errors import DomainError
from aiso.web import figures
from portfolio.actions.measure_outcomes import add_outcome_metric, edit_outcome_metric, remove_outcome_metric
from portfolio.actions.write_plan import write_plan
from portfolio.models import Plan, PlanKind
from portfolio.plans import latest_plan
from stagegates.actions.decide import decide_review
from stagegates.actions.open_review import open_review
from stagegates.actions.submit_review import edit_review, submit_review
from stagegates.approved import against_now, approvals_of
from stagegates.models import ApprovedPlan, Decision, GateReview
from stagegates.standing import standings_of

from ..factories import learnt, make_person
from .decisions.conftest import approve, make_review, seat

JAN, FEB = date(2027, 1, 1), date(2027, 2, 1)
CASHABLE, REVENUE, BUILD, RUN = PlanKind.CASHABLE, PlanKind.REVENUE, PlanKind.BUILD_COST, PlanKind.RUN_COST
AMOUNTS = {
    (JAN, CASHABLE): Decimal(100),
    (FEB, CASHABLE): Decimal(100),
    (JAN, RUN): Decimal(30),
    (JAN, BUILD): Decimal(60),
}


@pytest.fixture
def chair(db):
    return seat(make_person("Carla Chair"), "portfolio-review", "chair")


@pytest.fixture
def plan(initiative, business_owner):
    add_outcome_metric(
        initiative,
        actor=business_owner,
        name="Stops",
        unit="a month",
        direction="down",
        baseline=Decimal(14),
        baseline_on=date(2026, 1, 5),
        baseline_source="Log",
        target=Decimal(9),
    )
    return write_plan(initiative, actor=business_owner, amounts=AMOUNTS, days={"in_use_on": date(2027, 1, 15)})


@pytest.fixture
def approved(plan, initiative, chair) -> ApprovedPlan:
    approve(make_review(initiative), chair)
    return ApprovedPlan.objects.get()


def rows(initiative) -> dict[str, str]:
    return {each.label: each.told_now for each in against_now([initiative])[initiative.pk]}


def test_an_approval_freezes_the_plan_with_its_metrics(approved, plan):
    plan.refresh_from_db()

    assert plan.is_frozen
    assert approved.plan == plan
    assert [(copy.name, copy.baseline, copy.target) for copy in plan.metrics.all()] == [("Stops", 14, 9)]


@pytest.mark.parametrize("outcome", ["hold", "terminate", "pause"])
def test_other_outcomes_freeze_nothing(plan, initiative, chair, outcome):
    until = {"hold_until": date(2090, 1, 1)} if outcome == "hold" else {}
    decide_review(
        make_review(initiative), actor=chair, outcome=outcome, rationale="Not now.", **until, **learnt(outcome)
    )

    assert not ApprovedPlan.objects.exists()
    assert not Plan.objects.get().is_frozen


def test_without_plan_and_metrics_an_approval_freezes_nothing(initiative, chair):
    approve(make_review(initiative), chair)

    assert not ApprovedPlan.objects.exists()
    assert against_now([initiative]) == {initiative.pk: []}


def test_as_approved_against_now_tells_each_kind_by_itself(approved, initiative):
    assert rows(initiative) == {
        "Stops, baseline": "14",
        "Stops, target": "9",
        "First-year benefit, cashable": figures.exact_money(200),
        "Build cost": figures.exact_money(60),
        "First-year run cost": figures.exact_money(30),
        "Benefit from": "Jan 2027",
        "Built until": "Jan 2027",
        "In use": figures.day(date(2027, 1, 15)),
    }
    assert not any(each.is_changed for each in against_now([initiative])[initiative.pk])


def test_what_changed_since_is_told_with_its_reason(approved, initiative, business_owner):
    amounts = {(JAN, CASHABLE): Decimal(50), (FEB, REVENUE): Decimal(5)}
    write_plan(initiative, actor=business_owner, amounts=amounts, reason="Fewer cases.")
    metric = initiative.outcome_metrics.get()
    edit_outcome_metric(metric, actor=business_owner, target=Decimal(11))

    compared = against_now([initiative])[initiative.pk]
    changed = {each.label: (each.approved, each.now) for each in compared if each.is_changed}

    assert changed == {
        "Stops, target": (9, 11),
        "First-year benefit, cashable": (200, 150),
        "First-year benefit, revenue": (None, 5),
    }
    approval = approvals_of([initiative])[initiative.pk]
    assert [(plan.number, plan.reason) for plan in approval.later] == [(2, "Fewer cases.")]


def test_the_next_approval_freezes_the_newer_version(approved, initiative, business_owner, chair):
    write_plan(initiative, actor=business_owner, amounts={(JAN, CASHABLE): Decimal(50)}, reason="Fewer cases.")
    approve(make_review(initiative), chair)

    assert approvals_of([initiative])[initiative.pk].plan.number == 2
    assert latest_plan(initiative).is_frozen
    assert not any(each.is_changed for each in against_now([initiative])[initiative.pk])


def test_an_approval_of_the_same_plan_refers_to_the_same_version(approved, initiative, chair):
    approve(make_review(initiative), chair)

    assert [*ApprovedPlan.objects.values_list("plan__number", flat=True)] == [1, 1]
    assert Plan.objects.count() == 1


def test_a_metric_of_an_approved_plan_changes_with_a_reason_and_makes_the_next_version(
    client, approved, initiative, business_owner
):
    metric = initiative.outcome_metrics.get()
    with pytest.raises(DomainError, match="Say why it changes"):
        edit_outcome_metric(metric, actor=business_owner, target=Decimal(11))
    client.force_login(business_owner)
    address = f"{initiative.get_absolute_url()}outcomes/{metric.pk}/"
    told = {"name": "Stops", "unit": "a month", "direction": "down", "target": "11"}
    told |= {"baseline": "14", "baseline_on": "2026-01-05", "baseline_source": "Log"}
    told |= {f"initial-{name}": value for name, value in (told | {"target": "9"}).items()}

    refused = client.post(address, told)
    client.post(address, told | {"reason": "The north is slower."})

    assert refused.status_code == 422
    metric.refresh_from_db()
    assert metric.target == 11
    assert latest_plan(initiative).reason == "The north is slower."
    api = f"/api/v1/initiatives/{initiative.reference}/metrics/{metric.pk}/"
    assert client.patch(api, {"target": "12"}, content_type="application/json").status_code == 200


def test_through_the_api_too_a_reason_is_asked(client, approved, initiative, business_owner):
    client.force_login(business_owner)
    added = {"name": "Cost", "unit": "€", "direction": "down"}
    address = f"/api/v1/initiatives/{initiative.reference}/metrics/"

    assert client.post(address, added, content_type="application/json").status_code == 422
    more = added | {"reason": "Finance asked for it."}
    assert client.post(address, more, content_type="application/json").status_code == 201
    assert latest_plan(initiative).reason == "Finance asked for it."


def test_taking_a_metric_away_says_so_in_the_next_version(approved, initiative, business_owner):
    remove_outcome_metric(initiative.outcome_metrics.get(), actor=business_owner)

    assert latest_plan(initiative).reason == "Outcome metric “Stops” was taken away."
    assert ("Stops, target", 9, None) in [
        (each.label, each.approved, each.now) for each in against_now([initiative])[initiative.pk]
    ]


def test_metrics_that_moved_since_make_the_next_version_at_the_next_approval(approved, initiative, chair):
    initiative.outcome_metrics.update(target=Decimal(11))
    approve(make_review(initiative), chair)

    newest = latest_plan(initiative)
    assert newest.number == 2
    assert newest.is_frozen
    assert "Outcome metrics changed" in newest.reason
    assert newest.lines.count() == len(AMOUNTS)


def test_the_database_refuses_an_approved_plan_that_is_open_or_of_another(approved, owned, chair):
    other = owned()
    open_one = Plan.objects.create(initiative=other, written_by=chair)
    decision = Decision.objects.create(
        initiative=other, outcome="approve", rationale="Go.", body=approved.decision.body, way="chair", decided_by=chair
    )
    for plan in (open_one, approved.plan):
        with pytest.raises(ProgrammingError, match="frozen plan"), transaction.atomic():
            ApprovedPlan.objects.create(decision=decision, plan=plan)
    with pytest.raises(ProgrammingError), transaction.atomic():
        ApprovedPlan.objects.filter(pk=approved.pk).delete()


def test_many_take_as_many_queries_as_one(
    approved, initiative, owned, chair, business_owner, django_assert_num_queries
):
    others = [owned() for _ in range(3)]
    for each in others[:2]:
        write_plan(each, actor=business_owner, amounts=AMOUNTS)
        approve(make_review(each), chair)

    with django_assert_num_queries(5):
        against_now([initiative])
    with django_assert_num_queries(5):
        found = against_now([initiative, *others])
    assert [len(found[each.pk]) > 0 for each in (initiative, *others)] == [True, True, True, False]


def lacking(review: GateReview) -> list[str]:
    return [each.requirement.code for each in standings_of([review])[review.pk] if not each.is_settled]


def test_a_review_that_asks_money_demands_a_plan_and_another_does_not(initiative, owned, business_owner):
    asking = open_review(initiative, actor=business_owner, ask="Build it", amount=Decimal(120_000))
    other = open_review(owned(), actor=business_owner, ask="Build it")

    assert "money/plan" in lacking(asking)
    assert "money/plan" not in lacking(other)
    edit_review(other, actor=business_owner, amount=Decimal(1000))
    assert "money/plan" in lacking(other)
    edit_review(other, actor=business_owner, amount=None)
    assert "money/plan" not in lacking(other)
    with pytest.raises(Exception, match="Plan of benefit and cost"):
        submit_review(asking, actor=business_owner)


def test_a_plan_with_benefit_and_cost_meets_it_and_tells_no_sum(initiative, business_owner):
    review = open_review(initiative, actor=business_owner, ask="Build it", amount=Decimal(120_000))

    def says() -> tuple[bool, str]:
        [found] = [each for each in standings_of([review])[review.pk] if each.requirement.code == "money/plan"]
        return found.is_met, found.says

    assert says() == (False, "No plan yet")
    write_plan(initiative, actor=business_owner, amounts={(JAN, RUN): Decimal(30)})
    assert says() == (False, "Version 1 has no benefit")
    write_plan(initiative, actor=business_owner, amounts={(JAN, RUN): None, (JAN, CASHABLE): Decimal(30)})
    assert says() == (False, "Version 1 has no cost")
    write_plan(initiative, actor=business_owner, amounts=AMOUNTS)
    assert says() == (True, "Version 1: cashable from Jan 2027")


@pytest.mark.parametrize(("person", "sees_money"), [("business_owner", True), ("stranger", False)])
def test_review_and_initiative_page_show_it_money_only_to_whom_it_is_shown(
    client, approved, initiative, business_owner, request, person, sees_money
):
    write_plan(initiative, actor=business_owner, amounts={(JAN, CASHABLE): Decimal(51)}, reason="Fewer cases.")
    review = open_review(initiative, actor=business_owner, ask="Go on")
    client.force_login(request.getfixturevalue(person))

    for address in (review.get_absolute_url(), initiative.get_absolute_url()):
        shown = client.get(address).content.decode()
        assert all(each in shown for each in ("As approved against now", "Stops, target", "Fewer cases."))
        assert ("First-year benefit, cashable" in shown) == sees_money
    told = client.get(f"/api/v1/initiatives/{initiative.reference}/approved-plan/").json()
    assert (told["version"], [each["number"] for each in told["later"]]) == (1, [2])
    assert any(each["is_money"] for each in told["figures"]) == sees_money


def test_without_approval_nothing_is_compared(client, plan, initiative, business_owner):
    client.force_login(business_owner)

    assert "As approved against now" not in client.get(initiative.get_absolute_url()).content.decode()
    assert client.get(f"/api/v1/initiatives/{initiative.reference}/approved-plan/").status_code == 404
