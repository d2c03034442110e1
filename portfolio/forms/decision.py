from typing import Any, Self

from django import forms
from django.http import QueryDict

from ..models import DecisionClass
from ..models.decision import MOST_A_WEEK, Confidence, CostOfError, Reversibility, ReviewCapacity
from .seen import SeenForm


def _test(label: str, choices: Any, help_text: str, *, first: str = "Choose") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", first), *choices], help_text=help_text)


class DecisionForm(SeenForm):
    """One recurring decision, and the four tests that set how far the system may act in it."""

    name = forms.CharField(
        label="Decision", max_length=200, help_text="What is decided, e.g. which team gets a request."
    )
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

    def __init__(self, decision: DecisionClass | None = None, data: QueryDict | None = None) -> None:
        self.decision = decision
        initial = {name: getattr(decision, name) for name in self.base_fields} if decision else {}
        super().__init__(data, initial=initial)

    def again(self, data: QueryDict) -> Self:
        return type(self)(self.decision, data)

    def written(self, name: str, value: Any) -> str:
        choices = dict(getattr(self.fields[name], "choices", ()))
        return str(choices.get(value) or ("Yes" if value is True else super().written(name, value)))
