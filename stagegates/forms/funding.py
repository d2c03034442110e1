"""The forms with which envelopes are set, money is asked for, decided, released and spent."""

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from aiso.web.attempts import SeenForm
from aiso.web.forms import DayInput, MoneyField
from portfolio.models import Bucket

from ..asked_money import FUNDING_OUTCOMES
from ..blocks import Block
from ..models import Envelope, FundingRequest
from .decisions import ConsentForm, DecisionForm, written

OVERRIDE = "override-"
MOST_OVERSPENT = "most_overspent"


def _why(label: str = "Why") -> forms.CharField:
    return forms.CharField(label=label, max_length=10_000, widget=forms.Textarea({"rows": 2}))


class EnvelopeForm(forms.Form):
    """An envelope that is not there yet."""

    bucket = forms.ModelChoiceField(Bucket.objects.none(), label="Bucket", empty_label="Choose the bucket")
    starts_on = forms.DateField(label="From", widget=DayInput)
    ends_on = forms.DateField(label="Until", widget=DayInput, help_text="The last day that belongs to it.")
    amount = MoneyField(label="Amount", min_value=0)
    reason = _why()

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        buckets = self.fields["bucket"]
        assert isinstance(buckets, forms.ModelChoiceField)
        buckets.queryset = Bucket.objects.active()


class EnvelopeChangeForm(SeenForm):
    """What may change of an envelope, with what it held when the page was opened."""

    amount = MoneyField(label="Amount", min_value=0)
    ends_on = forms.DateField(label="Until", widget=DayInput, help_text="The last day that belongs to it.")
    reason = _why("Why it changes")

    def __init__(self, envelope: Envelope, data: Any = None) -> None:
        super().__init__(data, initial={"amount": envelope.amount, "ends_on": envelope.ends_on})
        self.fields["amount"].help_text = "Never below what is committed."
        self.fields["reason"].show_hidden_initial = False


class SpendForm(forms.Form):
    """One booking. Its key comes with the page, so that sending it twice books once."""

    amount = MoneyField(label="Amount")
    spent_on = forms.DateField(label="Spent on", widget=DayInput)
    evidence = forms.CharField(label="Evidence", max_length=300, help_text="The invoice or booking it stands on.")
    key = forms.CharField(widget=forms.HiddenInput, max_length=120, required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"key": f"page:{uuid.uuid4()}"})

    def most_overspent(self) -> Decimal:
        """What the button that was pressed says is overspent by it; the plain one says nothing."""
        try:
            return MoneyField().clean(self.data.get(MOST_OVERSPENT)) or Decimal(0)
        except forms.ValidationError:
            return Decimal(0)


class ReleaseForm(forms.Form):
    """A release; a reason for each block that the person’s body is high enough to override."""

    def __init__(self, blocks: Sequence[Block], data: Any = None) -> None:
        super().__init__(data)
        for block in blocks:
            label = f"Override: {block.what}"
            self.fields[f"{OVERRIDE}{block.key}"] = forms.CharField(label=label, required=False, max_length=2000)

    def overrides(self) -> dict[str, str]:
        return {name.removeprefix(OVERRIDE): text for name, text in self.cleaned_data.items() if text}


class AskForm(forms.Form):
    amount = MoneyField(label="Amount")
    reason = forms.CharField(label="What it is for", max_length=10_000, widget=forms.Textarea({"rows": 4}))


class RequestDecisionForm(DecisionForm):
    """A ruling on money outside a gate: what a decision on a review asks, without a gate to choose."""

    outcome = forms.ChoiceField(
        label="Outcome",
        choices=[(each.value, each.label) for each in FUNDING_OUTCOMES],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what is decided."},
    )
    back_to = None  # type: ignore[assignment]
    closes_on = None  # type: ignore[assignment]
    seen = None  # type: ignore[assignment]
    closing_reason = None  # type: ignore[assignment]
    lessons = None  # type: ignore[assignment]
    reusable = None  # type: ignore[assignment]

    def __init__(self, request: FundingRequest, blocks: Sequence[Block], data: Any = None) -> None:
        self.begin(data, {"amount": written(request.amount)}, blocks)


class MeetingRequestForm(ConsentForm, RequestDecisionForm):  # type: ignore[misc]
    """The same as a meeting ruled it."""
