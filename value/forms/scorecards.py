"""The filters of scorecards."""

from typing import Any

from django import forms
from django.http import QueryDict

from aiso.accounts.models import BusinessUnit
from portfolio.models import Bucket, Objective

STAGES = (("", "All active"), ("production", "In production"))


class ScorecardFilterForm(forms.Form):
    """What narrows the initiatives that are counted."""

    bucket = forms.ModelChoiceField(Bucket.objects.all(), required=False, empty_label="All")
    unit: "forms.ModelChoiceField[BusinessUnit]" = forms.ModelChoiceField(
        BusinessUnit.objects.all(), label="Business unit", required=False, empty_label="All"
    )
    objective = forms.ModelChoiceField(Objective.objects.all(), required=False, empty_label="All")
    stages = forms.ChoiceField(choices=STAGES, label="Stage", required=False)

    def __init__(self, query: QueryDict, **more: Any) -> None:
        super().__init__(query, **more)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select"

    @property
    def refused(self) -> list[str]:
        """What the address asks for and there is not, each in a sentence."""
        asked = [(self.fields[name].label or name, self.data.get(name, "")) for name in self.errors]
        return [
            f"There is no {str(label).lower()} {text[:20]!r}: this filter is left out. Choose one under Filter."
            for label, text in asked
        ]
