"""The table of decisions: its rows are answers of their own."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator

from aiso.web import figures

from ..models import Question
from ..models.decision import MOST_A_WEEK, CostOfError, Reversibility
from .intake_step import StepForm

DECISIONS = "decisions"
# Rows of the table of decisions that there is room for at first.
ROOM = 3


class DecisionForm(forms.Form):
    """One row of the table of decisions, bound to a row of the answers."""

    use_required_attribute = False

    name = forms.CharField(label="Decision", max_length=200)
    volume_per_week = forms.IntegerField(
        label="Times a week",
        required=False,
        localize=False,
        validators=[MinValueValidator(0), MaxValueValidator(MOST_A_WEEK)],
    )
    cost_of_error = forms.ChoiceField(label="An error costs", choices=[("", "Choose"), *CostOfError.choices])
    reversibility = forms.ChoiceField(label="Can be undone", choices=[("", "Choose"), *Reversibility.choices])
    is_regulated = forms.BooleanField(label="Regulated", required=False)

    def __init__(self, row: Mapping[str, Any], place: int) -> None:
        prefix = f"{DECISIONS}-{place}"
        told = {f"{prefix}-{name}": value for name, value in row.items()}
        # An empty row is not bound: that it lacks everything is no mistake.
        super().__init__(told if any(told.values()) else None, prefix=prefix)

    @property
    def volume(self) -> str:
        """How often, as people read it, or as it was typed while that is no number."""
        number = self.cleaned_data.get("volume_per_week") if self.is_valid() else None
        return figures.number(number) if number is not None else str(self["volume_per_week"].value() or "")

    @property
    def cost(self) -> str:
        """The cost of an error as people read it; empty while it is not chosen."""
        return dict(CostOfError.choices).get(self["cost_of_error"].value(), "")

    @property
    def undone(self) -> str:
        return dict(Reversibility.choices).get(self["reversibility"].value(), "")


class DecisionsForm(StepForm):
    """The table: its rows are answers of their own, kept under `decisions`."""

    slug, title = DECISIONS, "Decisions it makes"
    about = "What will the AI decide, or prepare for somebody to decide?"

    def __init__(self, answers: Mapping[str, Any], *, asked: Iterable[Question] = ()) -> None:
        super().__init__({})
        given = answers.get(DECISIONS) or ()
        self.rows = [DecisionForm(row, place) for place, row in enumerate(given)]

    @property
    def filled(self) -> list[DecisionForm]:
        return [row for row in self.rows if row.is_bound]

    def is_begun(self, answers: Mapping[str, Any]) -> bool:
        return DECISIONS in answers

    def with_room(self) -> list[DecisionForm]:
        """The rows that are filled, those that are wrong with what is wrong, and empty ones to write in."""
        filled = self.filled
        room = max(ROOM - len(filled), 1)
        return [*filled, *(DecisionForm({}, len(filled) + place) for place in range(room))]

    def only_mistakes(self) -> "DecisionsForm":
        """The same table that says nothing of cells that are still empty."""
        for row in self.filled:
            for name, errors in row.errors.as_data().items():
                if all(error.code == "required" for error in errors):
                    del row.errors[name]
        if not any(row.errors for row in self.filled) and not self.has_error(NON_FIELD_ERRORS, "same"):
            self.errors.clear()
        return self

    def clean(self) -> dict[str, Any]:
        if not self.filled:
            raise ValidationError("Name at least one decision, even a small one.", code="required")
        names = [row.cleaned_data.get("name", "").lower() for row in self.filled if row.is_valid()]
        if len(names) < len(self.filled):
            raise ValidationError(
                "Each row needs a decision, the cost of an error, and if it can be undone.", code="rows"
            )
        if len({*names}) < len(names):
            raise ValidationError("Two rows name the same decision; put them together.", code="same")
        return {DECISIONS: [row.cleaned_data for row in self.filled]}
