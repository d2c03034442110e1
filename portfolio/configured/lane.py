"""The sum under which a request can take the fast lane (DESIGN §5)."""

from decimal import Decimal

from django import forms

from aiso.configuration.kinds import Kind
from aiso.configuration.models import ConfigurationVersion
from aiso.configuration.shape import Content, Shape
from aiso.web import figures
from aiso.web.forms import MoneyField

LANE = "lane"


class LaneForm(forms.Form):
    threshold = MoneyField(
        min_value=0,
        label="Threshold",
        help_text="A request for less can take the fast lane when the other conditions hold too.",
    )


def lane_threshold() -> Decimal:
    """The sum in force, in the reporting currency. One query."""
    return Decimal(ConfigurationVersion.objects.in_force(LANE).content["threshold"])


def _consequences(old: Content, new: Content) -> list[str]:
    was, now = (figures.exact_money(Decimal(content["threshold"] or 0)) for content in (old, new))
    return [
        f"Requests for less than {now} can take the fast lane; until now it was {was}.",
        "Decisions that were taken stay as they are.",
    ]


KIND = Kind(
    LANE,
    "Lane threshold",
    "The sum under which a request can take the fast lane.",
    "route",
    Shape(LaneForm),
    consequences=_consequences,
    order=40,
)
