"""Forms of the register of tools."""

from typing import Any

from django import forms
from django.db.models import Q

from aiso import clock
from aiso.web.attempts import SeenForm
from aiso.web.forms import DayInput, LongSelect

from ..models import Clearance, Supplier, Tool


class ToolForm(SeenForm):
    """What a tool is and whom it comes from."""

    name = forms.CharField(max_length=200)
    supplier: "forms.ModelChoiceField[Supplier]" = forms.ModelChoiceField(
        None, required=False, empty_label="None", widget=LongSelect
    )
    description = forms.CharField(
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=str(Tool._meta.get_field("description").help_text),
    )

    def __init__(self, tool: Tool, data: Any = None) -> None:
        super().__init__(data, initial={name: getattr(tool, name) for name in self.base_fields})
        chosen = self.fields["supplier"]
        chosen.queryset = Supplier.objects.filter(Q(is_active=True) | Q(pk=tool.supplier_id))  # type: ignore[attr-defined]


class SupplierForm(SeenForm):
    """A company, whom to ask there, and what to know of it."""

    name = forms.CharField(max_length=200)
    website = forms.URLField(required=False, max_length=500, assume_scheme="https")
    contact = forms.CharField(
        required=False, max_length=300, help_text=str(Supplier._meta.get_field("contact").help_text)
    )
    notes = forms.CharField(required=False, widget=forms.Textarea({"rows": 4}))

    def __init__(self, supplier: Supplier, data: Any = None) -> None:
        super().__init__(data, initial={name: getattr(supplier, name) for name in self.base_fields})


class ClearanceForm(SeenForm):
    """What one function says of a tool, since when and until when."""

    status = forms.ChoiceField(choices=[("", "Choose"), *Clearance.Status.choices])
    decided_on = forms.DateField(label="Since", widget=DayInput, help_text="The day it said so, or began to look.")
    expires_on = forms.DateField(
        label="Until", required=False, widget=DayInput, help_text="The last day it holds; empty is open-ended."
    )
    note = forms.CharField(
        required=False,
        max_length=500,
        help_text="Conditions, or why not. A refusal needs one.",
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, function: str, clearance: Clearance | None, data: Any = None) -> None:
        said = {name: getattr(clearance, name) for name in self.base_fields} if clearance else {}
        # Three of these stand on one page.
        super().__init__(data, prefix=function, initial={"decided_on": clock.today()} | said)
