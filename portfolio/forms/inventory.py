"""Rows of the decision inventory as forms in a table, and forms of the files that fill it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict

from aiso.web.attempts import SeenForm

from ..inventory_columns import columns_of
from ..models import DecisionClass, Initiative, InventoryFile
from . import imports
from .decision import DecisionFields

# The columns of the table: fields, their heads, and the term that explains them.
COLUMNS = (
    ("name", "Decision"),
    ("owner", "Owner"),
    ("volume_per_week", "A week"),
    ("cost_of_delay", "Cost of delay"),
    ("cost_of_error", "Cost of error"),
    ("reversibility", "Can be undone"),
    ("confidence", "Confidence"),
    ("review_capacity", "Time to review"),
    ("reviewers", "Reviewers"),
    ("is_regulated", "Regulated"),
    ("required_data", "Data it needs"),
    ("not_automated_because", "Not yet automated because"),
)


class RowForm(DecisionFields, SeenForm):
    """One decision in a row of the table; each cell carries what it held when the page was opened."""

    def __init__(self, decision: DecisionClass, data: QueryDict | None = None) -> None:
        self.decision = decision
        initial = {name: getattr(decision, name) for name, _ in COLUMNS}
        super().__init__(data, initial=initial, prefix=f"d{decision.pk}")
        _label(self, decision.name)

    @property
    def cells(self) -> list[tuple[str, Any]]:
        return [(label, self[name]) for name, label in COLUMNS]


class NewRowForm(DecisionFields):
    """A row that is not there yet. Left empty, nothing is added."""

    initiative = forms.ModelChoiceField(Initiative.objects.none(), empty_label="Choose the initiative")

    def __init__(self, initiatives: Iterable[Initiative], data: QueryDict | None = None) -> None:
        super().__init__(data, prefix="new")
        known = [*initiatives]
        field = self.fields["initiative"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Initiative.objects.filter(pk__in=[each.pk for each in known])
        field.choices = [("", "Choose the initiative"), *((each.pk, str(each)) for each in known)]
        _label(self, "new decision")

    @property
    def cells(self) -> list[tuple[str, Any]]:
        return [(label, self[name]) for name, label in COLUMNS]

    @property
    def is_written(self) -> bool:
        """Whether anybody wrote into it: the initiative alone is no decision, nor is a row that no page showed."""
        written = (name for name in self.changed_data if name != "initiative")
        return self.is_bound and any(self.add_prefix(name) in self.data for name in written)


class UploadForm(imports.UploadForm):
    """A file of decisions or of readings."""

    kind = forms.ChoiceField(
        label="What it tells",
        choices=InventoryFile.Kind.choices,
        widget=forms.RadioSelect(),
        initial=InventoryFile.Kind.DECISIONS,
    )

    field_order = ("kind", "file")


class MappingForm(forms.Form):
    """What each column of a file holds."""

    def __init__(self, file: InventoryFile, data: QueryDict | None = None) -> None:
        super().__init__(data)
        fields = [("", "Leave it out"), *((column.field, column.label) for column in columns_of(file.kind))]
        for place, (header, field) in enumerate(zip(file.headers, file.mapping, strict=True)):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=header, choices=fields, required=False, initial=field
            )

    @property
    def mapping(self) -> list[str]:
        return [self.cleaned_data[name] for name in self.fields]


def _label(form: forms.Form, thing: str) -> None:
    """Cells have no label of their own: heads of columns name them to the eye, this to the ear."""
    for field in form.fields.values():
        field.help_text = ""
        field.widget.attrs["aria-label"] = f"{field.label or 'Initiative'} of {thing}"
        field.widget.attrs.pop("placeholder", None)
