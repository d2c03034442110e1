from typing import Any

from django import forms

from aiso.web.attempts import SeenForm
from aiso.web.forms import DayInput, MoneyField

from ..actions.give_evidence import LONGEST_TEXT, latest_expiry
from ..checklist import Required
from ..models import GateReview, Requirement


def _expiry(help_text: str) -> forms.DateField:
    return forms.DateField(label="Counts until", required=False, widget=DayInput, help_text=help_text)


class AskForm(SeenForm):
    """What a review asks for."""

    ask = forms.CharField(
        label="What is asked",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text="In a sentence or two, for whoever decides. What the register knows need not be repeated.",
    )
    amount = MoneyField(label="Money asked for", min_value=0, required=False, help_text="Empty: none.")

    def __init__(self, review: GateReview | None = None, *args: Any, **options: Any) -> None:
        if review is not None:
            options["initial"] = {"ask": review.ask, "amount": review.amount}
        super().__init__(*args, **options)


class DocumentForm(forms.Form):
    """A file or a link."""

    file = forms.FileField(
        required=False,
        error_messages={"empty": "This file is empty."},
        help_text="Up to 25 MB. Programs are refused.",
    )
    link = forms.CharField(
        label="or link",
        required=False,
        max_length=1000,
        widget=forms.URLInput({"placeholder": "https://"}),
        help_text="Where it is kept, if not here.",
    )
    text = forms.CharField(
        label="Note", required=False, max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 2}), help_text=""
    )
    expires_on = _expiry("")


class StatementForm(forms.Form):
    """An answer in words."""

    text = forms.CharField(
        label="Answer",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": "Write the answer."},
    )
    expires_on = _expiry("")


def evidence_form(line: Requirement | Required, *args: Any) -> DocumentForm | StatementForm:
    """The form that suits a requirement, with the last day that its evidence may count."""
    is_answer = line.evidence == Requirement.Evidence.STATEMENT
    form = StatementForm(*args[:1]) if is_answer else DocumentForm(*args)
    form.auto_id = f"id_{line.code.replace('/', '-')}_%s"
    latest = latest_expiry(line)
    field = form.fields["expires_on"]
    field.initial = latest
    field.help_text = (
        f"At most {line.valid_months} months from today." if latest else "Empty: as long as nothing replaces it."
    )
    return form


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(max_length=2000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, label: str, *args: Any) -> None:
        super().__init__(*args)
        self.fields["reason"].label = label
        self.fields["reason"].error_messages["required"] = "Say why."
