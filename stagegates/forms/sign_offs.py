"""What a reviewer says, asks and passes on, and what owners reply."""

from datetime import date
from typing import Any

from django import forms

from aiso.accounts.models import User
from aiso.web.forms import DayInput, PersonField

from ..actions.answer_sign_off import MOST_MINUTES, Demand
from ..models import SignOff, SignOffAnswer

# Conditions that a form has room for; the API takes more.
ROOM = 3
# The fields of a condition, with what is told of an empty one.
LACKING = {"text": "Say what it demands.", "owner": "Say who sees to it.", "due": "Say by when."}


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
        owner = sign_off.review.initiative.business_owner
        initial = {"seen": seen, "replaces": sign_off.answer_id, "owner_1": owner}
        super().__init__(data, prefix=f"answer-{sign_off.pk}", initial=initial)
        for number in range(1, ROOM + 1):
            self.fields[f"text_{number}"] = forms.CharField(
                label=f"Condition {number}", required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
            )
            self.fields[f"owner_{number}"] = PersonField(label="Owner", required=False)
            self.fields[f"due_{number}"] = forms.DateField(label="By", required=False, widget=DayInput)
            for name in LACKING:
                self.fields[f"{name}_{number}"].is_asked = True  # type: ignore[attr-defined]

    @property
    def basics(self) -> list[Any]:
        return [self[name] for name in ("verdict", "reason", "minutes")]

    @property
    def rooms(self) -> list[list[Any]]:
        """The fields of each condition."""
        return [[self[f"{name}_{number}"] for name in LACKING] for number in range(1, ROOM + 1)]

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
        """One condition. The first is asked for, each more once something of it is filled."""
        given = {name: cleaned.get(f"{name}_{number}") for name in LACKING}
        if number > 1 and not any(given.values()):
            return None
        for name, told in LACKING.items():
            if not given[name] and f"{name}_{number}" not in self.errors:
                self.add_error(f"{name}_{number}", told)
        text, owner, due = given.values()
        return Demand(text, owner, due) if text and isinstance(owner, User) and isinstance(due, date) else None


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
