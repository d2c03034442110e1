"""Who decides what, up to which amount and tier (DESIGN §4)."""

from django import forms

from aiso.configuration.kinds import Kind
from aiso.configuration.shape import Rows, Shape
from aiso.web.forms import MoneyField
from portfolio.models import Lane

from ..rules import RIGHTS
from . import choices
from .choices import several


class RightForm(forms.Form):
    name = forms.CharField(label="Right", max_length=120)
    body = forms.ChoiceField(
        label="Who decides", choices=choices.bodies, error_messages={"invalid_choice": choices.NOT_LISTED}
    )
    gates = several("Gates", choices.gates)
    tiers = several("Risk tiers", choices.TIERS)
    lanes = several("Lanes", Lane.choices)
    up_to = MoneyField(
        label="Up to",
        min_value=0,
        required=False,
        help_text="Counted for the workflow over twelve months. Empty: any amount.",
    )

    groups = (("When", ("gates", "tiers", "lanes", "up_to")), ("Then", ("body",)))


KIND = Kind(
    RIGHTS,
    "Decision rights",
    "Which body decides at which gate, tier and lane, up to which amount. Where two match, the higher decides.",
    "gavel",
    Shape(rows=Rows("rights", "right", "rights", RightForm, called_by="name", folded=True)),
    order=90,
)
