"""The register as a file: what is shown, safe to open, and for those only who may see it."""

import csv
from io import BytesIO, StringIO

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from portfolio.models import Stage
from tests.factories import make_initiative

PAGE = "portfolio:register_export"


def csv_rows(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(StringIO(text)))


def xlsx_rows(response):
    return CalamineWorkbook.from_filelike(BytesIO(response.content)).get_sheet_by_index(0).to_python()


@pytest.fixture
def signed_in(client, requester):
    client.force_login(requester)
    return client


def test_csv_holds_what_is_shown(signed_in):
    shown = make_initiative("Shown", stage=Stage.PILOT)
    make_initiative("Filtered out", stage=Stage.SCALE)

    rows = csv_rows(signed_in.get(reverse(PAGE), {"format": "csv", "stage": "pilot", "col": ["stage", "source"]}))

    assert rows == [["Reference", "Initiative", "Stage", "Source"], [shown.reference, "Shown", "Pilot", ""]]


def test_xlsx_holds_the_same_as_text(signed_in):
    shown = make_initiative("=SUM(A1)", stage=Stage.PILOT)

    rows = xlsx_rows(signed_in.get(reverse(PAGE), {"format": "xlsx", "col": "stage"}))

    assert rows == [["Reference", "Initiative", "Stage"], [shown.reference, "=SUM(A1)", "Pilot"]]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1+1", "@x", "'=1", "\t=1"])
def test_csv_cells_that_a_program_would_run_are_made_text(signed_in, name):
    make_initiative(name)

    row = csv_rows(signed_in.get(reverse(PAGE), {"format": "csv"}))[1]

    assert row[1] == f"'{name}"


@pytest.mark.parametrize("name", ["-1", "-10246.73"])
def test_negative_numbers_stay_numbers(signed_in, name):
    make_initiative(name)
    assert csv_rows(signed_in.get(reverse(PAGE), {"format": "csv"}))[1][1] == name


def test_every_column_on_demand(signed_in, business_owner):
    make_initiative("Whole", summary="What it does", outcome="Less work", owner=business_owner, value=4)

    header, row = csv_rows(signed_in.get(reverse(PAGE), {"format": "csv", "columns": "all"}))

    told = dict(zip(header, row, strict=True))
    assert told["Summary"] == "What it does"
    assert told["Outcome"] == "Less work"
    assert told["Business owner e-mail"] == business_owner.email
    assert told["Value"] == "4"


def test_confidential_ones_do_not_leave(signed_in):
    make_initiative("Secret", is_confidential=True)

    assert len(csv_rows(signed_in.get(reverse(PAGE), {"format": "csv"}))) == 1


def test_a_selection_is_exported(client, office_member):
    chosen, _ = make_initiative("Chosen"), make_initiative("Left")
    client.force_login(office_member)

    rows = xlsx_rows(client.post(reverse(PAGE), {"format": "xlsx", "pk": [chosen.pk]}))

    assert [row[1] for row in rows[1:]] == ["Chosen"]


def test_files_are_downloads_with_a_dated_name(signed_in):
    response = signed_in.get(reverse(PAGE), {"format": "csv"})

    assert response["Content-Disposition"].startswith('attachment; filename="register-20')


def test_queries_do_not_grow_with_rows(signed_in, django_assert_max_num_queries):
    for _ in range(30):
        make_initiative()

    with django_assert_max_num_queries(11):
        assert len(csv_rows(signed_in.get(reverse(PAGE), {"format": "csv", "columns": "all"}))) == 31


def test_no_cell_of_any_column_holds_markup(signed_in, business_owner):
    make_initiative("Whole", summary="Text", owner=business_owner, value=4, stage=Stage.PILOT)

    rows = csv_rows(signed_in.get(reverse(PAGE), {"format": "csv", "columns": "all"}))

    assert not [cell for row in rows for cell in row if "<" in cell]
