"""Forms for meetings and what is spoken of. They read what is typed; the rules are the actions'."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from aiso.web import figures
from aiso.web.attempts import SeenForm
from aiso.web.forms import MomentInput

from ..models import AgendaItem, Cadence, Meeting

LONGEST_ITEM = 240


class HourInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "w-date"} | (attrs or {}), format="%H:%M")


class NumberChoice(forms.ChoiceField):
    """A choice that is kept as a number, so that what was seen compares with what is there."""

    def to_python(self, value: Any) -> int | None:
        text = super().to_python(value)
        try:
            return int(text) if text else None
        except ValueError:
            raise ValidationError("Choose one of the list.", code="invalid") from None


class CadenceForm(SeenForm):
    """On which day of each month a forum meets."""

    week = NumberChoice(choices=Cadence.Week.choices, help_text="Which one of the month.")
    weekday = NumberChoice(choices=Cadence.Weekday.choices)
    at = forms.TimeField(label="Starts at", widget=HourInput, help_text="In the office's time zone.")
    minutes = forms.IntegerField(label="Length, minutes", min_value=15, max_value=480)
    place = forms.CharField(required=False, max_length=200, help_text="A room, or the link of a call.")
    months_ahead = forms.IntegerField(
        label="Made ahead, months",
        min_value=1,
        max_value=12,
        help_text="A day on which the office is closed gives way to the next working day.",
    )

    def __init__(self, cadence: Cadence, data: Any = None) -> None:
        super().__init__(data, initial={name: getattr(cadence, name) for name in self.base_fields})


class MeetingForm(SeenForm):
    """When a meeting begins, how long it lasts and where."""

    starts_at = forms.DateTimeField(label="Starts", widget=MomentInput, help_text="In the office's time zone.")
    minutes_planned = forms.IntegerField(label="Length, minutes", min_value=15, max_value=480)
    place = forms.CharField(required=False, max_length=200, help_text="A room, or the link of a call.")

    def __init__(self, meeting: Meeting | None, data: Any = None, **initial: Any) -> None:
        told = {name: getattr(meeting, name) for name in self.base_fields} if meeting else initial
        super().__init__(data, initial=told)


class CancelForm(forms.Form):
    reason = forms.CharField(
        label="Why it is cancelled",
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text="Those who were invited read it.",
    )


class ItemForm(SeenForm):
    """What an item says, and the minutes planned for it."""

    title = forms.CharField(max_length=300)
    why = forms.CharField(
        label="What is asked",
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text="In a sentence.",
    )
    minutes = forms.IntegerField(min_value=1, max_value=LONGEST_ITEM)

    def __init__(self, item: AgendaItem, data: Any = None) -> None:
        super().__init__(data, initial={name: getattr(item, name) for name in self.base_fields})


class PutOffForm(forms.Form):
    """A later meeting, or the backlog."""

    to = forms.ModelChoiceField(
        Meeting.objects.none(), label="Put off to", required=False, empty_label="The backlog, until somebody chooses"
    )

    def __init__(self, later: list[Meeting], data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["to"]
        field.queryset = Meeting.objects.filter(pk__in=[meeting.pk for meeting in later])  # type: ignore[attr-defined]
        days = [(meeting.pk, f"The meeting of {figures.day(meeting.starts_at)}") for meeting in later]
        field.choices = [("", "The backlog, until somebody chooses"), *days]  # type: ignore[attr-defined]
        field.initial = later[0].pk if later else None
