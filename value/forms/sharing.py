"""Forms of cost centres, of the rules by which costs are shared, and of shared costs."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from aiso import clock
from aiso.accounts.models import User
from aiso.web.forms import DayInput
from portfolio.forms.picking import BEGINS, InitiativeField
from portfolio.models import Initiative

from ..models import SharingRule, SharingVersion


class PartsField(forms.CharField):
    """Initiatives that the viewer sees with their shares, one a line."""

    def __init__(self, viewer: User, **options: Any) -> None:
        told = "One initiative a line, its reference and its share in per cent, e.g. AI-0042 25. Together 100."
        super().__init__(
            label="Shares", max_length=20_000, widget=forms.Textarea({"rows": 6}), help_text=told, **options
        )
        self.viewer = viewer

    def clean(self, value: Any) -> list[tuple[Initiative, Decimal]]:
        read = [_read(line) for line in super().clean(value).splitlines() if line.strip()]
        rows = Initiative.objects.visible_to(self.viewer).defer("search")
        known = rows.in_bulk([number for number, _ in read])
        if missing := [number for number, _ in read if number not in known]:
            raise forms.ValidationError(f"No initiative that you see is AI-{missing[0]:04d}.")
        return [(known[number], share) for number, share in read]


def _read(line: str) -> tuple[int, Decimal]:
    """The number of an initiative, and its share: the last word of a line."""
    named, words = BEGINS.match(line.strip()), line.replace("%", " ").split()
    try:
        share = Decimal(words[-1].replace(",", "."))
    except (InvalidOperation, IndexError):
        share = Decimal("NaN")
    if named is None or len(words) < 2 or not share.is_finite():
        raise forms.ValidationError(f"“{line.strip()[:60]}” is no reference and share; write e.g. AI-0042 25.")
    return int(named[1]), share


class SharingVersionForm(forms.Form):
    """What a rule says from a day on."""

    starts_on = forms.DateField(label="From", widget=DayInput)
    basis = forms.CharField(max_length=500, help_text="What the shares follow, e.g. hours of use in the last quarter.")
    reason = forms.CharField(label="Why", max_length=500, help_text="Why it says this from then on.")

    def __init__(self, viewer: User, version: SharingVersion | None = None, data: Any = None) -> None:
        super().__init__(data, initial=_said(version) | {"starts_on": clock.today().replace(day=1)})
        self.fields["parts"] = PartsField(viewer)


class SharingRuleForm(SharingVersionForm):
    """A new rule."""

    name = forms.CharField(max_length=200)
    field_order = ("name", "starts_on", "basis", "parts", "reason")

    def __init__(self, viewer: User, data: Any = None) -> None:
        super().__init__(viewer, None, data)
        self.order_fields(self.field_order)


def _said(version: SharingVersion | None) -> dict[str, Any]:
    """What the last version says, to be changed."""
    if version is None:
        return {}
    parts = (f"{part.initiative.reference} {part.share.normalize():f}" for part in version.parts.all())
    return {"basis": version.basis, "parts": "\n".join(parts)}


class CostCentreForm(forms.Form):
    """A new cost centre. What it is called stays."""

    code = forms.CharField(max_length=40, help_text="As the finance system writes it.")
    name = forms.CharField(max_length=200)


class MappingForm(forms.Form):
    """What the costs of a cost centre belong to from a day on; without initiative and rule, nothing."""

    starts_on = forms.DateField(
        label="From", widget=DayInput, help_text="Costs of this day and after it go there; what is posted stays."
    )
    rule = forms.ModelChoiceField(
        SharingRule.objects.none(),
        required=False,
        empty_label="No rule",
        help_text="Or the rule by which several initiatives share. Neither: it belongs to nothing any more.",
    )
    field_order = ("starts_on", "initiative", "rule")

    def __init__(self, viewer: User, data: Any = None) -> None:
        super().__init__(data, initial={"starts_on": clock.today().replace(day=1)})
        self.fields["initiative"] = InitiativeField(
            viewer, required=False, help_text="Part of its name, or its reference."
        )
        rules = self.fields["rule"]
        assert isinstance(rules, forms.ModelChoiceField)
        rules.queryset = SharingRule.objects.visible_to(viewer)
        self.order_fields(self.field_order)
