"""The forms with which an expansion is asked for and decided."""

from collections.abc import Sequence
from typing import Any

from django import forms

from aiso.accounts.models import BusinessUnit
from aiso.web.forms import LongSelect, MoneyField
from portfolio.models import Initiative, Workflow

from ..blocks import Block
from ..models import Expansion
from .decisions import ConsentForm
from .funding import RequestDecisionForm


class ExpansionForm(forms.Form):
    step = forms.ChoiceField(label="Step", choices=Expansion.Step.choices, widget=forms.RadioSelect)
    what = forms.CharField(label="What it covers", max_length=300)
    volume_after = forms.IntegerField(label="Decisions a week then", required=False, min_value=1, max_value=100_000_000)
    reason = forms.CharField(label="Why now", max_length=10_000, widget=forms.Textarea({"rows": 3}))
    amount = MoneyField(label="Money asked for", required=False, min_value=0, help_text="Empty: none.")
    skip_because = forms.CharField(
        label="Why steps are skipped",
        required=False,
        max_length=10_000,
        widget=forms.Textarea({"rows": 2}),
        help_text="Needed where a step before it is not done. It is recorded with the decision.",
    )

    def __init__(self, initiative: Initiative, data: Any = None) -> None:
        super().__init__(data)
        choices: dict[str, Any] = {
            "decision_class": ("Decision class", initiative.decision_classes.all(), "For more volume."),
            "unit": (
                "Team or region",
                BusinessUnit.objects.active().exclude(pk=initiative.unit_id),
                "For another one.",
            ),
            "workflow": (
                "Workflow",
                Workflow.objects.active().exclude(pk=initiative.workflow_id or 0),
                "For a second one.",
            ),
        }
        for name, (label, rows, help_text) in choices.items():
            self.fields[name] = forms.ModelChoiceField(
                rows, label=label, required=False, help_text=help_text, widget=LongSelect
            )
        self.order_fields(
            ["step", "what", "decision_class", "volume_after", "unit", "workflow", "reason", "amount", "skip_because"]
        )


class ExpansionDecisionForm(RequestDecisionForm):
    """A ruling on an expansion; without fields for money where it asks for none."""

    def __init__(self, asked: Expansion, blocks: Sequence[Block], data: Any = None) -> None:
        self.begin(data, {"amount": asked.amount}, blocks)
        if asked.amount is None:
            del self.fields["amount"], self.fields["release_now"]


class MeetingExpansionForm(ConsentForm, ExpansionDecisionForm):  # type: ignore[misc]
    """The same as a meeting ruled it."""
