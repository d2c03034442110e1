"""Forms for what follows from a meeting: minutes, addenda, action items. The rules are the actions'."""

from typing import Any

from django import forms

from aiso.accounts.models import User
from aiso.web.forms import DayInput, LongSelect, PersonField

from ..models import ActionItem, AgendaItem, Forum, Meeting


def _lines(label: str, rows: int = 3, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=10_000, widget=forms.Textarea({"rows": rows}), **options)


class AddendumForm(forms.Form):
    text = _lines(
        "What is added or corrected",
        4,
        help_text="Everybody reads it once the chair has signed it: name nothing confidential.",
        error_messages={"required": "Say what the minutes lack, or what is right instead."},
    )


class ActionForm(forms.Form):
    """What is to be done, by whom and until when."""

    text = _lines("What is to be done", 2)
    owner = PersonField(label="Who", help_text="Has it in their work and is told.")
    due_on = forms.DateField(label="By", widget=DayInput)
    item: "forms.ModelChoiceField[AgendaItem]" = forms.ModelChoiceField(
        AgendaItem.objects.none(), label="About", required=False, empty_label="The meeting as a whole"
    )

    def __init__(self, meeting: Meeting | None, person: User, data: Any = None, **initial: Any) -> None:
        super().__init__(data, initial=initial)
        if meeting is None:
            del self.fields["item"]
        else:
            standing = meeting.items.visible_to(person).exclude(state=AgendaItem.State.REMOVED)
            self.fields["item"].queryset = standing  # type: ignore[attr-defined]


class FinishForm(forms.Form):
    note = _lines("What was done")


class DropForm(forms.Form):
    reason = _lines("Why it is not needed any more", 2)


class PassOnForm(forms.Form):
    to = PersonField(label="Who sees to it from now on")
    reason = _lines("Why", 2, required=False)


class MoveForm(forms.Form):
    """Another day; `seen` is the one that the person saw."""

    due_on = forms.DateField(label="New day", widget=DayInput)
    reason = _lines("Why it takes until then", 2)
    seen = forms.DateField(required=False, widget=forms.HiddenInput)

    def __init__(self, action: ActionItem, data: Any = None) -> None:
        super().__init__(data, initial={"due_on": action.due_on, "seen": action.due_on})


class ActionFilterForm(forms.Form):
    """Which action items to show."""

    forum = forms.ModelChoiceField(
        Forum.objects.filter(is_delegate=False), required=False, empty_label="Any forum", to_field_name="slug"
    )
    owner: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        User.objects.people(), label="Who", required=False, empty_label="Anybody", widget=LongSelect
    )

    def __init__(self, data: Any, owners: Any) -> None:
        super().__init__(data)
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]
