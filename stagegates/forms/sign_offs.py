"""What a reviewer says, asks and passes on, and what owners reply."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from aiso.web.forms import DayInput, PersonField

from ..actions.answer_sign_off import MOST_MINUTES, Demand
from ..models import SignOff, SignOffAnswer

# Conditions that a form has room for; the API takes more.
ROOM = 3


class AnswerForm(forms.Form):
    """An answer with its reason. `seen` is the token of what was shown, `replaces` the answer that stood then."""

    verdict = forms.ChoiceField(label="Answer", choices=SignOffAnswer.Verdict.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Reason", max_length=10_000, widget=forms.Textarea({"rows": 3}), help_text="It is kept with the answer."
    )
    minutes = forms.IntegerField(
        label="Minutes it took",
        required=False,
        min_value=0,
        max_value=MOST_MINUTES,
        help_text="Roughly.",
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    replaces = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, sign_off: SignOff, data: Any = None, *, seen: str = "") -> None:
        super().__init__(data, prefix=f"answer-{sign_off.pk}", initial={"seen": seen, "replaces": sign_off.answer_id})
        for number in range(1, ROOM + 1):
            self.fields[f"text_{number}"] = forms.CharField(
                label=f"Condition {number}", required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
            )
            self.fields[f"owner_{number}"] = PersonField(label="Owner", required=False)
            self.fields[f"due_{number}"] = forms.DateField(label="By", required=False, widget=DayInput)

    @property
    def basics(self) -> list[Any]:
        return [self[name] for name in ("verdict", "reason", "minutes")]

    @property
    def rooms(self) -> list[list[Any]]:
        """The fields of each condition."""
        return [[self[f"{name}_{number}"] for name in ("text", "owner", "due")] for number in range(1, ROOM + 1)]

    @property
    def filled_rooms(self) -> int:
        """How many conditions are shown unfolded: those that hold something, at least one."""
        filled = [number for number, room in enumerate(self.rooms, start=1) if any(bound.value() for bound in room)]
        return max(filled, default=1)

    def clean(self) -> dict[str, Any]:
        """The room for conditions shows only with the verdict that takes them: what stands there else is not asked."""
        cleaned = super().clean() or {}
        numbers = range(1, ROOM + 1) if cleaned.get("verdict") == SignOffAnswer.Verdict.CONDITIONS else ()
        cleaned["conditions"] = [each for number in numbers if (each := self._demand(cleaned, number))]
        return cleaned

    def answer(self) -> dict[str, Any]:
        """What the action takes."""
        names = ("verdict", "reason", "minutes", "seen", "replaces", "conditions")
        return {name: self.cleaned_data[name] for name in names}

    def _demand(self, cleaned: dict[str, Any], number: int) -> Demand | None:
        text, owner = cleaned.get(f"text_{number}", ""), cleaned.get(f"owner_{number}")
        due: date | None = cleaned.get(f"due_{number}")
        if not text and owner is None and due is None:
            return None
        if not text or owner is None or due is None:
            self.add_error(f"text_{number}", ValidationError("A condition has a text, an owner and a day."))
            return None
        return Demand(text, owner, due)


class TextForm(forms.Form):
    """A question or a reply."""

    text = forms.CharField(max_length=5000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, prefix: str, label: str, data: Any = None) -> None:
        super().__init__(data, prefix=prefix)
        self.fields["text"].label = label


class DelegateForm(forms.Form):
    """To whom, and why. Nobody: back to the function."""

    to = PersonField(label="To", required=False, help_text="Leave it empty to give it back to the function.")
    reason = forms.CharField(label="Why", max_length=300)

    def __init__(self, sign_off: SignOff, data: Any = None) -> None:
        super().__init__(data, prefix=f"pass-{sign_off.pk}")
