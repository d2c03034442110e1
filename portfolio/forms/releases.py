"""Forms of releases and of what they have to meet. They read what is typed; the rules are the actions'."""

from typing import Any

from django import forms

from aiso import clock
from aiso.web.attempts import SeenForm
from aiso.web.forms import DayInput

from ..models import Initiative, Release, ReleaseCriterion

YES_NO = [("", "Not answered"), ("yes", "Yes"), ("no", "No")]


def _figure(label: str, help_text: str = "") -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, max_digits=18, decimal_places=4, help_text=help_text)


class ReleaseForm(SeenForm):
    """What is released, to whom, and how it is taken back."""

    name = forms.CharField(label="Version", max_length=120, help_text="As users or engineers call it, e.g. 2.1.")
    scope = forms.CharField(label="For whom", max_length=300, help_text="Which users, sites or cases get it.")
    planned_on = forms.DateField(label="Planned for", required=False, widget=DayInput)
    volume_share = forms.DecimalField(
        label="Share of the volume, %", required=False, min_value=0, max_value=100, decimal_places=2
    )
    rollback = forms.CharField(
        label="Way back", required=False, max_length=500, help_text="How it is taken back: a plan, a page, a command."
    )
    notes = forms.CharField(required=False, max_length=5000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, release: Release | None = None, data: Any = None) -> None:
        names = [name for name in self.base_fields if name != "like"]
        super().__init__(data, initial={name: getattr(release, name) for name in names} if release else {})


class NewReleaseForm(ReleaseForm):
    """The same, and whose criteria it begins with."""

    like: "forms.ModelChoiceField[Release]" = forms.ModelChoiceField(
        None,
        label="Criteria",
        required=False,
        empty_label="Begin without any",
        help_text="What an earlier release had to meet; you can change them.",
    )

    def __init__(self, initiative: Initiative, data: Any = None) -> None:
        super().__init__(None, data)
        earlier = initiative.releases.all()
        self.fields["like"].queryset = earlier  # type: ignore[attr-defined]
        self.initial["like"] = earlier.first()
        if not earlier:
            del self.fields["like"]


class CriterionForm(SeenForm):
    """What has to be met."""

    name = forms.CharField(
        label="Criterion", max_length=200, help_text="What is measured, e.g. share of right answers."
    )
    category = forms.ChoiceField(choices=ReleaseCriterion.Category.choices)
    demand = forms.ChoiceField(
        label="Required",
        choices=ReleaseCriterion.Demand.choices,
        help_text="A figure on one side of a threshold, or a yes.",
    )
    threshold = _figure("Threshold", "The figure itself is enough. Empty for a yes.")
    unit = forms.CharField(required=False, max_length=40, help_text="What one is, e.g. % or seconds.")
    is_required = forms.BooleanField(
        label="Must be met", required=False, help_text="Not met, it stops the release. Otherwise it is only told."
    )

    def __init__(self, criterion: ReleaseCriterion | None = None, data: Any = None) -> None:
        initial = {name: getattr(criterion, name) for name in self.base_fields} if criterion else {"is_required": True}
        super().__init__(data, initial=initial)


class ResultForm(forms.Form):
    """What was measured, and where that can be looked up."""

    result = _figure("Result", "Empty: not measured yet.")
    answer = forms.TypedChoiceField(
        label="Result",
        required=False,
        choices=YES_NO,
        coerce=lambda said: said == "yes",
        empty_value=None,
    )
    measured_on = forms.DateField(label="Measured on", widget=DayInput)
    evidence = forms.URLField(
        required=False, max_length=1000, assume_scheme="https", help_text="Where the result can be looked up."
    )

    def __init__(self, criterion: ReleaseCriterion, data: Any = None) -> None:
        answer = {True: "yes", False: "no", None: ""}[criterion.answer]
        initial = {"result": criterion.result, "answer": answer, "evidence": criterion.evidence}
        super().__init__(data, initial=initial | {"measured_on": criterion.measured_on or clock.today()})
        asks_yes = criterion.demand == ReleaseCriterion.Demand.YES
        del self.fields["result" if asks_yes else "answer"]
        if criterion.unit and not asks_yes:
            self.fields["result"].label = f"Result, {criterion.unit}"


class ReleasedForm(forms.Form):
    """Since when it is out, and why although not all was met."""

    released_on = forms.DateField(label="Out since", widget=DayInput)
    despite = forms.CharField(
        label="Why it goes out anyway",
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text="The risk owner’s reason. It stays with the release.",
        error_messages={"required": "Say why it goes out anyway."},
    )
    use_required_attribute = False

    def __init__(self, data: Any = None, *, is_met: bool, may_anyway: bool) -> None:
        super().__init__(data, initial={"released_on": clock.today()})
        # Whoever may not release it anyway is told so, and asked for no reason.
        self.fields["despite"].required = may_anyway
        if is_met:
            del self.fields["despite"]
