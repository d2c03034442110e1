"""How long an initiative normally stays in each stage; who stays longer is spoken of at the portfolio review."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q

from aiso import clock
from aiso.configuration.kinds import Kind
from aiso.configuration.shape import Content, Shape
from aiso.web import figures
from portfolio.models import Initiative, Stage

from ..stage_times import ON_THE_WAY, STAGE_TIMES

# Longer than five years is a mistake.
LONGEST = 1826


class StageTimesForm(forms.Form):
    """Normal days of each stage, and how many of those that stay longer an agenda takes."""

    most = forms.IntegerField(
        label="Stalled initiatives on an agenda, at most",
        min_value=0,
        max_value=40,
        help_text="Those that have waited longest come first; 0 leaves them out.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for stage in ON_THE_WAY:
            self.fields[stage] = forms.IntegerField(
                label=stage.label, min_value=1, max_value=LONGEST, help_text="Calendar days."
            )
        self.order_fields([*ON_THE_WAY, "most"])


def stalled_on_paper(content: Content) -> int:
    """How many initiatives have been in their stage for longer."""
    late = Q(pk=None)
    for stage in ON_THE_WAY:
        late |= Q(stage=Stage(stage), stage_since__lt=clock.today() - timedelta(days=int(content[stage])))
    return Initiative.objects.on_register().filter(late).count()


def _consequences(old: Content, new: Content) -> list[str]:
    before, after = stalled_on_paper(old), stalled_on_paper(new)
    told = f"{figures.plural(after, 'initiative')} stayed longer than that; by the times until now it is"
    return [f"{told} {figures.number(before)}.", "Agendas that were sent stay as they are."]


KIND = Kind(
    STAGE_TIMES,
    "Normal time in a stage",
    "Days that an initiative normally stays in each stage. Who stays longer is spoken of at the portfolio review.",
    "hourglass",
    Shape(StageTimesForm),
    consequences=_consequences,
    order=105,
)
