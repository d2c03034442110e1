"""The project's copies of public inventories, and spreadsheets made to be nasty."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

ROOT = Path(__file__).resolve().parents[3]
INVENTORIES = ROOT / "tests" / "data" / "import"
OMB_2024 = ROOT / "portfolio" / "sample" / "omb-2024.csv"
FILES = {"HHS": "hhs-2025.csv", "HUD": "hud-2025.xlsx", "DOJ": "doj-2025.xlsx", "FTC": "ftc-2025.csv"}


def inventory(name: str) -> bytes:
    return (INVENTORIES / name).read_bytes()


def answers(name: str) -> list[dict[str, str]]:
    with (INVENTORIES / f"answers-{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def delimited(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def workbook(
    sheets: dict[str, Sequence[Sequence[object]]], *, hidden: Sequence[str] = (), merged: Sequence[tuple[str, str]] = ()
) -> bytes:
    """An XLSX file; `merged` pairs a range of the first sheet with the text it holds."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell not in ("", None):
                    sheet.write(number, column, cell)
        if name in hidden:
            sheet.hide()
    for span, text in merged:
        book.worksheets()[0].merge_range(span, text)
    book.close()
    return out.getvalue()
