"""The sum under which a request can take the fast lane (DESIGN §5)."""

from decimal import Decimal

from django import forms

from aiso.configuration.kinds import Kind
from aiso.configuration.models import ConfigurationVersion
from aiso.configuration.shape import Content, Shape
from aiso.web import figures
from aiso.web.forms import MoneyField

from ..actions.conclude_lanes import conclude_all_lanes
from ..actions.whole_register import is_long
from ..lane_threshold import LANE
from ..models import Initiative


class LaneForm(forms.Form):
    threshold = MoneyField(
        min_value=0,
        label="Threshold",
        help_text="A request for less can take the fast lane when the other conditions hold too.",
    )


def _consequences(old: Content, new: Content) -> list[str]:
    sums = [Decimal(content["threshold"] or 0) for content in (old, new)]
    was, now = map(figures.exact_money, sums)
    between = Initiative.objects.filter(requested_amount__gte=min(sums), requested_amount__lt=max(sums)).count()
    told = figures.plural(between, "initiative asks", "initiatives ask")
    return [
        f"Requests for less than {now} can take the fast lane; until now it was {was}.",
        f"{told} for a sum between the two: their lanes are worked out anew.",
        "Decisions that were taken stay as they are.",
    ]


def _follow(version: ConfigurationVersion) -> None:
    conclude_all_lanes()


KIND = Kind(
    LANE,
    "Lane threshold",
    "The sum under which a request can take the fast lane.",
    "route",
    Shape(LaneForm),
    follow=_follow,
    takes_long=is_long,
    consequences=_consequences,
    order=40,
)
