"""How long incidents may take, by severity."""

from itertools import pairwise

from django import forms

from aiso.configuration.kinds import Kind
from aiso.configuration.shape import Content, Shape

from ..incident_clocks import CLOCKS, clocks_of
from ..models import Severity

# A clock longer than a quarter is a mistake.
LONGEST_HOURS = 24 * 30
LONGEST_DAYS = 90


def _hours(severity: Severity) -> forms.IntegerField:
    label = f"{severity.label}: contained within"
    return forms.IntegerField(label=label, min_value=1, max_value=LONGEST_HOURS, help_text="Hours from its detection.")


def _days(severity: Severity, done: str, since: str) -> forms.IntegerField:
    told = f"Working days from {since}; 0 is the same day."
    return forms.IntegerField(
        label=f"{severity.label}: {done} within", min_value=0, max_value=LONGEST_DAYS, help_text=told
    )


_FIELDS = {
    name: field
    for severity in Severity
    for name, field in (
        (f"{severity.value}_contain_hours", _hours(severity)),
        (f"{severity.value}_resolve_days", _days(severity, "resolved", "its detection")),
        (f"{severity.value}_review_days", _days(severity, "reviewed", "its resolution")),
    )
}
ClocksForm = type("ClocksForm", (forms.Form,), _FIELDS)


def _problems(content: Content) -> list[str]:
    """A worse incident never has the longer clock."""
    clocks, wrong = clocks_of(content), []
    parts = (("contain_hours", "contain"), ("resolve_days", "resolve"), ("review_days", "review"))
    order = [*Severity]
    for worse, milder in pairwise(order):
        for part, verb in parts:
            if getattr(clocks[worse], part) > getattr(clocks[milder], part):
                wrong.append(
                    f"A {worse.label.lower()} incident has longer to {verb} than a {milder.label.lower()} one."
                )
    return wrong


def _consequences(old: Content, new: Content) -> list[str]:
    return ["Incidents reported from now on have the new clocks; those under way keep theirs."]


KIND = Kind(
    CLOCKS,
    "Incident clocks",
    "How long an incident may take to be contained, resolved and reviewed, by its severity.",
    "clock-exclamation",
    Shape(ClocksForm),
    consequences=_consequences,
    problems=_problems,
    order=47,
)
