"""The governance matrix: which duties follow from use-case type, tier, jurisdiction and autonomy (DESIGN §4)."""

from typing import Any

from django import forms

from aiso.configuration.kinds import Kind
from aiso.configuration.models import ConfigurationVersion
from aiso.configuration.shape import Rows, Shape
from portfolio.actions.whole_register import is_long

from ..actions.monitor import schedule_monitoring
from ..rules import MATRIX
from ..trying import consequences
from . import choices
from .choices import one_of, several

WHEN = ("use_case_types", "tiers", "jurisdictions", "autonomy")
THEN = ("assessments", "documents", "functions", "body", "gates", "monitoring")
# What makes a rule ask for something: at which gates it asks is no duty.
DUTIES = ("assessments", "documents", "functions", "body", "monitoring")


class RuleForm(forms.Form):
    name = forms.CharField(label="Rule", max_length=120)
    about = forms.CharField(label="Why", max_length=300, required=False)
    use_case_types = several("Use-case types", choices.use_case_types)
    tiers = several("Risk tiers", choices.TIERS)
    jurisdictions = several("Jurisdictions", choices.jurisdictions)
    autonomy = several("Highest autonomy level", choices.AUTONOMY)
    assessments = several("Assessments", choices.assessments, "")
    documents = forms.CharField(
        label="Documents", required=False, widget=forms.Textarea({"rows": 2}), help_text="One a line."
    )
    functions = several("Sign-offs", choices.functions, "")
    body = one_of("Decided by at least", choices.bodies, "As decision rights say")
    gates = several("Asked at", choices.gates, "Empty: at every gate.")
    monitoring = one_of("Monitored once in use", choices.CADENCES, "Not asked for")

    groups = (("When", WHEN), ("Then", THEN))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.get(duty) for duty in DUTIES):
            self.add_error(None, "This rule asks for nothing. Tick what it asks for, or remove it.")
        return cleaned


def _follow(version: ConfigurationVersion) -> None:
    schedule_monitoring()


KIND = Kind(
    MATRIX,
    "Governance matrix",
    "Which assessments, documents, sign-offs, monitoring and approval body a case needs. All rules that match apply.",
    "table",
    Shape(rows=Rows("rules", "rule", "rules", RuleForm, called_by="name", folded=True)),
    follow=_follow,
    takes_long=is_long,
    consequences=lambda old, new: consequences(MATRIX, new),
    try_out="stagegates:draft_try",
    order=80,
)
