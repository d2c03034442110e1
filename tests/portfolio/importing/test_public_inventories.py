"""Real files against their publisher's answers: rows and header all right, 95 % of columns and of values."""

import re

import pytest

from portfolio.importing.catalogue import columns
from portfolio.importing.choices import recode
from portfolio.importing.columns import suggest_mapping
from portfolio.importing.reading import read_sheet

from .files import FILES, OMB_2024, answers, inventory

GOAL = 0.95
HEADER_ROWS = {"Row 1": 1, "Row two": 2}


@pytest.mark.parametrize("answer", answers("files"), ids=lambda answer: answer["agency"])
def test_finds_header_row_and_every_record(answer):
    sheet = read_sheet(inventory(FILES[answer["agency"]]))

    assert sheet.header_row == HEADER_ROWS[answer["header_row"]]
    assert len(sheet.rows) == int(answer["rows"])


def test_maps_columns_as_their_publisher_does():
    asked = right = 0
    for agency, name in FILES.items():
        sheet = read_sheet(inventory(name))
        suggested = {_letters(s.header): s.column for s in suggest_mapping(sheet)}
        for answer in answers("columns"):
            if answer["agency"] == agency:
                asked += 1
                right += _is_right(answer, suggested)

    assert asked == 136
    assert right / asked >= GOAL, f"{right} of {asked} columns"


def _is_right(answer: dict[str, str], suggested: dict[str, str | None]) -> bool:
    header = _letters(answer["original_column"].removesuffix("..."))
    if not header:  # the file lacks this column, so none may be taken for it
        return answer["canonical_column"] not in suggested.values()
    return any(column == answer["canonical_column"] for known, column in suggested.items() if known.startswith(header))


def _letters(header: str) -> str:
    """Letters and digits alone: the answers show some marks as another encoding would (`systemís`)."""
    return re.sub(r"[^a-z0-9]", "", re.sub(r"(?<=[a-z])[’í]s\b", "s", header.lower()))


def test_maps_values_as_their_publisher_does():
    known = columns()
    found = [(a, recode(known[a["column"]], a["original_value"].split(" \\(Note")[0])) for a in answers("values")]
    right = [answer for answer, value in found if value == answer["new_value"]]

    assert len(right) / len(found) >= GOAL
    assert sum(int(a["frequency"]) for a in right) / sum(int(a["frequency"]) for a, _ in found) >= 0.99


def test_reads_the_whole_inventory_of_2024():
    sheet = read_sheet(OMB_2024.read_bytes())
    mapping = {s.column: s.header for s in suggest_mapping(sheet)}

    assert (sheet.encoding, sheet.header_row, len(sheet.rows), len(sheet.headers)) == ("utf-8-sig", 1, 1757, 62)
    expected = {
        "use_case_name": "2_use_case_name",
        "agency_name": "3_agency",
        "agency_abbreviation": "3_abr",
        "agency_bureau": "4_bureau",
        "purpose_benefits": "11_purpose_benefits",
        "development_stage": "16_dev_stage",
        "impact_type": "17_impact_type",
        "date_initiated": "18_date_initiated",
        "date_development_began": "19_date_acq_dev_began",
        "operational_date": "20_date_implemented",
        "date_retired": "21_date_retired",
    }
    assert expected.items() <= mapping.items()


def test_tells_a_department_from_the_agencies_in_it():
    sheet = read_sheet(inventory("omb-2023.csv"))
    mapping = {s.column: s.header for s in suggest_mapping(sheet)}

    assert len(sheet.rows) == 710
    assert (mapping["agency_name"], mapping["agency_bureau"], mapping["office"]) == ("Department", "Agency", "Office")
