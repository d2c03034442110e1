"""How long each function has for its answer, in working days (DESIGN §4)."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from aiso.configuration.kinds import Kind
from aiso.configuration.shape import Content, Rows, Shape
from portfolio.models.risk import RiskTier

from ..clocks import CLOCKS, TIERS
from . import choices

# A clock longer than half a year is a mistake.
LONGEST = 120


def _days(label: str, help_text: str = "", *, least: int = 1) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=LONGEST, help_text=help_text)


class ClocksForm(forms.Form):
    delegate_days = _days("Fast lane: the delegate decides within", "Working days from the submission.")
    question_days = _days(
        "A question is answered within", "Working days. The clock of the sign-off stands still meanwhile."
    )
    other_days = _days("All other functions answer within", "Working days, for functions without a row below.")
    other_remind_before = _days("and are reminded before the end by", "Working days.", least=0)


class ClockForm(forms.Form):
    function = forms.ChoiceField(label="Function", choices=choices.functions)
    low = _days("Low risk", "Working days.")
    moderate = _days("Moderate risk", "Working days.")
    high = _days("High risk", "Working days.")
    critical = _days("Critical risk", "Working days.")
    remind_before = _days("Remind before the end by", "Working days; 0 is the last day.", least=0)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        before, days = cleaned.get("remind_before"), [cleaned.get(tier) for tier in TIERS]
        shortest = min((each for each in days if each is not None), default=None)
        if before is not None and shortest is not None and before >= shortest:
            raise ValidationError({"remind_before": f"Its shortest clock has only {shortest}: remind after it starts."})
        return cleaned


def _consequences(old: Content, new: Content) -> list[str]:
    shortened = [
        f"{row['function']} ({RiskTier(tier).label.lower()} risk)"
        for row in new["clocks"]
        for was in old["clocks"]
        if was["function"] == row["function"]
        for tier in TIERS
        if int(row[tier]) < int(was[tier])
    ]
    told = ["Sign-offs that start from now on have the new clocks; those that run keep the days they began with."]
    return [f"Shorter than until now: {', '.join(shortened)}.", *told] if shortened else told


KIND = Kind(
    CLOCKS,
    "Sign-off clocks",
    "Working days that each function has for its answer, by risk tier, and when it is reminded.",
    "clock",
    Shape(ClocksForm, Rows("clocks", "clock", "clocks", ClockForm, called_by="function", least=0)),
    consequences=_consequences,
    order=100,
)
