"""Forms of the live meeting. They read what is typed; the rules are the actions'."""

from typing import Any

from django import forms

from aiso.accounts.models import User
from aiso.web.attempts import SeenForm
from aiso.web.forms import PersonField

from ..models import AgendaItem, Membership


class NoteForm(SeenForm):
    """What the minutes say of an item."""

    note = forms.CharField(
        label="Note for the minutes", required=False, max_length=10_000, widget=forms.Textarea({"rows": 3})
    )

    def __init__(self, item: AgendaItem, data: Any = None) -> None:
        super().__init__(data, initial={"note": item.note}, prefix=f"n{item.pk}")


class GuestForm(forms.Form):
    """Somebody without a seat who is there."""

    person = PersonField(label="Guest")


class ProxyForm(forms.Form):
    """Who votes for whom."""

    giver = forms.ModelChoiceField(User.objects.none(), label="Who is away", empty_label="Choose")
    holder = forms.ModelChoiceField(User.objects.none(), label="Who votes for them", empty_label="Choose")

    def __init__(self, away: list[Membership], there: list[Membership], data: Any = None) -> None:
        super().__init__(data)
        for name, seats in (("giver", away), ("holder", there)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = User.objects.filter(pk__in=[seat.person_id for seat in seats]).order_by("name")
