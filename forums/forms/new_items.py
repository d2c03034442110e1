"""Forms that put something on an agenda or in a backlog. Of a confidential initiative they ask first whether the
forum's members may see it.
"""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from aiso.accounts.models import User
from aiso.web import figures
from portfolio.models import Initiative

from ..models import Forum, Meeting
from ..new_readers import new_readers
from ..sources import USUAL_MINUTES
from .meetings import LONGEST_ITEM

REFERENCE = re.compile(r"\s*(?:AI-?)?(\d{1,9})\s*", re.IGNORECASE)


class ReadersForm(forms.Form):
    """A form that is sent once more where people come to see what they do not see now: the action refuses it until
    they may, and names them.
    """

    def ask_of_readers(self, forum: Forum, initiative: Initiative) -> None:
        """Ask whether they may, where there are any."""
        if not new_readers(forum, initiative):
            return
        self.fields["let_see"] = forms.BooleanField(
            label="They may see it", required=False, help_text=f"{initiative.reference} is confidential."
        )
        self.cleaned_data["let_see"] = bool(self.data.get("let_see"))


class NewItemForm(ReadersForm):
    """Something to speak of, about an initiative or not."""

    title = forms.CharField(
        required=False, max_length=300, help_text="May stay empty for an initiative: its name stands there then."
    )
    initiative = forms.CharField(
        required=False, max_length=20, widget=forms.TextInput({"placeholder": "AI-0042", "class": "w-date"})
    )
    why = forms.CharField(label="What is asked", required=False, max_length=500, widget=forms.Textarea({"rows": 2}))
    minutes = forms.IntegerField(min_value=1, max_value=LONGEST_ITEM, initial=USUAL_MINUTES)

    def __init__(self, person: User, forum: Forum, data: Any = None) -> None:
        super().__init__(data)
        self.person, self.forum = person, forum

    def clean_initiative(self) -> Initiative | None:
        """The initiative of a reference, if the person may see it."""
        text = self.cleaned_data["initiative"]
        if not text:
            return None
        number = REFERENCE.fullmatch(text)
        visible = Initiative.objects.visible_to(self.person).on_register().defer("search")
        found: Initiative | None = visible.filter(pk=int(number[1])).first() if number else None
        if found is None:
            raise ValidationError("No initiative has this number. Write it like AI-0042.")
        return found

    def clean(self) -> dict[str, Any]:
        if initiative := self.cleaned_data.get("initiative"):
            self.ask_of_readers(self.forum, initiative)
        return self.cleaned_data


class PutOnForm(ReadersForm):
    """On which forum's next agenda an initiative comes."""

    forum = forms.ModelChoiceField(Forum.objects.none(), to_field_name="slug", empty_label=None)
    why = forms.CharField(
        label="What is asked",
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text="In a sentence.",
    )
    minutes = forms.IntegerField(min_value=1, max_value=LONGEST_ITEM, initial=USUAL_MINUTES)

    def __init__(self, initiative: Initiative, forums: list[tuple[Forum, Meeting | None]], data: Any = None) -> None:
        super().__init__(data)
        self.initiative = initiative
        chosen = self.fields["forum"]
        chosen.queryset = Forum.objects.filter(pk__in=[forum.pk for forum, _ in forums])  # type: ignore[attr-defined]
        chosen.choices = [(forum.slug, _where(forum, meeting)) for forum, meeting in forums]  # type: ignore[attr-defined]
        chosen.initial = forums[0][0].slug if forums else None

    def clean(self) -> dict[str, Any]:
        if forum := self.cleaned_data.get("forum"):
            self.ask_of_readers(forum, self.initiative)
        return self.cleaned_data


def _where(forum: Forum, meeting: Meeting | None) -> str:
    return f"{forum}: {figures.day(meeting.starts_at)}" if meeting else f"{forum}: its backlog, no meeting is planned"
