"""Forms of the library."""

from typing import Any

from django import forms

from aiso.web.attempts import SeenForm
from aiso.web.forms import PersonField

from .models import Standard


class StandardForm(SeenForm):
    """What is said about a standard. What it says itself is drafted and published apart."""

    title = forms.CharField(max_length=200)
    about = forms.CharField(
        widget=forms.Textarea({"rows": 3}), help_text=str(Standard._meta.get_field("about").help_text), max_length=2000
    )
    owner = PersonField(required=False, help_text="Who keeps it up to date.")
    review_every = forms.IntegerField(
        label="Reviewed every", help_text="Months between two reviews of its text.", min_value=1, max_value=120
    )

    def __init__(self, standard: Standard, data: Any = None) -> None:
        super().__init__(data, initial={name: getattr(standard, name) for name in self.base_fields})


class NewStandardForm(StandardForm):
    """A new one also says what it is, for good."""

    kind = forms.ChoiceField(
        choices=Standard.Kind.choices, help_text="A checklist is answered by initiatives; everything else is read."
    )
    field_order = ("title", "kind", "about", "owner", "review_every")


class StandardEditForm(StandardForm):
    """One that is there may be taken out of use."""

    is_active = forms.BooleanField(
        label="In use", required=False, help_text="Out of use, it is asked of nobody; what was answered stays."
    )
