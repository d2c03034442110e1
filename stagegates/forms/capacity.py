from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from aiso import clock

from ..capacity import month_of, months_from
from ..models import ReviewFunction
from ..models.capacity import MOST_HOURS

# Months that can be chosen, the present one first.
AHEAD = 18


def _months() -> list[tuple[str, str]]:
    return [(month.isoformat(), f"{month:%B %Y}") for month in months_from(month_of(clock.today()), AHEAD)]


class MonthField(forms.TypedChoiceField):
    """A month from now on, kept as its first day."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=_months, coerce=date.fromisoformat, empty_value=None, **options)


class HoursField(forms.DecimalField):
    """Hours a month, to a tenth."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("min_value", Decimal(0))
        widget = forms.NumberInput({"step": "0.5", "inputmode": "decimal"})
        super().__init__(
            label="Hours a month", max_digits=8, decimal_places=1, max_value=MOST_HOURS, widget=widget, **options
        )


class HoursForm(forms.Form):
    """How many hours a function has, from a month on."""

    from_month = MonthField(label="From")
    hours = HoursField(help_text="For all initiatives together. It holds until another entry begins.")


class SpecialistsForm(forms.Form):
    """Which people an initiative needs, when, for how many hours."""

    function = forms.ModelChoiceField(ReviewFunction.objects.none(), empty_label="Choose")
    first_month = MonthField(label="First month")
    last_month = MonthField(label="Last month")
    hours = HoursField(min_value=Decimal("0.5"))
    purpose = forms.CharField(label="What for", max_length=300)

    def __init__(self, data: Any = None) -> None:
        month = month_of(clock.today()).isoformat()
        super().__init__(data, initial={"first_month": month, "last_month": month})
        self.fields["function"].queryset = ReviewFunction.objects.active()  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    reason = forms.CharField(label="Reason", required=False, max_length=300, help_text="Needed to decline.")
