"""Which board pack, and which one by mail."""

import uuid
from typing import Any

from django import forms

from aiso import clock
from aiso.accounts.models import BusinessUnit
from aiso.web.forms import DayInput
from portfolio.models import Bucket

from ..dashboard.address import FIRST_DAY
from ..dashboard.asked import WINDOWS


class ScopeForm(forms.Form):
    """Over how long, and of which part of the company."""

    days = forms.TypedChoiceField(label="Window", choices=[(days, f"{days} days") for days in WINDOWS], coerce=int)
    unit: Any = forms.ModelChoiceField(
        BusinessUnit.objects.order_by("name"),
        label="Business unit",
        required=False,
        empty_label="The whole company",
        help_text="Units below it are counted with it.",
    )
    bucket: Any = forms.ModelChoiceField(
        Bucket.objects.order_by("name"), label="Bucket", required=False, empty_label="All buckets"
    )


class PackForm(ScopeForm):
    """One pack. Its key comes with the page, so that sending it twice makes one."""

    as_of = forms.DateField(label="As of", widget=DayInput, help_text="The last day counted.")
    key = forms.CharField(widget=forms.HiddenInput, max_length=120, required=False)

    field_order = ("days", "as_of", "unit", "bucket")

    def __init__(self, data: Any = None, **asked: Any) -> None:
        day = clock.today().isoformat()
        super().__init__(data, initial={"days": 90, "as_of": day, "key": f"page:{uuid.uuid4()}"} | asked)

    def clean_as_of(self) -> Any:
        day = self.cleaned_data["as_of"]
        if not FIRST_DAY <= day <= clock.today():
            raise forms.ValidationError(f"Give a day from {FIRST_DAY} up to today.")
        return day
