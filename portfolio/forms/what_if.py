"""What is asked of an envelope. Read from the address, so that it can be passed on; nothing is saved."""

from decimal import Decimal
from typing import Any

from django import forms

from aiso.web.forms import MoneyField

CENT = Decimal("0.01")
SKIP, STOP = "skip", "stop"
KEEP, ANEW = "keep", "anew"
THEN = ((SKIP, "go on to those that do"), (STOP, "stop there"))
HELD = ((KEEP, "stays"), (ANEW, "what is not spent is given out anew"))


class WhatIfForm(forms.Form):
    amount = MoneyField(label="Envelope", min_value=Decimal(0), required=False)
    then = forms.ChoiceField(
        label="When one does not fit", choices=THEN, widget=forms.RadioSelect, required=False, initial=SKIP
    )
    held = forms.ChoiceField(
        label="What is committed", choices=HELD, widget=forms.RadioSelect, required=False, initial=KEEP
    )

    def __init__(self, query: Any, amount: Decimal | None) -> None:
        """`amount` is what the envelope has today, which stands in the field unless the address says otherwise."""
        standing = {
            "amount": "" if amount is None else f"{amount:,.2f}".removesuffix(".00"),
            "then": SKIP,
            "held": KEEP,
        }
        super().__init__(standing | {name: query.get(name) for name in standing if query.get(name)})
        self.is_valid()

    @property
    def given(self) -> Decimal | None:
        """None where none is given, or none that can be read."""
        found: Decimal | None = self.cleaned_data.get("amount")
        return None if found is None else found.quantize(CENT)

    @property
    def amount_field(self) -> forms.BoundField:
        return self["amount"]

    @property
    def choices(self) -> list[forms.BoundField]:
        return [self["then"], self["held"]]

    @property
    def stops(self) -> bool:
        return bool(self.cleaned_data.get("then") == STOP)

    @property
    def begins_anew(self) -> bool:
        return bool(self.cleaned_data.get("held") == ANEW)
