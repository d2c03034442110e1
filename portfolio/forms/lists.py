"""Forms of the editable lists."""

from typing import Any

from django import forms

from aiso.accounts.forms import UnitField, units_to_choose
from aiso.web.attempts import SeenForm

from ..models import Workflow
from ..models.lists import NamedEntry


class EntryForm(SeenForm):
    """An entry's name, and what else its list tells of it."""

    name = forms.CharField(max_length=200)

    def __init__(self, entry: NamedEntry, data: Any = None) -> None:
        super().__init__(data, initial={"name": entry.name})
        for name, field in _further_fields(entry).items():
            field.show_hidden_initial = True
            self.fields[name] = field
            self.initial[name] = getattr(entry, name)


def _further_fields(entry: NamedEntry) -> dict[str, forms.Field]:
    if isinstance(entry, Workflow):
        unit = UnitField(label="Business unit", empty_label="None")
        unit.queryset = units_to_choose(entry.unit_id)
        critical = forms.BooleanField(
            label="Critical", required=False, help_text="Counts in the adoption figure of the dashboard."
        )
        return {"unit": unit, "is_critical": critical}
    return {}
