"""What brings an initiative to the value and risk review by itself, as an office publishes it."""

from django import forms

from aiso.configuration.kinds import Kind
from aiso.configuration.shape import Content, Shape

from .limits import REVIEW_LIMITS


class LimitsForm(forms.Form):
    """How long may nobody measure, how far may costs be above their plan, and how many items an agenda takes."""

    unmeasured_days = forms.IntegerField(
        label="An outcome is unmeasured after",
        min_value=1,
        max_value=730,
        help_text="Calendar days without a measurement that stands, from pilot on.",
    )
    over_percent = forms.IntegerField(
        label="Costs are over plan from",
        min_value=0,
        max_value=500,
        help_text="Per cent above the approved plan, to the end of the last month; 0 is any amount above it.",
    )
    most = forms.IntegerField(
        label="Initiatives with a negative net value on an agenda, at most",
        min_value=0,
        max_value=40,
        help_text="The largest first; 0 leaves them out.",
    )


def _consequences(old: Content, new: Content) -> list[str]:
    return ["Agendas that are drafts follow when they are filled next; those that were sent stay as they are."]


KIND = Kind(
    REVIEW_LIMITS,
    "Value and risk review",
    "When an outcome is unmeasured, when costs are over plan, and how many items an agenda takes.",
    "calendar-event",
    Shape(LimitsForm),
    consequences=_consequences,
    order=107,
)
