"""When a class steps down, and when *surface* is a rubber stamp (DESIGN §5)."""

from django import forms
from django.db.models import F

from aiso.configuration.kinds import Kind
from aiso.configuration.shape import Content, Shape
from aiso.web import figures

from ..autonomy_limits import LIMITS, limits_of
from ..models import AutonomyLevel, DecisionClass
from ..models.autonomy import MOST_READ
from ..models.decision import MOST_A_WEEK


def _share(label: str, help_text: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, help_text=help_text, min_value=0, max_value=1, max_digits=4, decimal_places=3
    )


class LimitsForm(forms.Form):
    override_rate = _share("Override rate", "A share, 0 to 1. People deciding otherwise more often steps a class down.")
    error_rate = _share("Error rate", "A share, 0 to 1. More errors than that step a class down.")
    least_volume = forms.IntegerField(
        label="Least decisions",
        min_value=1,
        max_value=MOST_READ,
        help_text="A reading of fewer decisions says too little to step a class down.",
    )
    reviewer_cap = forms.IntegerField(
        label="A week for one reviewer",
        min_value=1,
        max_value=MOST_A_WEEK,
        help_text="More surfaced decisions a week for one person is a rubber stamp.",
    )


def _consequences(old: Content, new: Content) -> list[str]:
    surfaced = DecisionClass.objects.filter(
        autonomy=AutonomyLevel.SURFACE, reviewers__gt=0, volume_per_week__isnull=False
    )
    cap = limits_of(new).reviewer_cap
    count = surfaced.filter(volume_per_week__gt=F("reviewers") * cap).count()
    those = figures.plural(count, "decision class", "decision classes")
    return [
        f"{those} would be called a rubber stamp: more than {figures.number(cap)} a week for one reviewer.",
        "Readings from now on are held against these rates; what stepped down before stays as it is.",
    ]


KIND = Kind(
    LIMITS,
    "Autonomy limits",
    "The rates above which a decision class steps down, and what one reviewer can look at.",
    "gauge",
    Shape(LimitsForm),
    consequences=_consequences,
    order=45,
)
