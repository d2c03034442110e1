from decimal import Decimal
from typing import Any, Self

from django import forms
from django.http import QueryDict

from aiso.web.forms import DayInput

from ..models import OutcomeMetric
from .seen import SeenForm


def _figure(label: str, help_text: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        max_digits=18,
        decimal_places=4,
        widget=forms.NumberInput({"step": "any"}),
        help_text=help_text,
    )


class MetricForm(SeenForm):
    """What is to move, from where to where, until when."""

    name = forms.CharField(max_length=200, help_text="What is counted, e.g. unplanned stops.")
    unit = forms.CharField(max_length=40, help_text="What one is, e.g. days, % or stops a month.")
    direction = forms.ChoiceField(choices=OutcomeMetric.Direction.choices, label="Direction")
    category = forms.ChoiceField(
        choices=OutcomeMetric.Category.choices,
        required=False,
        help_text="Where it stands on the scorecard. One that is of the catalogue stands where the catalogue says.",
    )
    baseline = _figure("Baseline", "The value before anything changed.")
    baseline_on = forms.DateField(label="Baseline date", required=False, widget=DayInput)
    baseline_source = forms.CharField(
        label="Baseline source", required=False, max_length=300, help_text="Where the figure comes from."
    )
    target = _figure("Target")
    horizon_on = forms.DateField(
        label="Target date", required=False, widget=DayInput, help_text="When the target is to be met."
    )
    constraint = forms.CharField(required=False, max_length=300, help_text="What must not get worse meanwhile.")

    reason = forms.CharField(
        label="Why does the approved plan change?",
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
        help_text="A decision approved the plan with its metrics. The next gate reads why they changed.",
    )

    def __init__(
        self, metric: OutcomeMetric | None = None, data: QueryDict | None = None, *, asks_reason: bool = False
    ) -> None:
        self.metric, self.asks_reason = metric, asks_reason
        names = [name for name in self.base_fields if name != "reason"]
        initial = {name: _plain(getattr(metric, name)) for name in names} if metric else {}
        super().__init__(data, initial=initial)
        if not asks_reason:
            del self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        told["category"] = told.get("category") or (self.metric or OutcomeMetric()).category
        if told.get("baseline") is not None:
            for name in ("baseline_on", "baseline_source"):
                if not told.get(name) and name not in self.errors:
                    self.add_error(name, "A baseline needs its date and source.")
        return told

    def again(self, data: QueryDict) -> Self:
        return type(self)(self.metric, data, asks_reason=self.asks_reason)


def _plain(value: Any) -> Any:
    """14.0000 as 14, as people typed it."""
    if isinstance(value, Decimal):
        return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
    return value
