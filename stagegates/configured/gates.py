"""The five gates: what each demands, who signs off, where an approval leads (DESIGN §4)."""

from typing import Any

from django import forms

from aiso.configuration.kinds import Kind
from aiso.configuration.shape import Rows, Shape

from ..models import Requirement
from ..rules import GATES
from . import choices
from .choices import several


class GateForm(forms.Form):
    name = forms.CharField(label="Gate", max_length=60)
    about = forms.CharField(label="The question it answers", max_length=300, required=False)
    moves_to = forms.ChoiceField(label="Approval moves to", choices=choices.STAGES)
    functions = several("Always signed off by", choices.functions, "The governance matrix asks for more.")


class RequirementForm(forms.Form):
    text = forms.CharField(label="Requirement", max_length=300)
    help_text = forms.CharField(label="Help", max_length=500, required=False)
    evidence = forms.ChoiceField(label="Shown by", choices=Requirement.Evidence.choices)
    subject = forms.ChoiceField(label="Which one", choices=choices.subjects, required=False)
    functions = several("Sign-offs that rest on it", choices.functions, "")
    valid_months = forms.IntegerField(
        label="Valid for months", min_value=1, max_value=120, required=False, help_text="Empty: it does not expire."
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        evidence, subject = cleaned.get("evidence", ""), cleaned.get("subject", "")
        kind = subject.partition(":")[0]
        needs = evidence in (Requirement.Evidence.KNOWN, Requirement.Evidence.ASSESSMENT)
        if needs and kind != evidence:
            what = "known fact" if evidence == Requirement.Evidence.KNOWN else "assessment"
            self.add_error("subject", f"Choose which {what} shows it.")
        if not needs and subject:
            self.add_error("subject", "Leave this empty: a file, a link or an answer has no subject.")
        return cleaned


KIND = Kind(
    GATES,
    "Gates",
    "What each gate demands, who signs off at it, and the stage that an approval leads to.",
    "lock-open",
    Shape(
        rows=Rows(
            "gates",
            "gate",
            "gates",
            GateForm,
            called_by="name",
            rows=Rows("requirements", "requirement", "requirements", RequirementForm, called_by="text"),
        )
    ),
    order=70,
)
