"""The answers of a request as the API takes and tells them: typed, and checked by the form fields of the pages.

A draft may lack answers; one that cannot be right is refused here, where a page keeps it and says so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from drf_spectacular.drainage import set_override
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction
from rest_framework import serializers

from aiso.api.fields import LARGEST_ID
from aiso.api.operations import Body
from aiso.api.shapes import Schema
from aiso.web.forms import MoneyField, PersonField

from ..actions.intakes.writing import MOST_ROWS
from ..forms.intake import STEPS, TIER, USE
from ..forms.intake_decisions import DECISIONS, DecisionForm, DecisionsForm
from ..intake_sheet import Sheet

ID: Schema = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": ["string", "number"], "format": "decimal"}
# Names of answers whose questions are configuration.
BY_CODE: Schema = {
    f"^({TIER}|{USE})[a-z0-9_-]{{1,70}}$": {
        "type": ["string", "null"],
        "maxLength": 1000,
        "description": "The code of an answer to a risk question or a prohibited use; with `-reason` at its end, why.",
    }
}


@dataclass(frozen=True)
class Sort:
    """How the answers to one sort of question stand in JSON. `takes` tells what a form sends, or raises ValueError."""

    name: str
    schema: Schema
    refusal: str
    takes: Callable[[Any], Any]


def _text(value: Any) -> str:
    return str(_exactly(value, str))


def _id(value: Any) -> str:
    if not 0 < _exactly(value, int) <= LARGEST_ID:
        raise ValueError
    return str(value)


def _ids(value: Any) -> list[str]:
    return [_id(each) for each in _exactly(value, list)]


def _day(value: Any) -> str:
    return date.fromisoformat(_text(value)).isoformat()


def _yes(value: Any) -> str:
    return "on" if _exactly(value, bool) else ""


def _exactly(value: Any, *types: type) -> Any:
    """JSON's true is no number, and "3" no id."""
    if type(value) not in types:
        raise ValueError
    return value


def _whole(value: Any) -> str:
    return str(_exactly(value, int))


def _number(value: Any) -> str:
    return _said(str(_exactly(value, str, int, float)))


def _word(value: Any) -> str:
    return _said(_text(value))


def _said(text: str) -> str:
    """Null takes an answer back where the empty text is none of the answers."""
    if not text.strip():
        raise ValueError
    return text


# The first whose form field an answer's field is.
SORTS: Mapping[type[forms.Field], Sort] = {
    forms.ModelMultipleChoiceField: Sort("entries", {"type": "array", "items": ID}, "Give a list of ids.", _ids),
    forms.ModelChoiceField: Sort("entry", ID, "Give the id, a whole number.", _id),
    PersonField: Sort("person", ID, "Give the id of a person, a whole number.", _id),
    forms.BooleanField: Sort("yes", {"type": "boolean"}, "Give true or false.", _yes),
    forms.ChoiceField: Sort("choice", TEXT, "Give one of the choices.", _word),
    MoneyField: Sort("money", NUMBER, 'Give a sum, e.g. "30000.00".', _number),
    forms.DecimalField: Sort("number", NUMBER, "Give a number.", _number),
    forms.IntegerField: Sort("whole_number", {"type": "integer"}, "Give a whole number.", _whole),
    forms.DateField: Sort("date", {"type": "string", "format": "date"}, "Give a day, e.g. 2026-11-21.", _day),
    forms.CharField: Sort("text", TEXT, "Give a text.", _text),
}


def sort_of(field: forms.Field) -> Sort:
    return next(sort for kind, sort in SORTS.items() if isinstance(field, kind))


def choices_of(field: forms.Field) -> list[tuple[str, str]]:
    """The fixed choices of a field, without the empty one."""
    fixed = isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField)
    return [(str(value), str(label)) for value, label in field.choices if value] if fixed else []  # type: ignore[attr-defined]


def schema_of(field: forms.Field) -> Schema:
    schema = {**sort_of(field).schema}
    if choices := choices_of(field):
        schema["enum"] = [*(value for value, _ in choices), None]
    if longest := getattr(field, "max_length", None):
        schema["maxLength"] = longest
    return schema


class AnswerField(serializers.Field[Any, Any, Any, Any]):
    """The answer to one question. Null takes it back, for those that an empty list or false does not."""

    def __init__(self, asked: forms.Field, **options: Any) -> None:
        self.asked = asked
        told = " – ".join(filter(None, (str(asked.label), str(asked.help_text))))
        nullable = not isinstance(asked, forms.BooleanField | forms.ModelMultipleChoiceField)
        super().__init__(required=False, allow_null=nullable, help_text=told, **options)
        set_override(self, "field", schema_of(asked))

    def to_internal_value(self, data: Any) -> Any:
        sort = sort_of(self.asked)
        try:
            sent = sort.takes(data)
        except ValueError as error:
            raise serializers.ValidationError(sort.refusal) from error
        if sort.name == "person":
            sent = self.asked.prepare_value(int(sent)) or "?"
        try:
            self.asked.clean(sent)
        except ValidationError as error:
            # A draft may lack any answer.
            if wrong := [each for each in error.error_list if each.code != "required"]:
                raise serializers.ValidationError([message for each in wrong for message in each.messages]) from error
        return sent


class DecisionRow(Body):
    """One row of the table of decisions."""

    def get_fields(self) -> Any:
        return {name: AnswerField(field) for name, field in DecisionForm.base_fields.items()}


class IntakeAnswers(Body):
    """Answers to the questions of the intake, by their names; `intakes/questions/` tells all that are asked now.

    Rights and safety are asked by a risk question where one does, and else as `is_rights_impacting` and
    `is_safety_impacting`.
    """

    def get_fields(self) -> Any:
        """Those that are asked now; for the schema, all that never change."""
        asked = asked_now(Sheet({})) if "person" in self.context else asked_always()
        rows: Any = serializers.ListSerializer(
            child=DecisionRow(), required=False, max_length=MOST_ROWS, help_text=str(DecisionsForm.about)
        )
        return {**{name: AnswerField(field) for name, field in asked.items()}, DECISIONS: rows}


class IntakeAnswersSchema(OpenApiSerializerExtension):
    """Tells of the questions that are configuration."""

    target_class = IntakeAnswers

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> Schema:
        schema: Schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return schema | {"patternProperties": BY_CODE}


def asked_always() -> dict[str, forms.Field]:
    return {name: field for step in STEPS for name, field in step.base_fields.items()}


def asked_now(sheet: Sheet) -> dict[str, forms.Field]:
    """The questions with the risk questions and prohibited uses that are in force."""
    return {name: field for form in sheet.forms.values() for name, field in form.fields.items()}


def told_schema() -> Schema:
    """What the answers look like where they are told: their types, or the text that was written instead."""
    told: Schema = {name: _told_schema(field) for name, field in asked_always().items()}
    return {"properties": told | {DECISIONS: {"type": "array", "items": {"type": "object"}}}}


def _told_schema(field: forms.Field) -> Schema:
    own = sort_of(field).schema["type"]
    types = own if isinstance(own, list) else [own]
    return {"type": [*dict.fromkeys([*types, "string", "null"])], "description": str(field.label)}


def told_answers(sheet: Sheet) -> dict[str, Any]:
    """The answers that were given, as the API takes them; what cannot be right is told as it was written."""
    told = {name: _told(sheet.cleaned.get(name), stored) for name, stored in sheet.answers.items()}
    if DECISIONS in sheet.answers:
        told[DECISIONS] = _told_rows(sheet)
    return told


def _told_rows(sheet: Sheet) -> list[dict[str, Any]]:
    form = sheet.forms[DECISIONS]
    assert isinstance(form, DecisionsForm)
    rows = []
    for row, stored in zip(form.rows, sheet.answers[DECISIONS], strict=True):
        row.is_valid()
        cleaned = row.cleaned_data if row.is_bound else {}
        rows.append({name: _told(cleaned.get(name), given) for name, given in stored.items()})
    return rows


def _told(cleaned: Any, stored: Any) -> Any:
    """A stored answer with the type of its cleaned value, if it has one."""
    match cleaned:
        case Model():
            return cleaned.pk
        case QuerySet():
            return [each.pk for each in cleaned]
        case bool() | int() | Decimal() | date():
            return cleaned
    return None if stored == "" else stored
