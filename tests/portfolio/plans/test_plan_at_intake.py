"""The plan begins with the request: version 1 from its answers, until somebody refines it."""

from datetime import date
from decimal import Decimal

import pytest

from portfolio.actions.intakes import ask_requester, reply_to_question, save_answers, submit_intake
from portfolio.actions.write_plan import write_plan
from portfolio.intake_sheet import Sheet
from portfolio.models import Plan, PlanKind
from portfolio.plans import cells_of, figures_of, latest_plan

from ..intakes.conftest import *  # noqa: F403 - a request that is complete, and one at each point of its way

MONEY = {
    "starts_on": "2027-01-15",
    "wanted_on": "2027-04-10",
    "benefit_from": "2027-04",
    "benefit_cashable": "120k",
    "benefit_capacity": "12,000",
    "build_cost": "90k",
    "run_cost": "24k",
}


@pytest.fixture
def planned(ready, requester):
    save_answers(ready, actor=requester, answers=MONEY)
    return submit_intake(ready, actor=requester)


def test_submitting_makes_version_one(planned, requester):
    plan = latest_plan(planned.initiative)
    figures = figures_of(cells_of(plan.lines.all()))

    assert (plan.number, plan.written_by, plan.is_frozen) == (1, requester, False)
    assert (plan.starts_on, plan.in_use_on) == (date(2027, 1, 15), date(2027, 4, 10))
    assert figures.a_year == {"cashable": 120_000, "capacity": 12_000, "run_cost": 24_000, "build_cost": 90_000}
    assert (figures.benefit_from, figures.built_until) == (date(2027, 4, 1), date(2027, 3, 1))
    assert figures.totals["cashable"] == 360_000


def test_a_request_without_these_answers_has_no_plan(ready, requester):
    submitted = submit_intake(ready, actor=requester)

    assert not Plan.objects.filter(initiative=submitted.initiative).exists()


def test_sums_a_year_need_the_month_from_which_they_count(answers):
    missing = Sheet(answers | {"benefit_revenue": "5k"}).missing

    assert [each.field for each in missing] == ["benefit_from"]
    assert Sheet(answers | {"benefit_revenue": "5k", "benefit_from": "2027-04"}).is_complete
    assert not Sheet(answers | {"benefit_revenue": "5k", "benefit_from": "soon"}).is_complete


def ask_and_reply(planned, office_member, requester, **answers):
    ask_requester(planned, actor=office_member, text="Really?")
    planned.refresh_from_db()
    save_answers(planned, actor=requester, answers=answers)
    reply_to_question(planned, actor=requester, text="Corrected.")


def test_a_changed_answer_changes_the_plan(planned, office_member, requester):
    ask_and_reply(planned, office_member, requester, benefit_cashable="60k", benefit_capacity="")

    figures = figures_of(cells_of(latest_plan(planned.initiative).lines.all()))
    assert figures.a_year["cashable"] == 60_000
    assert "capacity" not in figures.totals


def test_a_plan_that_was_refined_stays(planned, office_member, requester):
    amount = {(date(2027, 4, 1), PlanKind.CASHABLE): Decimal(1)}
    write_plan(planned.initiative, actor=office_member, amounts=amount)

    ask_and_reply(planned, office_member, requester, benefit_cashable="60k")

    assert cells_of(latest_plan(planned.initiative).lines.all())[date(2027, 4, 1), "cashable"] == 1


def test_sums_of_a_request_are_for_those_who_see_its_money(client, planned, stranger, requester):
    address = planned.get_absolute_url()
    client.force_login(stranger)
    assert "120,000" not in client.get(address).content.decode()
    client.force_login(requester)
    assert "120,000" in client.get(address).content.decode()


def test_the_step_asks_and_keeps_what_is_written(client, ready, requester):
    client.force_login(requester)
    address = f"{ready.get_absolute_url()}steps/money/"

    client.post(address, MONEY | {"requested_amount": "30k"})

    shown = client.get(address).content.decode()
    assert 'type="month"' in shown
    assert 'value="2027-04"' in shown
    assert 'value="120k"' in shown
