"""What the five figures of the leadership dashboard are compared with (DESIGN §6). Each may be left open."""

from django import forms

from aiso.configuration.kinds import Kind
from aiso.configuration.shape import Content, Shape
from aiso.web.forms import MoneyField

from ..dashboard.targets import TARGETS

# Longer than ten years is a mistake.
LONGEST = 3653


def _per_cent(label: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, min_value=0, max_value=100, max_digits=4, decimal_places=1, help_text="Per cent."
    )


def _net_value(days: int) -> MoneyField:
    return MoneyField(
        label=f"Net value in {days} days, at least", required=False, help_text="In the reporting currency."
    )


class LeadershipTargetsForm(forms.Form):
    """One target a figure, and of net value one a window. Empty is no target."""

    lead_time = forms.IntegerField(
        label="Lead time from pilot to production, at most",
        required=False,
        min_value=1,
        max_value=LONGEST,
        help_text="Days, of the median.",
    )
    stable_owner = _per_cent("Stable owner share, at least")
    adoption = _per_cent("Adoption in critical workflows, at least")
    net_value_30 = _net_value(30)
    net_value_60 = _net_value(60)
    net_value_90 = _net_value(90)


def _consequences(old: Content, new: Content) -> list[str]:
    return ["The dashboard compares each day with the targets that held on it: days before keep theirs."]


KIND = Kind(
    TARGETS,
    "Leadership targets",
    "What the five figures of the leadership dashboard are compared with.",
    "target-arrow",
    Shape(LeadershipTargetsForm),
    consequences=_consequences,
    order=110,
)
