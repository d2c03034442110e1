"""The checklist for switching off a system in use (DESIGN §4)."""

from django import forms

from aiso.configuration.kinds import Kind
from aiso.configuration.shape import Content, Rows, Shape

from ..decommissioning import DECOMMISSIONING, OWNERS

# A thing that takes longer than a year is a project of its own.
LONGEST = 366


class ThingForm(forms.Form):
    what = forms.CharField(label="What is to be done", max_length=300)
    owner = forms.ChoiceField(
        label="Seen to by",
        choices=[*OWNERS.items()],
        help_text="Where nobody has that part, another owner; without any, whoever decided.",
    )
    days = forms.IntegerField(label="Within", min_value=0, max_value=LONGEST, help_text="Calendar days of the end.")


def _consequences(old: Content, new: Content) -> list[str]:
    return ["What is being decommissioned keeps the things it began with; what ends from now on has these."]


KIND = Kind(
    DECOMMISSIONING,
    "Decommissioning checklist",
    "What is to be done when an initiative ends that is in production, who sees to it, and within how many days.",
    "plug",
    Shape(rows=Rows("things", "thing", "things", ThingForm, called_by="what")),
    consequences=_consequences,
    order=110,
)
