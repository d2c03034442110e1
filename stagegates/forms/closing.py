"""What a terminating decision asks, and the forms of what follows from it."""

from typing import Any

from django import forms

from aiso.web.forms import DayInput, PersonField

from ..actions.ruling import WHAT_LEARNT, WHY_CLOSED, Closing
from ..models import Closure, Decision, DecommissioningTask


def _lines(label: str, rows: int = 3, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=10_000, widget=forms.Textarea({"rows": rows}), **options)


class ClosingFields(forms.Form):
    """The part of a ruling that only ending an initiative asks."""

    closing_reason = forms.ChoiceField(
        label="Why it is closed", choices=[("", "Choose why"), *Closure.Reason.choices], required=False
    )
    lessons = _lines(
        "What was learnt",
        required=False,
        help_text="Shown where somebody asks for something similar: what should they do otherwise?",
    )
    reusable = _lines(
        "What can be used again",
        2,
        required=False,
        help_text="Data, code, contracts, people who know; and where to find them.",
    )

    def check_closing(self, outcome: object) -> None:
        """Beside the field what terminating lacks."""
        if outcome != Decision.Outcome.TERMINATE:
            return
        for name, lacking in (("closing_reason", WHY_CLOSED), ("lessons", WHAT_LEARNT)):
            if not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, lacking)

    def closing(self) -> Closing | None:
        """What the actions take; nothing where it does not end."""
        cleaned = self.cleaned_data
        if cleaned.get("outcome") != Decision.Outcome.TERMINATE or "closing_reason" not in cleaned:
            return None
        return Closing(cleaned["closing_reason"], cleaned["lessons"], cleaned["reusable"])


# Fields that the choice of terminating asks for.
CLOSING_ASKED = ("closing_reason", "lessons")


class LessonForm(forms.Form):
    text = _lines("What was learnt since")


class DoneForm(forms.Form):
    note = _lines("How it was done", 2, required=False, help_text="Where the proof is, if there is any.")


class NotNeededForm(forms.Form):
    note = _lines("Why it is not needed", 2)


class HandOverForm(forms.Form):
    owner = PersonField(label="Seen to by")
    due_on = forms.DateField(label="By", widget=DayInput)

    def __init__(self, task: DecommissioningTask, data: Any = None, **options: Any) -> None:
        super().__init__(data, initial={"owner": task.owner, "due_on": task.due_on}, **options)
