"""The fields of an initiative, each with the control that suits its kind."""

from decimal import Decimal
from typing import Any, Self

from django import forms
from django.db import models
from django.db.models import Q
from django.http import QueryDict

from aiso import clock
from aiso.accounts.models import BusinessUnit, User
from aiso.web.forms import DayInput, LongSelect, MoneyField, PersonField, TagSelect

from ..actions.edit_initiative import AMOUNTS, CHOICES, FACTS, SETS, TEXTS
from ..facts import label_of, shown
from ..models import Initiative, Stage
from ..models.initiative import OWNERS, PRIORITY_PARTS
from ..models.stage import PATH
from .seen import EntriesField, SeenForm

# The order in which the whole form asks.
WHOLE = (
    "name",
    "summary",
    "outcome",
    "unit",
    *CHOICES,
    *SETS,
    *AMOUNTS,
    *FACTS,
    *PRIORITY_PARTS,
    "is_confidential",
    "notes",
)
# Several fields that are edited together under one name.
GROUPS = {"owners": OWNERS, "priority": PRIORITY_PARTS}
# Lists that grow beyond what one scrolls through.
LONG = ("unit", "workflow", "objective")
PART_HELP = {
    "value": "What it is worth to the business, 5 is most.",
    "feasibility": "How surely it can be built and run, 5 is surest.",
    "data_readiness": "How ready its data is, 5 is ready now.",
    "strategic_fit": "How much it serves its objective, 5 is most.",
    "governance_complexity": "How much review it will need; 5 is most, and lowers the score.",
}
RATINGS = [("", "Not rated"), *((number, str(number)) for number in range(1, 6))]


class UnitField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A business unit, told apart from its namesakes by the unit above it."""

    def label_from_instance(self, unit: Any) -> str:
        return f"{unit.name} · {unit.parent.name}" if unit.parent_id else str(unit.name)


class InitiativeForm(SeenForm):
    """Some fields of an initiative, or all that the person may change."""

    def __init__(self, initiative: Initiative, names: tuple[str, ...], data: QueryDict | None = None) -> None:
        self.initiative, self.names = initiative, names
        super().__init__(data, initial={name: _initial(initiative, name) for name in names})
        for name in names:
            field = self.fields[name] = field_for(name, initiative)
            field.show_hidden_initial = True

    def again(self, data: QueryDict) -> Self:
        return type(self)(self.initiative, self.names, data)

    def written(self, name: str, value: Any) -> str:
        return shown(name, value)


class RegistrationForm(forms.Form):
    """What the office says of an initiative that already runs."""

    name = forms.CharField(max_length=300)
    unit = UnitField(BusinessUnit.objects.none(), label="Business unit", empty_label="Choose a unit", widget=LongSelect)
    summary = forms.CharField(
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text="One paragraph: what it does, for whom, and what gets better.",
    )
    outcome = forms.CharField(
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text="What gets better, for whom, by how much.",
    )
    stage = forms.ChoiceField(
        choices=[(stage.value, stage.label) for stage in (*PATH, Stage.PAUSED)],
        help_text="Where it stands today. From here on the stage follows from decisions.",
    )
    since = forms.DateField(
        label="In this stage since", widget=DayInput, help_text="The day it entered the stage; a good guess will do."
    )
    bucket: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(None, required=False, empty_label="None")
    workflow: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        None, required=False, empty_label="None", widget=LongSelect
    )

    def __init__(self, person: User, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"unit": person.unit_id, "since": clock.today(), "stage": Stage.INTAKE})
        for name in ("unit", "bucket", "workflow"):
            self.fields[name].queryset = _entries(name, None)  # type: ignore[attr-defined]


def field_for(name: str, initiative: Initiative) -> forms.Field:
    """The form field that suits a field of the initiative."""
    if name in OWNERS:
        return PersonField(label=label_of(name), required=False)
    if name in PRIORITY_PARTS:
        return forms.TypedChoiceField(
            label=label_of(name),
            choices=RATINGS,
            coerce=int,
            empty_value=None,
            required=False,
            help_text=PART_HELP[name],
        )
    if name in SETS:
        entries = _entries(name, [*getattr(initiative, name).values_list("pk", flat=True)])
        return EntriesField(entries, label=label_of(name), required=False, widget=TagSelect)
    if name in AMOUNTS:
        help_text = str(Initiative._meta.get_field(name).help_text)  # type: ignore[union-attr]
        return MoneyField(label=label_of(name), required=False, min_value=0, help_text=help_text)
    if name in (*CHOICES, "unit"):
        return _choice_field(name, initiative)
    return _plain_field(name)


def _choice_field(name: str, initiative: Initiative) -> "forms.ModelChoiceField[Any]":
    kind: type[forms.ModelChoiceField[Any]] = UnitField if name == "unit" else forms.ModelChoiceField
    widget = LongSelect if name in LONG else forms.Select
    entries = _entries(name, [getattr(initiative, f"{name}_id")])
    return kind(entries, label=label_of(name), required=name == "unit", empty_label="None", widget=widget)


def _plain_field(name: str) -> forms.Field:
    model_field = Initiative._meta.get_field(name)
    if name in TEXTS and name != "name":
        help_text = str(model_field.help_text)  # type: ignore[union-attr]
        return forms.CharField(
            label=label_of(name), required=False, widget=forms.Textarea({"rows": 4}), help_text=help_text
        )
    if choices := getattr(model_field, "choices", None):
        options = [("", "Not answered"), *choices]
        return forms.ChoiceField(label=label_of(name), choices=options, required=False)
    field = model_field.formfield(label=label_of(name))  # type: ignore[union-attr]
    assert field is not None
    if isinstance(field, forms.NullBooleanField):
        field.widget.choices = [("unknown", "Not answered"), ("true", "Yes"), ("false", "No")]
    return field


def _entries(name: str, chosen: list[int | None] | None) -> models.QuerySet[Any]:
    """The entries to choose from: those in use, and the retired ones that it has."""
    model: Any = Initiative._meta.get_field(name).related_model
    entries: models.QuerySet[Any] = model.objects.filter(
        Q(is_active=True) | Q(pk__in=[pk for pk in chosen or () if pk])
    )
    if name == "unit":
        entries = entries.select_related("parent")
    return entries


def _initial(initiative: Initiative, name: str) -> Any:
    value = getattr(initiative, name)
    if name in SETS:
        return [*value.all()]
    return _without_idle_cents(value) if name in AMOUNTS else value


def _without_idle_cents(amount: Decimal | None) -> Decimal | None:
    """50000.00 as 50000, as people typed it."""
    return amount.quantize(Decimal(1)) if amount is not None and amount == amount.to_integral_value() else amount
