"""The form of shares: one field for each claim that overlaps and that the person may answer."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from ..models import LedgerEntry
from ..overlaps import OverlapLine, in_percent

LEAST, MOST = Decimal("0.01"), Decimal(100)


class SharesForm(forms.Form):
    """Percentages of claims, each in the field of its claim; empty leaves one as it is."""

    reason = forms.CharField(label="What was agreed, and by whom", max_length=1000, widget=forms.Textarea({"rows": 2}))

    def __init__(self, lines: Sequence[OverlapLine], data: Any = None) -> None:
        super().__init__(data)
        self.lines = lines
        for line in lines:
            field = self.fields[_name(line.entry)] = forms.DecimalField(
                label=f"Share of {line.called}, %",
                min_value=LEAST,
                max_value=MOST,
                max_digits=5,
                decimal_places=2,
                required=False,
                initial=None if line.share is None else f"{(line.share * 100).normalize():f}",
                help_text=f"Recorded: {in_percent(line.share)}." if line.share is not None else "",
            )
            # One of them is asked at least.
            field.is_asked = True  # type: ignore[attr-defined]
        self.order_fields([*(_name(line.entry) for line in lines), "reason"])

    def shares(self) -> dict[LedgerEntry, Decimal]:
        """What was typed, as parts of one."""
        typed = {line.entry: self.cleaned_data.get(_name(line.entry)) for line in self.lines}
        return {entry: percent / 100 for entry, percent in typed.items() if percent is not None}


def _name(entry: LedgerEntry) -> str:
    return f"share_{entry.pk}"
