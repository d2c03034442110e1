"""What scorecards hold adoption against, and after how long a value says nothing any more."""

from django import forms

from aiso.configuration.kinds import Kind
from aiso.configuration.shape import Shape

from ..scorecards.limits import SCORECARDS


def _per_cent(label: str, help_text: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=help_text, min_value=0, max_value=100)


class GoalsForm(forms.Form):
    active = _per_cent("Active users", "The share of target users, in per cent, from which a week is on target.")
    repeat = _per_cent("Repeat use", "The share of active users, in per cent, who used it in an earlier week too.")
    opt_outs = _per_cent("Opt-outs", "The share of target users, in per cent, above which a week is off target.")
    satisfaction = forms.DecimalField(
        label="Satisfaction",
        min_value=1,
        max_value=5,
        max_digits=3,
        decimal_places=2,
        help_text="The mean of the answers, 1 to 5, from which a week is on target.",
    )
    measured_days = forms.IntegerField(
        label="Days of a measurement",
        min_value=1,
        max_value=1000,
        help_text="An older measurement or decision reading counts as not measured for long.",
    )
    read_weeks = forms.IntegerField(
        label="Weeks of a reading",
        min_value=1,
        max_value=100,
        help_text="An older adoption reading counts as not measured for long.",
    )


KIND = Kind(
    SCORECARDS,
    "Scorecards",
    "What scorecards hold adoption against, and after how long a value says nothing any more.",
    "gauge",
    Shape(GoalsForm),
    order=48,
)
