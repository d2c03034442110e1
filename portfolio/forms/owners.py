from typing import Self

from django import forms
from django.http import QueryDict

from aiso import clock
from aiso.web.forms import DayInput, PersonField

from ..models import Initiative, OwnerKind
from .seen import SeenForm


class AssignForm(SeenForm):
    """One owner, since when, and why."""

    def __init__(self, initiative: Initiative, kind: OwnerKind, data: QueryDict | None = None) -> None:
        self.initiative, self.kind = initiative, kind
        self.owner_field = f"{kind}_owner"
        holder = getattr(initiative, self.owner_field)
        super().__init__(data, initial={self.owner_field: holder, "since": clock.today()})
        self.fields = {
            self.owner_field: PersonField(
                label=kind.label, required=False, help_text="Leave it empty where nobody is it any more."
            ),
            "since": forms.DateField(label="Since", widget=DayInput, help_text="The day the hand-over took effect."),
            "reason": forms.CharField(required=False, max_length=500, help_text="Kept in the history."),
        }
        self.fields[self.owner_field].show_hidden_initial = True

    def again(self, data: QueryDict) -> Self:
        return type(self)(self.initiative, self.kind, data)


class DeputyForm(forms.Form):
    """Somebody who stands in for an owner."""

    person = PersonField(label="Deputy")
