"""Forms of risks. They read what is typed; the rules are the actions'."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from aiso import clock
from aiso.accounts.forms import units_to_choose
from aiso.accounts.models import User
from aiso.web.attempts import SeenForm
from aiso.web.forms import DayInput, LongSelect, PersonField

from ..models import Bucket, Impact, Initiative, Likelihood, Risk, Stage

# Days that the treatment of a risk has unless somebody says another day.
USUAL_DAYS = 30
# Days that an acceptance holds unless somebody says another day.
USUAL_ACCEPTANCE = 180


def _numbered(choices: type[Likelihood] | type[Impact]) -> list[tuple[int, str]]:
    return [(each.value, f"{each.value}, {each.label.lower()}") for each in choices]


class LevelField(forms.TypedChoiceField):
    """A level 1 to 5, with its word."""

    def __init__(self, levels: type[Likelihood] | type[Impact], **options: Any) -> None:
        super().__init__(choices=[("", "Choose"), *_numbered(levels)], coerce=int, **options)

    def to_python(self, value: Any) -> Any:
        """Also what a hidden control tells that was seen."""
        text = super().to_python(value)
        return int(text) if isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 3 else text


def _text(label: str, length: int = 500, help_text: str = "", *, required: bool = True) -> forms.CharField:
    area = forms.Textarea({"rows": 2})
    return forms.CharField(label=label, max_length=length, widget=area, help_text=help_text, required=required)


class RiskForm(SeenForm):
    """What may happen, how bad it would be, what is done about it, and by whom until when."""

    title = forms.CharField(max_length=200, help_text="In a few words, as a list shows it.")
    cause = _text("Because of", help_text="The cause, as it is now: a fact.")
    event = _text("There may be", help_text="The event, which may or may not happen.")
    effect = _text("Which leads to", help_text="The effect on what the initiative is for.")
    likelihood = LevelField(Likelihood, label="Likelihood before treatment")
    impact = LevelField(Impact, label="Impact before treatment")
    treatment = forms.ChoiceField(
        choices=Risk.Treatment.choices,
        help_text="Avoid: do without its cause. Reduce its likelihood or impact. Transfer: let somebody else bear it. "
        "Accept: leave it as it is.",
    )
    measures = _text("What is done", 1000, "The measures, and what shows that they are in place.", required=False)
    owner = PersonField(label="Owner", help_text="Sees to it that it is treated.")
    due_on = forms.DateField(label="To be treated by", widget=DayInput)
    residual_likelihood = LevelField(Likelihood, label="Likelihood after treatment")
    residual_impact = LevelField(Impact, label="Impact after treatment")

    def __init__(self, risk: Risk | None = None, data: Any = None) -> None:
        initial = {name: getattr(risk, name) for name in self.base_fields} if risk else {}
        super().__init__(data, initial={"due_on": clock.days_ahead(USUAL_DAYS), "treatment": "reduce"} | initial)


class RiskReasonForm(forms.Form):
    """Why it is treated, closed or open again, or is accepted no longer."""

    reason = forms.CharField(label="Why", max_length=500, widget=forms.Textarea({"rows": 3}))


class AcceptanceForm(forms.Form):
    """Why what is left may stay, and until when."""

    reason = forms.CharField(label="Why what is left may stay", max_length=1000, widget=forms.Textarea({"rows": 3}))
    until = forms.DateField(
        label="Accepted until", widget=DayInput, help_text="The last day it holds, twelve months from today at most."
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"until": clock.days_ahead(USUAL_ACCEPTANCE)})


def _choice(label: str, *choices: tuple[Any, str], empty: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", empty), *choices], required=False)


class RiskFilterForm(forms.Form):
    """Which risks to show."""

    initiative: "forms.ModelChoiceField[Initiative]" = forms.ModelChoiceField(
        None, required=False, widget=forms.HiddenInput
    )
    owner: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        None, required=False, empty_label="Anybody", widget=LongSelect
    )
    unit = forms.ModelChoiceField(units_to_choose(), required=False, empty_label="Any unit", widget=LongSelect)
    bucket: "forms.ModelChoiceField[Bucket]" = forms.ModelChoiceField(
        Bucket.objects.all(), required=False, empty_label="Any bucket"
    )
    stage = _choice("Stage", *Stage.choices, empty="Any stage")
    status = _choice("Status", *Risk.Status.choices, empty="Any status")
    appetite = _choice("Appetite", ("above", "above"), ("within", "within"), empty="Above and within")
    due = _choice("Due", ("past", "past due"), ("soon", "within a week"), empty="Any day")
    acceptance = _choice(
        "Acceptance",
        *(("accepted", "accepted"), ("expiring", "expiring"), ("expired", "expired"), ("none", "not accepted")),
        empty="Any",
    )
    likelihood = _choice("Likelihood", *_numbered(Likelihood), empty="Any likelihood")
    impact = _choice("Impact", *_numbered(Impact), empty="Any impact")
    order = forms.ChoiceField(label="Sort", required=False)

    def __init__(
        self, data: Any, orders: list[tuple[str, str]], owners: "QuerySet[User]", initiatives: "QuerySet[Initiative]"
    ) -> None:
        super().__init__(data)
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]
        self.fields["initiative"].queryset = initiatives  # type: ignore[attr-defined]
        self.fields["order"].choices = orders  # type: ignore[attr-defined]

    def clean_likelihood(self) -> int | None:
        return _whole(self.cleaned_data["likelihood"])

    def clean_impact(self) -> int | None:
        return _whole(self.cleaned_data["impact"])


def _whole(text: str) -> int | None:
    return int(text) if text else None
