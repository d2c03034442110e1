"""Forms of the metric catalogue."""

from typing import Any

from django import forms

from aiso import clock
from aiso.web.forms import DayInput
from portfolio.models import OutcomeMetric

from ..models import BenefitType, CatalogueMetric


class CatalogueForm(forms.Form):
    """A new metric."""

    name = forms.CharField(max_length=200)
    unit = forms.CharField(max_length=40, help_text="What one is, e.g. hours, calls. It stays.")
    direction = forms.ChoiceField(choices=OutcomeMetric.Direction.choices, help_text="It stays.")
    category = forms.ChoiceField(
        choices=OutcomeMetric.Category.choices, required=False, help_text="Where it stands on every scorecard."
    )
    about = forms.CharField(
        label="What counts",
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text="What counts as one, and what not.",
    )


class CatalogueEditForm(forms.Form):
    """What may change of a metric."""

    name = forms.CharField(max_length=200)
    category = CatalogueForm.base_fields["category"]
    about = CatalogueForm.base_fields["about"]
    is_active = forms.BooleanField(label="Can be chosen", required=False)

    def __init__(self, metric: CatalogueMetric, data: Any = None) -> None:
        super().__init__(
            data, initial={name: getattr(metric, name) for name in ("name", "category", "about", "is_active")}
        )


class UnitValueForm(forms.Form):
    """What finance says one unit is worth."""

    amount = forms.DecimalField(max_digits=16, decimal_places=4)
    benefit_type = forms.ChoiceField(label="Kind of benefit", choices=BenefitType.choices)
    starts_on = forms.DateField(label="From", widget=DayInput)
    ends_on = forms.DateField(
        label="Until", widget=DayInput, required=False, help_text="Its last day; empty: until the next value."
    )
    method = forms.CharField(label="How it was worked out", max_length=500, widget=forms.Textarea({"rows": 2}))
    evidence = forms.CharField(max_length=300)

    def __init__(self, metric: CatalogueMetric, data: Any = None) -> None:
        super().__init__(data, initial={"starts_on": clock.today().replace(day=1)})
        self.fields["amount"].label = f"Value of one, per {metric.unit}"


class MatchForm(forms.Form):
    """Which metric of the catalogue an outcome metric is; empty: none."""

    entry = forms.ModelChoiceField(CatalogueMetric.objects.active(), required=False)
