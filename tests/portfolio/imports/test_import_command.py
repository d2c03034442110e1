"""The import at the shell, on the real inventory of 2024."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count

from aiso.accounts.models import BusinessUnit
from portfolio.models import ImportedRecord, ImportJob, Initiative

from ..importing.files import INVENTORIES, OMB_2024

pytestmark = pytest.mark.django_db


def report_of(path, *options: str) -> dict:
    out = StringIO()
    call_command("import_initiatives", str(path), "--report", "-", *options, stdout=out)
    return json.loads(out.getvalue())


def outcomes(report: dict) -> list[int]:
    return [report[name] for name in ("rows", "created", "updated", "unchanged", "rejected")]


def test_all_of_the_2024_inventory_arrives_once(db):
    report = report_of(OMB_2024, "--preset", "omb-2024")

    assert outcomes(report) == [1757, 1757, 0, 0, 0]
    assert (report["header_row"], report["encoding"]) == (1, "utf-8-sig")
    assert report["mapping"]["16_dev_stage"] == "development_stage"
    assert report["problems"]["18_date_initiated"]["count"] == 3
    _check_figures()
    assert outcomes(report_of(OMB_2024, "--preset", "omb-2024")) == [1757, 0, 0, 1757, 0]
    assert Initiative.objects.count() == 1757


def _check_figures() -> None:
    """The counts that its publisher gives come out of the register again."""
    impact = Initiative.objects.values_list("is_rights_impacting", "is_safety_impacting").annotate(n=Count("pk"))
    assert {(rights, safety): n for rights, safety, n in impact.order_by()} == {
        (False, False): 1491,
        (True, True): 150,
        (True, False): 59,
        (False, True): 18,
        (None, None): 39,
    }
    agencies = BusinessUnit.objects.filter(parent=None)
    assert agencies.count() == 37
    held = {
        short: Initiative.objects.filter(
            unit__in=BusinessUnit.objects.and_below([agencies.get(short_name=short).pk])
        ).count()
        for short in ("HHS", "VA", "DHS", "DOI", "USAID")
    }
    assert held == {"HHS": 271, "VA": 229, "DHS": 183, "DOI": 180, "USAID": 137}
    assert Initiative.objects.in_production().count() == 645
    assert ImportedRecord.objects.count() == 1757


@pytest.mark.parametrize(
    ("name", "rows"),
    [("omb-2023.csv", 710), ("hhs-2025.csv", 447), ("ftc-2025.csv", 16), ("doj-2025.xlsx", 314), ("hud-2025.xlsx", 11)],
)
def test_the_other_inventories_import_without_a_preset(name, rows):
    first = report_of(INVENTORIES / name)
    again = report_of(INVENTORIES / name)

    assert outcomes(first) == [rows, rows, 0, 0, 0]
    assert outcomes(again) == [rows, 0, 0, rows, 0]


def test_a_trial_run_changes_nothing(tmp_path):
    target = tmp_path / "report.json"
    out = StringIO()
    call_command(
        "import_initiatives", str(INVENTORIES / "ftc-2025.csv"), "--dry-run", "--report", str(target), stdout=out
    )

    assert outcomes(json.loads(target.read_text())) == [16, 16, 0, 0, 0]
    assert "It would be: 16 rows" in out.getvalue()
    assert not Initiative.objects.exists()
    assert not ImportJob.objects.exists()


def test_it_says_what_is_wrong(tmp_path, office_member):
    junk = tmp_path / "junk.csv"
    junk.write_bytes(b"\x00\x01" * 100)
    for options, word in (
        ([str(tmp_path / "none.csv")], "cannot be read"),
        ([str(junk)], "not a text table"),
        ([str(INVENTORIES / "ftc-2025.csv"), "--by", "nobody@example.org"], "Nobody active"),
        ([str(INVENTORIES / "ftc-2025.csv"), "--unit", "Nowhere"], "no business unit"),
        ([str(INVENTORIES / "ftc-2025.csv"), "--preset", "omb-2024"], "lacks columns"),
    ):
        with pytest.raises(CommandError, match=word):
            call_command("import_initiatives", *options)


def test_it_is_done_in_a_persons_name(office_member):
    report_of(INVENTORIES / "ftc-2025.csv", "--by", office_member.email.upper())

    assert ImportJob.objects.get().uploaded_by == office_member
    assert Initiative.objects.first().created_by == office_member
