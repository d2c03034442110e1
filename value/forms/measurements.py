"""Forms of measurements. They read what is typed; the rules are the actions'."""

from typing import Any

from django import forms

from aiso import clock
from aiso.web.forms import DayInput
from portfolio.models import OutcomeMetric

from ..models import Measurement

# A figure as it is measured.
VALUE = forms.DecimalField(max_digits=18, decimal_places=4)


class MeasurementForm(forms.Form):
    """What was measured, when and how."""

    value = forms.DecimalField(max_digits=18, decimal_places=4)
    measured_on = forms.DateField(label="Measured on", widget=DayInput)
    method = forms.CharField(
        label="How it was measured",
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text="Where the figure comes from and over which days, so that somebody else can repeat it.",
    )
    evidence = forms.URLField(
        required=False, max_length=1000, assume_scheme="https", help_text="Where it can be looked up."
    )

    def __init__(self, metric: OutcomeMetric, data: Any = None, *, corrects: Measurement | None = None) -> None:
        names = ("value", "measured_on", "method", "evidence")
        initial = {name: getattr(corrects, name) for name in names} if corrects else {"measured_on": clock.today()}
        super().__init__(data, initial=initial)
        self.fields["value"].label = f"Measured, {metric.unit}"


class ConfirmForm(forms.Form):
    note = forms.CharField(label="Remark", required=False, max_length=1000)


class RejectForm(forms.Form):
    reason = forms.CharField(
        label="Why",
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
        help_text="What has to be mended before you can confirm it.",
        error_messages={"required": "Say why, so that the owner can mend it."},
    )
