from typing import Any, Self

from django import forms
from django.http import QueryDict

from aiso.web.forms import PersonField

from ..models import DecisionClass
from ..models.decision import (
    MOST_A_WEEK,
    MOST_REVIEWERS,
    Confidence,
    CostOfDelay,
    CostOfError,
    Reversibility,
    ReviewCapacity,
)
from .seen import SeenForm


def _test(label: str, choices: Any, help_text: str, *, first: str = "Choose") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", first), *choices], help_text=help_text)


class DecisionFields(forms.Form):
    """What is asked of a recurring decision, the four tests that set how far the system may act among it."""

    name = forms.CharField(
        label="Decision", max_length=200, help_text="What is decided, e.g. which team gets a request."
    )
    owner = PersonField(required=False, help_text="Who answers for how it is decided.")
    volume_per_week = forms.IntegerField(
        label="Times a week", required=False, min_value=0, max_value=MOST_A_WEEK, help_text="How often, about."
    )
    cost_of_error = _test("Cost of error", CostOfError.choices, "What one wrong decision costs.")
    reversibility = _test("Can be undone", Reversibility.choices, "How easily a wrong decision is put right.")
    confidence = forms.ChoiceField(
        choices=Confidence.choices,
        initial=Confidence.UNKNOWN,
        help_text="How well it is known how sure the system is of its answers.",
    )
    review_capacity = forms.ChoiceField(
        label="Time to review",
        choices=ReviewCapacity.choices,
        initial=ReviewCapacity.UNKNOWN,
        help_text="The time that people have to look at what the system decided.",
    )
    reviewers = forms.IntegerField(
        label="Reviewers",
        required=False,
        min_value=0,
        max_value=MOST_REVIEWERS,
        help_text="How many people look at what the system proposes.",
    )
    cost_of_delay = forms.ChoiceField(
        label="Cost of delay",
        required=False,
        choices=[("", "Not known"), *CostOfDelay.choices],
        help_text="What it costs when it waits. It sets no level.",
    )
    required_data = forms.CharField(
        label="Data it needs",
        required=False,
        max_length=500,
        help_text="What must be known to decide, and where.",
    )
    is_regulated = forms.BooleanField(
        label="Regulated",
        required=False,
        help_text="A law or a supervisor prescribes how it is decided, or by whom. People then keep it.",
    )
    not_automated_because = forms.CharField(
        label="Not yet automated because",
        required=False,
        max_length=300,
        help_text="A reason, such as a works agreement, keeps it with people whatever the tests say.",
    )


class DecisionForm(DecisionFields, SeenForm):
    """One recurring decision, in a dialog or on a page of its own."""

    def __init__(self, decision: DecisionClass | None = None, data: QueryDict | None = None) -> None:
        self.decision = decision
        initial = {name: getattr(decision, name) for name in self.base_fields} if decision else {}
        super().__init__(data, initial=initial)

    def again(self, data: QueryDict) -> Self:
        return type(self)(self.decision, data)

    def written(self, name: str, value: Any) -> str:
        choices = dict(getattr(self.fields[name], "choices", ()))
        return str(choices.get(value) or ("Yes" if value is True else super().written(name, value)))
