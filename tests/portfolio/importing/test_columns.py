"""Mappings suggested for registers that nobody wrote rules for."""

import pytest

from portfolio.importing.assignment import best_assignment
from portfolio.importing.columns import suggest_mapping
from portfolio.importing.reading import read_sheet

from .files import delimited, inventory

REGISTERS = {
    "company.csv": """id use_case_name business_owner_email agency_name development_stage operational_date risk_tier
        tools summary eu_ai_act_class""",
    "german.csv": """id use_case_name agency_bureau development_stage business_owner_email date_initiated benefits
        risk_tier vendor_name has_pii""",
    "french.tsv": """use_case_name agency_name development_stage operational_date purpose_benefits vendor_name
        has_pii""",
    "spanish.csv": "use_case_name agency_name summary development_stage date_initiated vendor_name risk_tier",
    "dutch.csv": """use_case_name agency_name agency_bureau summary development_stage purpose_benefits legal_basis
        autonomous_impact data_description vendor_name date_initiated date_retired""",
    "bilingual.csv": "use_case_name - agency_name summary - development_stage",
    "questions.csv": "use_case_name summary development_stage has_pii",
    "mission.csv": """use_case_name - agency_name agency_bureau topic_area system_outputs development_stage
        impact_type date_development_began - contracting_usage""",
    "tools.csv": "use_case_name summary agency_bureau development_stage operational_date risk_tier -",
    "catalogue.csv": """id use_case_name use_case_type links contact_email summary - jurisdictions agency_name -
        date_initiated - date_retired topic_area tools development_stage -""",
}


@pytest.mark.parametrize("name", REGISTERS)
def test_maps_registers_of_other_publishers(name):
    found = suggest_mapping(read_sheet(inventory(f"made/{name}")))

    assert [suggestion.column or "-" for suggestion in found] == REGISTERS[name].split()


def test_cells_tell_where_headers_do_not():
    rows = [
        ["Invoice matching", "Live", "ann@x.com"],
        ["HR screening", "Pilot", "bob@x.com"],
        ["Chat bot", "Retired", "c@x.com"],
    ]

    found = suggest_mapping(read_sheet(delimited([["foo", "bar", "baz"], *rows]).encode()))

    assert [suggestion.column for suggestion in found] == ["use_case_name", "development_stage", "contact_email"]


def test_a_standard_column_is_taken_once():
    rows = [["Name", "Name of the project", "Title"], ["a b c", "d e f", "g h i"], ["k l m", "n o p", "q r s"]]

    found = suggest_mapping(read_sheet(delimited(rows).encode()))

    assert [suggestion.column for suggestion in found].count("use_case_name") == 1


def test_what_fits_nothing_stays_unmapped():
    rows = [["Name", "Zorble", "Quux count"], ["Chat bot for staff", "glorp", "12"], ["Fraud detection", "blip", "14"]]

    found = suggest_mapping(read_sheet(delimited(rows).encode()))

    assert [suggestion.column for suggestion in found] == ["use_case_name", None, None]


def test_assignment_gives_the_largest_sum():
    assert best_assignment([[0.9, 0.8, 0.0], [0.9, 0.1, 0.0]]) == [1, 0]
    assert best_assignment([]) == []
