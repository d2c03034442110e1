"""Writing a plan: amounts by month and kind, versions, and what is refused."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import ProgrammingError, transaction

from aiso.errors import ConflictError, DomainError
from aiso.events.models import Event
from portfolio.actions.measure_outcomes import add_outcome_metric
from portfolio.actions.write_plan import Seen, freeze_latest, start_plan_version, write_plan
from portfolio.models import Plan, PlanKind, PlanLine, Stage
from portfolio.plans import cells_of, latest_plan

from ...factories import make_initiative, make_unit, move_stage

JAN, FEB = date(2027, 1, 1), date(2027, 2, 1)
CASHABLE, RUN = PlanKind.CASHABLE, PlanKind.RUN_COST


@pytest.fixture
def initiative(business_owner):
    return make_initiative(owner=business_owner)


@pytest.fixture
def plan(initiative, business_owner):
    return write_plan(initiative, actor=business_owner, amounts={(JAN, CASHABLE): Decimal(100), (FEB, RUN): Decimal(7)})


@pytest.fixture
def frozen(plan, business_owner):
    return freeze_latest(plan.initiative, actor=business_owner)


def amounts(plan: Plan):
    return cells_of(PlanLine.objects.filter(plan=plan))


def test_the_first_writing_makes_version_one_and_leaves_its_event(initiative, plan, business_owner):
    assert plan.number == 1
    assert not plan.is_frozen
    assert plan.written_by == business_owner
    assert amounts(plan) == {(JAN, CASHABLE): Decimal(100), (FEB, RUN): Decimal(7)}
    event = Event.objects.get(name="plan.written")
    assert event.payload == {"initiative": initiative.pk, "plan": plan.pk}
    assert event.actor == business_owner


def test_later_writing_changes_what_is_named_and_takes_away_what_is_none(plan, business_owner):
    again = write_plan(plan.initiative, actor=business_owner, amounts={(JAN, CASHABLE): None, (FEB, RUN): Decimal(8)})

    assert again == plan
    assert amounts(plan) == {(FEB, RUN): Decimal(8)}


def test_writing_the_same_changes_nothing_and_tells_nobody(plan, business_owner):
    write_plan(plan.initiative, actor=business_owner, amounts={(JAN, CASHABLE): Decimal(100)})

    assert Event.objects.filter(name="plan.written").count() == 1


def test_days_of_the_plan_come_in_order(initiative, business_owner):
    days = {"starts_on": date(2027, 3, 1), "in_use_on": date(2027, 2, 1)}

    with pytest.raises(ValidationError, match="before the work begins"):
        write_plan(initiative, actor=business_owner, days=days)

    assert latest_plan(initiative) is None


@pytest.mark.parametrize(
    ("cell", "amount", "says"),
    [
        ((JAN, CASHABLE), Decimal(-1), "greater than or equal to 0"),
        ((JAN, CASHABLE), Decimal("0.001"), "decimal places"),
        ((JAN, "luck"), Decimal(1), "not a valid choice"),
        ((date(2027, 1, 2), CASHABLE), Decimal(1), "first day"),
    ],
)
def test_amounts_and_months_that_cannot_be_are_refused(initiative, business_owner, cell, amount, says):
    with pytest.raises(ValidationError, match=says):
        write_plan(initiative, actor=business_owner, amounts={cell: amount})

    assert not Plan.objects.exists()


def test_a_plan_holds_ten_years_at_most(initiative, business_owner):
    at_most = {(JAN, CASHABLE): Decimal(1), (date(2036, 12, 1), CASHABLE): Decimal(1)}
    write_plan(initiative, actor=business_owner, amounts=at_most)

    with pytest.raises(ValidationError, match="at most 120 months"):
        write_plan(initiative, actor=business_owner, amounts={(date(2037, 1, 1), RUN): Decimal(1)})


def test_an_approved_version_is_frozen_and_changing_it_asks_for_a_reason(frozen, business_owner):
    with pytest.raises(DomainError, match="Say why it changes") as refused:
        write_plan(frozen.initiative, actor=business_owner, amounts={(JAN, CASHABLE): Decimal(90)}, reason="  ")

    assert refused.value.field == "reason"
    assert amounts(frozen)[JAN, CASHABLE] == 100


def test_with_a_reason_the_change_makes_the_next_version(frozen, business_owner):
    amount = {(JAN, CASHABLE): Decimal(90)}
    changed = write_plan(frozen.initiative, actor=business_owner, amounts=amount, reason="Fewer cases.")

    assert (changed.number, changed.reason, changed.is_frozen) == (2, "Fewer cases.", False)
    assert amounts(changed) == {(JAN, CASHABLE): Decimal(90), (FEB, RUN): Decimal(7)}
    assert amounts(frozen)[JAN, CASHABLE] == 100


def test_a_version_can_be_begun_before_anything_changes(frozen, business_owner):
    begun = start_plan_version(frozen.initiative, actor=business_owner, reason="Prices rose.")

    assert begun.number == 2
    assert amounts(begun) == amounts(frozen)
    assert Event.objects.filter(name="plan.version_started", payload__plan=begun.pk).exists()
    with pytest.raises(DomainError, match="No decision has approved this plan yet"):
        start_plan_version(frozen.initiative, actor=business_owner, reason="Again.")


def test_freezing_copies_the_metrics_and_freezing_again_is_the_same_version(plan, business_owner):
    metric = add_outcome_metric(
        plan.initiative, actor=business_owner, name="Stops", unit="a month", direction="down", target=Decimal(9)
    )
    frozen = freeze_latest(plan.initiative, actor=business_owner)

    assert frozen.is_frozen
    assert [(copy.metric, copy.name, copy.target) for copy in frozen.metrics.all()] == [(metric.pk, "Stops", 9)]
    assert freeze_latest(plan.initiative, actor=business_owner) == frozen
    assert Event.objects.filter(name="plan.frozen").count() == 1


def test_metrics_alone_make_a_version_and_nothing_makes_none(initiative, business_owner):
    assert freeze_latest(initiative, actor=business_owner) is None
    add_outcome_metric(initiative, actor=business_owner, name="Stops", unit="a month", direction="down")

    frozen = freeze_latest(initiative, actor=business_owner)

    assert frozen is not None
    assert frozen.number == 1
    assert frozen.metrics.count() == 1


@pytest.mark.parametrize(
    "break_it",
    [
        lambda plan: Plan.objects.filter(pk=plan.pk).update(reason="Other."),
        lambda plan: Plan.objects.filter(pk=plan.pk).update(frozen_at=None),
        lambda plan: plan.lines.update(amount=1),
        lambda plan: plan.lines.all().delete(),
        lambda plan: PlanLine.objects.create(plan=plan, month=JAN, kind="revenue", amount=1),
        lambda plan: plan.metrics.update(target=1),
        lambda plan: plan.metrics.create(metric=99, name="New", unit="x", direction="up"),
    ],
)
def test_the_database_itself_refuses_to_change_a_frozen_version(plan, business_owner, break_it):
    add_outcome_metric(plan.initiative, actor=business_owner, name="Stops", unit="a month", direction="down")
    frozen = freeze_latest(plan.initiative, actor=business_owner)

    with pytest.raises(ProgrammingError), transaction.atomic():
        break_it(frozen)


def test_a_line_cannot_be_moved_out_of_a_frozen_version(frozen, business_owner):
    begun = start_plan_version(frozen.initiative, actor=business_owner, reason="Prices rose.")
    begun.lines.all().delete()

    with pytest.raises(ProgrammingError, match="never changed"), transaction.atomic():
        frozen.lines.update(plan=begun)


def test_two_who_change_the_same_amount_both_decide(plan, business_owner):
    write_plan(plan.initiative, actor=business_owner, amounts={(JAN, CASHABLE): Decimal(120)})
    seen = Seen(amounts={(JAN, CASHABLE): Decimal(100), (FEB, RUN): Decimal(7)})

    with pytest.raises(ConflictError) as conflict:
        write_plan(plan.initiative, actor=business_owner, amounts={(JAN, CASHABLE): Decimal(90)}, seen=seen)
    untouched = {(JAN, CASHABLE): Decimal(100), (FEB, RUN): Decimal(9)}
    write_plan(plan.initiative, actor=business_owner, amounts=untouched, seen=seen)

    assert conflict.value.changes["2027-01-cashable"].now == 120
    assert amounts(plan) == {(JAN, CASHABLE): Decimal(120), (FEB, RUN): Decimal(9)}


@pytest.mark.parametrize("person", ["stranger", "finance_controller", "auditor", "executive"])
def test_only_owners_and_the_office_write_it(initiative, request, person):
    with pytest.raises(PermissionDenied, match="owners and the office"):
        write_plan(initiative, actor=request.getfixturevalue(person), amounts={(JAN, CASHABLE): Decimal(1)})


def test_the_plan_of_what_has_ended_stays(plan, office_member):
    move_stage(plan.initiative, Stage.CLOSED)

    with pytest.raises(DomainError, match="ended"):
        write_plan(plan.initiative, actor=office_member, amounts={(JAN, CASHABLE): Decimal(1)})


def test_plans_are_seen_by_those_who_see_the_money(plan, business_owner, finance_controller, stranger):
    secret = make_initiative(is_confidential=True, unit=make_unit(), owner=business_owner)
    hidden = write_plan(secret, actor=business_owner, amounts={(JAN, CASHABLE): Decimal(1)})

    assert {*Plan.objects.visible_to(business_owner)} == {plan, hidden}
    assert {*Plan.objects.visible_to(finance_controller)} == {plan}
    assert not Plan.objects.visible_to(stranger).exists()
    assert {*PlanLine.objects.visible_to(finance_controller)} == {*plan.lines.all()}
