"""The governance matrix: which duties follow from use-case type, tier, jurisdiction and autonomy (DESIGN §4)."""

from django import forms

from aiso.configuration.kinds import Kind
from aiso.configuration.shape import Rows, Shape

from ..rules import MATRIX
from . import choices
from .choices import several


class RuleForm(forms.Form):
    name = forms.CharField(label="Rule", max_length=120)
    about = forms.CharField(label="Why", max_length=300, required=False)
    use_case_types = several("Use-case types", choices.use_case_types)
    tiers = several("Risk tiers", choices.TIERS)
    jurisdictions = several("Jurisdictions", choices.jurisdictions)
    autonomy = several("Highest autonomy level", choices.AUTONOMY)
    gates = several("Asked at", choices.gates, "Empty: at every gate.")
    assessments = several("Assessments", choices.assessments, "")
    documents = forms.CharField(
        label="Documents", required=False, widget=forms.Textarea({"rows": 2}), help_text="One a line."
    )
    functions = several("Sign-offs", choices.functions, "")
    monitoring = forms.ChoiceField(
        label="Monitoring once in use", choices=[("", "Not asked for"), *choices.CADENCES], required=False
    )
    body = forms.ChoiceField(
        label="Decided by at least", choices=lambda: [("", "As decision rights say"), *choices.bodies()], required=False
    )


KIND = Kind(
    MATRIX,
    "Governance matrix",
    "Which assessments, documents, sign-offs, monitoring and approval body a case needs. All rules that match apply.",
    "table",
    Shape(rows=Rows("rules", "rule", "rules", RuleForm, called_by="name")),
    order=80,
)
