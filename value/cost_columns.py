"""The columns of files of costs, and what their cells say."""

import re
from collections.abc import Sequence
from dataclasses import replace

from aiso.errors import DomainError
from portfolio.importing.wording import folded
from portfolio.inventory_columns import INITIATIVE, CellError, Column, read_day, words
from portfolio.row_files import check_columns
from stagegates.spending_columns import sum_above_zero

from .models import LedgerEntry

KINDS = {
    folded(text): kind.value
    for kind in LedgerEntry.Kind
    if kind != LedgerEntry.Kind.BENEFIT
    for text in (kind.value, kind.label, kind.label.removesuffix(" cost"), f"{kind.label}s")
}


def _kind(cell: str) -> str:
    if (found := KINDS.get(folded(cell))) is None:
        raise CellError(f"“{cell[:40]}” is none of run cost, build cost, rework, risk loss")
    return found


def _currency(cell: str) -> str:
    if not re.fullmatch("[A-Za-z]{3}", cell):
        raise CellError(f"“{cell[:40]}” is no currency; write its three letters, e.g. USD")
    return cell.upper()


COST_COLUMNS = (
    replace(INITIATIVE, is_required=False),
    Column("centre", "Cost centre", words(40), ("cost center", "cost centre code", "cost center code", "centre code")),
    Column("kind", "Kind", _kind, ("cost type", "type", "kind of cost", "category"), is_required=True),
    Column("happened_on", "Date", read_day, ("day", "booking date", "posting date", "invoice date"), is_required=True),
    Column("amount", "Amount", sum_above_zero, ("sum", "value", "cost"), is_required=True),
    Column("currency", "Currency", _currency, ("iso currency", "ccy")),
    Column("first_on", "First day", read_day, ("from", "period start", "service from")),
    Column("last_on", "Last day", read_day, ("until", "to", "period end", "service to")),
    Column(
        "evidence",
        "Evidence",
        words(300),
        ("invoice", "booking", "document", "receipt", "text"),
        is_required=True,
    ),
    Column("key", "Key", words(120), ("booking key", "document number", "id", "idempotency key")),
)


def check_cost_columns(mapping: Sequence[str]) -> None:
    """Raises DomainError where a column is missing that every row needs, or nothing tells whose costs they are."""
    check_columns(COST_COLUMNS, mapping, "A file of costs")
    if "initiative" not in mapping and "centre" not in mapping:
        raise DomainError(
            "No column is Initiative or Cost centre: one of them tells whose cost a row is.", field="file"
        )
