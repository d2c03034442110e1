"""How much each part of a priority counts (DESIGN §5)."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import connection

from aiso.configuration.kinds import Kind
from aiso.configuration.models import ConfigurationVersion
from aiso.configuration.shape import Content, Shape
from aiso.web import figures

from ..actions.reweigh import SCORE, reweigh
from ..actions.whole_register import is_long
from ..models.initiative import PRIORITY_PARTS
from ..priority import WEIGHTS, weights_of

FORESEE = f"""
    SELECT count(*) FILTER (WHERE score IS NOT NULL),
        count(*) FILTER (WHERE score IS DISTINCT FROM priority), max(abs(score - priority))
    FROM (SELECT priority, {SCORE} AS score FROM portfolio_initiative) AS scored
"""  # noqa: S608 (a constant)


def _weight(label: str, help_text: str = "") -> forms.DecimalField:
    return forms.DecimalField(label=label, help_text=help_text, min_value=0, max_digits=4, decimal_places=2)


class WeightsForm(forms.Form):
    """The five weights. Only how they compare counts: 2 2 2 2 2 is the same as 1 1 1 1 1."""

    value = _weight("Value")
    feasibility = _weight("Feasibility")
    data_readiness = _weight("Data readiness")
    strategic_fit = _weight("Strategic fit")
    governance_complexity = _weight("Governance complexity", "Counts the other way round: 6 minus the complexity.")

    def clean(self) -> dict[str, Any]:
        weights = [self.cleaned_data.get(part) for part in PRIORITY_PARTS]
        if None not in weights and not any(weights):
            raise ValidationError("At least one weight must be more than 0, or nothing has a priority.")
        return self.cleaned_data


def _consequences(old: Content, new: Content) -> list[str]:
    weights = weights_of(new)
    with connection.cursor() as cursor:
        cursor.execute(FORESEE, {**weights, "total": sum(weights.values(), Decimal(0))})
        scored, changing, most = cursor.fetchone() or (0, 0, None)
    told = [f"The priorities of {figures.plural(scored, 'initiative')} are worked out anew."]
    if changing:
        others = f"{figures.number(changing)} of them change"
        told.append(f"{others}{f', by {figures.measured(most)} at most' if most else ''}.")
    else:
        told.append("None of them changes.")
    return told


def _follow(version: ConfigurationVersion) -> None:
    reweigh()


KIND = Kind(
    WEIGHTS,
    "Priority weights",
    "How much each of the five parts counts in a priority.",
    "scale",
    Shape(WeightsForm),
    follow=_follow,
    takes_long=is_long,
    consequences=_consequences,
    order=50,
)
