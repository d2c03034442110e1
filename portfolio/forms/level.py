"""Forms of one decision's level: choosing, ending, answering a step down, recording a reading."""

from typing import Any

from django import forms

from aiso.web.forms import DayInput

from ..models import AutonomyLevel, StepDown
from ..models.autonomy import MOST_READ


def _count(label: str, help_text: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=MOST_READ, help_text=help_text)


class LevelForm(forms.Form):
    """A level in place of the one that the tests give."""

    level = forms.ChoiceField(
        choices=[("", "Choose"), *AutonomyLevel.choices],
        help_text="A more cautious one holds at once. A bolder one needs evidence and the risk owner.",
    )
    because = forms.CharField(label="Why", required=False, max_length=500)
    evidence = forms.CharField(
        required=False,
        max_length=1000,
        help_text="For a bolder one: what shows that it is safe, as text or link.",
    )
    until = forms.DateField(
        required=False,
        widget=DayInput(),
        help_text="The last day it holds. Over a blocking test or a regulated decision it needs one, legal and a body.",
    )


class EndForm(forms.Form):
    """Taking a chosen level back."""

    because = forms.CharField(label="Why it no longer holds", max_length=200)


class AnswerForm(forms.Form):
    """Confirming or lifting a step down; the button says which."""

    answer = forms.ChoiceField(choices=StepDown.Answer.choices, widget=forms.HiddenInput())
    reason = forms.CharField(max_length=500)


class ReadingForm(forms.Form):
    """How a decision went in a period."""

    first_day = forms.DateField(widget=DayInput())
    last_day = forms.DateField(widget=DayInput(), help_text="Included. The same days once more correct a reading.")
    volume = _count("Decisions", "How many it decided or proposed.")
    overrides = _count("Overrides", "How many of them people decided otherwise.")
    errors = _count("Errors", "How many of them turned out wrong.")  # type: ignore[assignment]

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="reading")
