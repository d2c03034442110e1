"""Cells made into values: dates with how exact they are, choices, blanks."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.importing.blanks import is_blank
from portfolio.importing.catalogue import columns
from portfolio.importing.choices import match_choice, recode
from portfolio.importing.dates import DayOrder, Precision, day_order, read_date

DAY, MONTH, QUARTER, YEAR = Precision.DAY, Precision.MONTH, Precision.QUARTER, Precision.YEAR


@pytest.mark.parametrize(
    ("cell", "value", "precision"),
    [
        ("10/1/2023", date(2023, 10, 1), DAY),
        ("01/19/2024 00:00:00", date(2024, 1, 19), DAY),
        ("31.12.2023", date(2023, 12, 31), DAY),
        ("2024-01-31T08:00:00Z", date(2024, 1, 31), DAY),
        ("15-Mar-2022", date(2022, 3, 15), DAY),
        ("March 15th, 2022", date(2022, 3, 15), DAY),
        ("15. März 2022", date(2022, 3, 15), DAY),
        ("3 de mayo de 2023", date(2023, 5, 3), DAY),
        ("1er janvier 2024", date(2024, 1, 1), DAY),
        ("20240131", date(2024, 1, 31), DAY),
        ("45123", date(2023, 7, 16), DAY),
        ("2022-11-16 (first formal action)", date(2022, 11, 16), DAY),
        ("24-Nov", date(2024, 11, 1), MONTH),
        ("Jul-25", date(2025, 7, 1), MONTH),
        ("March 2022", date(2022, 3, 1), MONTH),
        ("08/2024", date(2024, 8, 1), MONTH),
        ("2022-08 (estimated)", date(2022, 8, 1), MONTH),
        ("Q4FY25", date(2025, 7, 1), QUARTER),
        ("Q1 FY2025", date(2024, 10, 1), QUARTER),
        ("Q3 2024", date(2024, 7, 1), QUARTER),
        ("T2 2023", date(2023, 4, 1), QUARTER),
        ("7/15/1905", date(2023, 1, 1), YEAR),
        ("1905-07-16", date(2024, 1, 1), YEAR),
        ("FY2023", date(2022, 10, 1), YEAR),
        ("2019", date(2019, 1, 1), YEAR),
        ("2019.0", date(2019, 1, 1), YEAR),
        ("mid 2021", date(2021, 1, 1), YEAR),
    ],
)
def test_reads_dates_as_people_type_them(cell, value, precision):
    reading = read_date(cell)

    assert (reading.value, reading.precision, reading.reason) == (value, precision, "")


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("Pre-2021", "only one end"),
        ("TBD", "no date is known yet"),
        ("Ongoing", "is not a date"),
        ("Scheduled for FY2025", "planned"),
        ("To Be Determined (calendar 2025)", "planned"),
        ("2015-2022", "more than one date"),
        ("2024-02-15 (kick-off); 2024-08-23 (signed)", "more than one date"),
        ("10/12023", "cannot be read"),
        ("13/25/2024", "no day of the calendar"),
        ("2/30/2024", "no day of the calendar"),
        ("1/1/1203", "lies outside"),
        ("N/A - Consolidated into another use case.", "not applicable"),
        ("soon", "cannot be read"),
    ],
)
def test_says_why_a_cell_holds_no_date(cell, reason):
    reading = read_date(cell)

    assert reading.value is None
    assert reason in reading.reason


@pytest.mark.parametrize("cell", ["", " ", "N/A", "NA", "n/a", "None", "-", "\u00a0", "n.a.", "keine Angabe"])
def test_a_blank_is_neither_a_date_nor_a_problem(cell):
    reading = read_date(cell)

    assert (reading.value, reading.reason) == (None, "")
    assert is_blank(cell)


def test_a_column_agrees_on_day_and_month():
    assert day_order(["1/2/2024", "31/1/2024", ""]) is DayOrder.DAY_FIRST
    assert day_order(["1/2/2024", "1/31/2024"]) is DayOrder.MONTH_FIRST
    assert day_order(["1.2.2024"]) is DayOrder.DAY_FIRST
    assert read_date("3/4/2025", DayOrder.DAY_FIRST).value == date(2025, 4, 3)


def test_the_fiscal_year_begins_where_it_is_told():
    assert read_date("FY2024", fiscal_start=4).value == date(2023, 4, 1)
    assert read_date("FY2024", fiscal_start=1).value == date(2024, 1, 1)


@given(
    st.dates(date(1950, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%m/%d/%Y", "%d.%m.%Y", "%d %B %Y", "%b %d, %Y"]),
)
def test_every_day_comes_back_from_every_spelling(day, spelling):
    assert read_date(day.strftime(spelling)).value == day


@given(st.text(max_size=30))
def test_any_cell_is_a_date_or_has_a_reason_or_is_blank(cell):
    reading = read_date(cell)

    assert reading.value or reading.reason or is_blank(cell.strip().strip(".,;"))


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("development_stage", "Operation and Maintenance", "scale"),
        ("development_stage", "Acquisition and/or Development", "build"),
        ("development_stage", "Implementation and Assessment", "pilot"),
        ("development_stage", "In mission", "scale"),
        ("development_stage", "Planned (not in production)", "intake"),
        ("development_stage", "Pilotphase", "pilot"),
        ("development_stage", "Außer Betrieb", "closed"),
        ("development_stage", "EN PRODUCTION", "scale"),
        ("development_stage", "Not in use", "closed"),
        ("development_stage", "Stage 5 - Retired (Use case has been retired or is in the process of it)", "closed"),
        ("development_stage", "Phase 2: Pilot", "pilot"),
        ("development_stage", "3. Live", "scale"),
        ("risk_tier", "Medium-impact", "moderate"),
        ("impact_type", "Rights-Impacting\n", "rights"),
        ("impact_type", "Safety-impacting", "safety"),
        (
            "is_high_impact",
            "Presumed high-impact, but determined not high impact",
            "b) Presumed high-impact but determined not high-impact",
        ),
        ("is_high_impact", "Not High Impact", "c) Not high-impact"),
        ("risk_tier", "Hohes Risiko", "high"),
        ("risk_tier", "Very High", "critical"),
        ("eu_ai_act_class", "High-risk (Annex III)", "high"),
        ("has_pii", "Yes (incidental PII may be involved)", "Yes"),
        ("has_pii", "nein", "No"),
        ("contracting_usage", "In-House", "b) Developed in-house"),
        ("hi_testing_conducted", "b", None),
        ("hi_testing_conducted", "b)", "b) In-progress"),
        ("data_sensitivity", "Streng vertraulich", "confidential"),
    ],
)
def test_matches_choices_however_they_are_written(column, cell, value):
    match = match_choice(columns()[column], cell)

    assert (match.value if match else None) == value


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("development_stage", "Who knows"),
        ("is_high_impact", "we shall see"),
        ("risk_tier", "purple"),
        ("contracting_usage", "Ask procurement about that"),
        ("hi_independent_review", "Yes"),
        ("have_ato", "N/A"),
    ],
)
def test_does_not_guess(column, cell):
    assert match_choice(columns()[column], cell) is None


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("Race/Ethnicity, Sex/Gender, Age", "a) Race/Ethnicity; b) Sex; c) Age"),
        ('["Sex/Gender","Age"]', "b) Sex; c) Age"),
        ("c) Age I) Other", "c) Age; l) Other"),
        ("Income; Age", "c) Age; i) Income"),
        ("N/A", "N/A"),
        ("Age, shoe size", None),
    ],
)
def test_lists_come_out_in_one_spelling(cell, value):
    assert recode(columns()["demographic_features"], cell) == value
