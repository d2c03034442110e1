from django import forms

from aiso.web.forms import DayInput

from ..actions.yearly_rate import MOST


class YearlyRateForm(forms.Form):
    """What a year makes money worth less, from a day on."""

    per_cent = forms.DecimalField(
        label="Per cent a year", min_value=0, max_value=MOST, max_digits=5, decimal_places=2, help_text="E.g. 8."
    )
    starts_on = forms.DateField(label="From", widget=DayInput)
    source = forms.CharField(label="Where it comes from", max_length=300, help_text="E.g. the cost of capital.")
