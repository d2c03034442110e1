"""Forms of barriers. They read what is typed; the rules are the actions'."""

from typing import Any

from django import forms
from django.db.models import Q

from aiso.accounts.forms import units_to_choose
from aiso.accounts.models import User
from aiso.web.attempts import SeenForm
from aiso.web.forms import DayInput, LongSelect, PersonField

from ..barriers import usual_day
from ..models import Barrier, BarrierKind


class BarrierForm(SeenForm):
    """What holds it up, who sees to it, and until when."""

    what = forms.CharField(label="What holds it up", max_length=300)
    kind: "forms.ModelChoiceField[BarrierKind]" = forms.ModelChoiceField(None, empty_label="Choose")
    owner = PersonField(label="Owner", help_text="Sees to it that it is lifted.")
    waiting_on = forms.CharField(
        label="Waiting for", required=False, max_length=200, help_text="A person, a team or a function, e.g. legal."
    )
    wanted_by = forms.DateField(
        label="To be lifted by", widget=DayInput, help_text="Ten working days from now, unless you say another day."
    )

    def __init__(self, barrier: Barrier | None = None, data: Any = None) -> None:
        initial = {name: getattr(barrier, name) for name in self.base_fields} if barrier else {}
        super().__init__(data, initial={"wanted_by": usual_day()} | initial)
        kept = barrier.kind_id if barrier else None
        chosen = self.fields["kind"]
        chosen.queryset = BarrierKind.objects.filter(Q(is_active=True) | Q(pk=kept))  # type: ignore[attr-defined]


class LiftForm(forms.Form):
    """How it was lifted."""

    how = forms.CharField(
        label="How it was lifted",
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text="In a sentence: others meet the same barrier.",
    )


class BarrierFilterForm(forms.Form):
    """Which barriers to show."""

    owner: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        User.objects.people(), required=False, empty_label="Anybody", widget=LongSelect
    )
    kind: "forms.ModelChoiceField[BarrierKind]" = forms.ModelChoiceField(
        BarrierKind.objects.all(), required=False, empty_label="Any kind"
    )
    unit = forms.ModelChoiceField(units_to_choose(), required=False, empty_label="Any unit", widget=LongSelect)
    order = forms.ChoiceField(label="Sort", required=False)

    def __init__(self, data: Any, orders: list[tuple[str, str]], owners: Any) -> None:
        super().__init__(data)
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]
        self.fields["order"].choices = orders  # type: ignore[attr-defined]
