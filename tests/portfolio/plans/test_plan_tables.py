"""Plans as tables: pasted, imported, exported without loss, and filled quickly."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiso import clock
from portfolio.export import csv_lines, xlsx_bytes
from portfolio.first_plan import YEARS, first_amounts
from portfolio.forms.plan import QuickFill, cell_of, filled, written
from portfolio.models import PlanKind
from portfolio.plan_table import PlanSheet, read_plan_file, read_plan_text
from portfolio.plans import figures_of, first_of_month

from .test_plan_sums import CELLS, MONTHS

SUMS = st.decimals(Decimal("0.01"), Decimal("99999999.99"), places=2)
MAR, APR = date(2027, 3, 1), date(2027, 4, 1)


@given(CELLS)
def test_an_export_comes_back_without_loss(cells):
    sheet = PlanSheet(cells)

    for content in ("".join(csv_lines(sheet)).encode(), xlsx_bytes(sheet)):
        table = read_plan_file(content)
        assert table.problems == []
        assert table.amounts == cells
        assert table.kinds == [*PlanKind]


@pytest.mark.parametrize(
    "text",
    [
        "Month\tCashable\tRun cost\n2027-03\t1,000\t50.5\n2027-04\t\t60\n",
        "Month;Cashable;Run cost\nMar 2027;1000;50.50\nApr 2027;;60\nTotal;1000;110.5\n",
        "\t2027-03\t2027-04\nCashable benefit\t€1,000\t\nRun cost\t50.5\t60\n",
        "Our plan\n\nMonth\tcashable\trun cost\tTotal\n01/03/2027\t1k\t50.50\t1050\n2027-04-01\t\t60\t60\n",
    ],
)
def test_tables_are_read_as_people_make_them(text):
    table = read_plan_text(text)

    assert table.problems == []
    assert table.amounts == {
        (MAR, "cashable"): Decimal(1000),
        (MAR, "run_cost"): Decimal("50.5"),
        (APR, "run_cost"): Decimal(60),
    }
    assert {*table.kinds} == {PlanKind.CASHABLE, PlanKind.RUN_COST}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Month\tLuck\n2027-03\t1\n", "No head names a kind"),
        ("Month\tCashable\tLuck\n2027-03\t1\t2\n", "“Luck” is no kind"),
        ("Month\tCashable\nsoon\t1\n", "Row 2: “soon” is not a month"),
        ("Month\tCashable\n2027-03\t-1\n", "Row 2, Cashable"),
        ("Month\tCashable\n2027-03\tmuch\n", "Row 2, Cashable: Enter a number"),
        ("Month\tCashable\n2027-03\t1\n2027-03\t2\n", "Row 3: 2027-03 stands there twice"),
        ("Month\tCashable\tCashable\n2027-03\t1\t2\n", "two places"),
    ],
)
def test_what_cannot_be_read_is_told_by_its_place(text, says):
    problems = read_plan_text(text).problems

    assert any(says in problem for problem in problems), problems


def test_a_table_replaces_the_kinds_that_it_names_and_no_other():
    table = read_plan_text("Month\tCashable\n2027-03\t5\n")
    present = {(APR, "cashable"): Decimal(1), (APR, "run_cost"): Decimal(2)}

    assert table.replacing(present) == {(APR, "cashable"): None, (MAR, "cashable"): Decimal(5)}


@given(MONTHS, st.integers(0, 119), SUMS, st.integers(-100, 300))
def test_quick_fill_gives_one_amount_a_month_and_grows_each_year(first, count, amount, growth):
    last = clock.months_later(first, count)
    cells = filled("cashable", first, last, amount, Decimal(growth))

    assert len(cells) == count + 1
    for at, (month, kind) in enumerate(sorted(cells)):
        assert kind == "cashable"
        rate = 1 + Decimal(growth) / 100
        expected = amount * (rate ** (at // 12) if at >= 12 else 1)
        assert abs(cells[month, kind] - expected) <= Decimal("0.005")


def test_quick_fill_refuses_months_the_wrong_way_round():
    sent = {"fill-kind": "cashable", "fill-first": "2027-04", "fill-last": "2027-03", "fill-amount": "5"}

    form = QuickFill(sent)

    assert not form.is_valid()
    assert "Name a month after the first one" in str(form.errors["last"])


@given(MONTHS, st.sampled_from([*PlanKind]))
def test_the_name_of_a_cell_says_its_month_and_kind(month, kind):
    assert cell_of(f"{month:%Y-%m}-{kind}") == (month, kind)


@pytest.mark.parametrize("name", ["seen", "2027-13-cashable", "2027-03-luck", "2027-03", "", "2027-3-cashable"])
def test_other_names_are_no_cells(name):
    assert cell_of(name) is None


def test_amounts_are_shown_as_people_type_them():
    assert [written(each) for each in (None, Decimal("1200.00"), Decimal("0.50"))] == ["", "1,200", "0.50"]


@given(st.dates(date(2020, 1, 1), date(2050, 1, 1)), MONTHS, SUMS, SUMS, SUMS)
def test_the_first_plan_holds_what_the_request_says_to_the_cent(starts, begins, benefit, build, run):
    told = {"starts_on": starts, "benefit_from": begins, "benefit_cashable": benefit, "build_cost": build}

    figures = figures_of(first_amounts(told | {"run_cost": run}))

    assert figures.totals["build_cost"] == build
    assert figures.totals["cashable"] == benefit * YEARS
    assert figures.totals["run_cost"] == run * YEARS
    if benefit >= 12:
        assert figures.a_year["cashable"] == benefit
        assert figures.benefit_from == begins
    if first_of_month(starts) < begins:
        assert figures.built_until is None or figures.built_until < begins
