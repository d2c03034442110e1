"""What an incident cost, initiative by initiative."""

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from aiso import clock
from aiso.web.forms import DayInput, MoneyField
from portfolio.models import Initiative

from .ledger import currencies


class IncidentCostForm(forms.Form):
    """An amount for each initiative. Its key comes with the page, so that sending it twice posts once."""

    currency = forms.ChoiceField(choices=currencies)
    happened_on = forms.DateField(label="Date", widget=DayInput, help_text="The day on which it counts.")
    evidence = forms.CharField(max_length=300, help_text="The invoice, booking or report it stands on.")
    key = forms.CharField(widget=forms.HiddenInput, max_length=60, required=False)

    def __init__(self, initiatives: Sequence[Initiative], data: Any = None) -> None:
        super().__init__(data, initial={"key": str(uuid.uuid4()), "happened_on": clock.today()})
        self.initiatives = initiatives
        is_one = len(initiatives) == 1
        for each in initiatives:
            label = "Amount" if is_one else f"{each.reference} {each.name}"
            self.fields[self._name(each)] = MoneyField(label=label, required=is_one)
        self.order_fields([*map(self._name, initiatives), "currency", "happened_on", "evidence"])

    def amounts(self) -> dict[Initiative, Decimal]:
        """What was typed, for the initiatives that it cost something."""
        given = {each: self.cleaned_data.get(self._name(each)) for each in self.initiatives}
        return {each: amount for each, amount in given.items() if amount is not None}

    @staticmethod
    def _name(initiative: Initiative) -> str:
        return f"amount_{initiative.pk}"
