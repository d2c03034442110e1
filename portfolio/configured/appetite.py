"""The score above which a risk is above appetite."""

from django import forms

from aiso.configuration.kinds import Kind
from aiso.configuration.shape import Content, Shape
from aiso.web import figures

from ..models import Risk
from ..risk_appetite import APPETITE, HIGHEST


class AppetiteForm(forms.Form):
    appetite = forms.IntegerField(
        label="Risk appetite",
        min_value=1,
        max_value=HIGHEST,
        help_text="The highest score, likelihood × impact, within appetite. Above it the risk function accepts.",
    )


def _consequences(old: Content, new: Content) -> list[str]:
    was, now = (int(content["appetite"] or 0) for content in (old, new))
    above = Risk.objects.open().above(now).count()
    return [
        f"A score of more than {now} is above appetite; until now it was more than {was}.",
        f"{figures.plural(above, 'open risk')} would be above appetite after treatment.",
        "Risks that are accepted stay so until their day.",
    ]


KIND = Kind(
    APPETITE,
    "Risk appetite",
    "The score above which a risk is more than its owners may accept.",
    "alert-triangle",
    Shape(AppetiteForm),
    consequences=_consequences,
    order=46,
)
