from django import forms

from ..models import MonitoringTask


class MonitoringForm(forms.Form):
    """What was found when somebody looked at a system in use."""

    finding = forms.ChoiceField(label="What did you find?", choices=MonitoringTask.Finding, widget=forms.RadioSelect)
    note = forms.CharField(
        label="In words",
        help_text="Which figures you looked at, and what is done about what is not as expected.",
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 4}),
    )
