"""The columns of files of spending, and what their cells say."""

from decimal import Decimal

from django.core.exceptions import ValidationError

from aiso.web.forms import MoneyField
from portfolio.inventory_columns import INITIATIVE, CellError, Column, read_day, words

# One for all cells: to make it takes longer than to read a sum.
SUM = MoneyField()


def sum_above_zero(cell: str) -> Decimal:
    """A sum as people type it."""
    try:
        found = SUM.clean(cell)
    except ValidationError as error:
        raise CellError(f"“{cell[:40]}”: {error.messages[0].rstrip('.')}") from error
    if not isinstance(found, Decimal) or found <= 0:
        raise CellError(f"“{cell[:40]}” is not more than 0; to take a sum back, reverse its entry")
    return found


def _number(cell: str) -> int:
    plain = cell.removesuffix(".0")
    if not plain.isascii() or not plain.isdecimal() or len(plain) > 15:
        raise CellError(f"“{cell[:40]}” is not the number of a tranche")
    return int(plain)


SPENDING_COLUMNS = (
    INITIATIVE,
    Column("tranche", "Tranche", _number, ("tranche number", "tranche id")),
    Column("spent_on", "Spent on", read_day, ("date", "day", "booking date", "posting date"), is_required=True),
    Column("amount", "Amount", sum_above_zero, ("sum", "value", "cost", "spent"), is_required=True),
    Column(
        "evidence",
        "Evidence",
        words(300),
        ("reference of evidence", "invoice", "booking", "document", "receipt", "text"),
        is_required=True,
    ),
    Column("key", "Key", words(120), ("booking key", "document number", "id", "idempotency key")),
)
