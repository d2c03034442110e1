"""The five gates: what each demands, who signs off, where an approval leads (DESIGN §4)."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from django import forms

from aiso.configuration.kinds import Kind
from aiso.configuration.models import ConfigurationVersion
from aiso.configuration.shape import Content, Rows, Shape

from ..models import Requirement
from ..rules import GATES, MATRIX, RIGHTS
from ..trying import consequences
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
    subject = forms.ChoiceField(
        label="Which one",
        choices=choices.subjects,
        required=False,
        error_messages={"invalid_choice": choices.NOT_LISTED},
    )
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


def problems_of(content: Content) -> list[str]:
    """What the gates lack together: their order, and the rules and rights that name one that is gone."""
    return [*_out_of_order(content["gates"]), *_still_named({gate["code"] for gate in content["gates"]})]


def _out_of_order(gates: list[Content]) -> Iterator[str]:
    """Each gate leads further along the stages than the one before it."""
    stages = [*dict(choices.STAGES)]
    for before, gate in pairwise(gates):
        if stages.index(gate["moves_to"]) <= stages.index(before["moves_to"]):
            to = dict(choices.STAGES)[gate["moves_to"]].lower()
            yield (
                f"“{gate['name']}” leads to {to}, which is not after where “{before['name']}” leads. "
                "Gates stand in the order of the stages, one a stage."
            )


def _still_named(codes: set[str]) -> Iterator[str]:
    """Rules of the matrix and decision rights that ask at a gate which these lack."""
    latest = ConfigurationVersion.objects.all_latest()
    names = {code: name for each in latest.filter(kind=GATES) for code, name in _names(each.content)}
    for version in latest.filter(kind__in=[MATRIX, RIGHTS]):
        noun, listed = ("Rule", "rules") if version.kind == MATRIX else ("Decision right", "rights")
        for row in version.content.get(listed, []):
            for code in set(row.get("gates", [])) - codes:
                gone = names.get(code, code)
                yield f"{noun} “{row['name']}” names the gate “{gone}”, which these gates lack. Change that first."


def _names(content: Content) -> Iterator[tuple[str, str]]:
    return ((gate["code"], gate["name"]) for gate in content.get("gates", []))


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
            rows=Rows("requirements", "requirement", "requirements", RequirementForm, called_by="text", folded=True),
            folded=True,
        )
    ),
    problems=problems_of,
    consequences=lambda old, new: consequences(GATES, new),
    try_out="stagegates:draft_try",
    order=70,
)
