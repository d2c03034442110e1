"""What the intake asks, so that a script can ask it too."""

from typing import Annotated, Any, TypedDict

from django import forms
from django.urls import reverse

from aiso.accounts.models import BusinessUnit
from aiso.web.forms import PersonField

from ..editable_lists import LISTS
from ..forms.intake_decisions import DECISIONS, DecisionForm, DecisionsForm
from ..forms.intake_step import StepForm
from ..intake_sheet import Sheet
from ..models import Objective, Tool
from .intake_answers import SORTS, choices_of, sort_of

ROWS = "rows"
SORTED = {"enum": [*(sort.name for sort in SORTS.values()), ROWS]}
NOUNS: dict[type[Any], str] = {BusinessUnit: "unit", Objective: "objective", Tool: "tool"}


class ChoiceShape(TypedDict):
    """One possible answer."""

    value: str
    label: str


class IntakeQuestionShape(TypedDict):
    """One question of the intake."""

    name: Annotated[str, "Its answer's name."]
    label: str
    help_text: str
    type: Annotated[str, SORTED]
    is_required: Annotated[bool, "Whether a request without it cannot be submitted."]
    max_length: int | None
    choices: Annotated[list[ChoiceShape], "The only answers, if it has a few."]
    choose_from: Annotated[str | None, "The list whose ids are its answers."]
    columns: "Annotated[list[IntakeQuestionShape], 'What each row is asked.']"


class IntakeStepShape(TypedDict):
    """One step of the intake."""

    id: str
    title: str
    about: str
    questions: list[IntakeQuestionShape]


class IntakeStepsShape(TypedDict):
    """All that is asked now, in its order."""

    results: list[IntakeStepShape]


def steps_drawn() -> list[IntakeStepShape]:
    """The steps with the risk questions in force."""
    return [_step(form) for form in Sheet({}).forms.values()]


def _step(form: StepForm) -> IntakeStepShape:
    questions = [_question(name, field) for name, field in form.fields.items()]
    if isinstance(form, DecisionsForm):
        questions = [_table(form)]
    return {"id": form.slug, "title": form.title, "about": form.about, "questions": questions}


def _question(name: str, field: forms.Field) -> IntakeQuestionShape:
    return {
        "name": name,
        "label": str(field.label),
        "help_text": str(field.help_text),
        "type": sort_of(field).name,
        "is_required": field.required,
        "max_length": getattr(field, "max_length", None),
        "choices": [{"value": value, "label": label} for value, label in choices_of(field)],
        "choose_from": _list_of(field),
        "columns": [],
    }


def _table(form: DecisionsForm) -> IntakeQuestionShape:
    return {
        "name": DECISIONS,
        "label": form.title,
        "help_text": form.about,
        "type": ROWS,
        "is_required": True,
        "max_length": None,
        "choices": [],
        "choose_from": None,
        "columns": [_question(name, field) for name, field in DecisionForm.base_fields.items()],
    }


def _list_of(field: forms.Field) -> str | None:
    if isinstance(field, PersonField):
        return reverse("api:person-list")
    if not isinstance(field, forms.ModelChoiceField):
        return None
    assert field.queryset is not None
    model = field.queryset.model
    kept = next((kept.slug for kept in LISTS.values() if kept.model is model), None)
    return reverse("api:list-entry-list", args=[kept]) if kept else reverse(f"api:{NOUNS[model]}-list")
