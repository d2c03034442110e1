"""Forms of the ledger. They read what is typed; the rules are the actions'."""

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings

from aiso import clock
from aiso.web import figures
from aiso.web.forms import DayInput, MoneyField, MoneyInput
from portfolio.models import Initiative, OutcomeMetric

from ..models import BenefitType, ExchangeRate, LedgerEntry
from ..posting import NewEntry
from .claimed_metrics import told_metrics

COSTS = [(kind.value, kind.label) for kind in LedgerEntry.Kind if kind != LedgerEntry.Kind.BENEFIT]


def currencies() -> list[tuple[str, str]]:
    """The reporting currency, and those that finance recorded a rate of."""
    known = ExchangeRate.objects.order_by("currency").values_list("currency", flat=True).distinct()
    return [(each, each) for each in (settings.REPORTING_CURRENCY, *known)]


class EntryForm(forms.Form):
    """What every entry says. Its key comes with the page, so that sending it twice posts once."""

    # Its currency is chosen beside it.
    amount = MoneyField(label="Amount", widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}))
    currency = forms.ChoiceField(choices=currencies)
    first_on = forms.DateField(label="First day", widget=DayInput, help_text="The first day that it covers.")
    last_on = forms.DateField(label="Last day", widget=DayInput, help_text="The last day that it covers.")
    evidence = forms.CharField(max_length=300, help_text="The invoice, booking or report it stands on.")
    key = forms.CharField(widget=forms.HiddenInput, max_length=120, required=False)

    def __init__(self, data: Any = None, **initial: Any) -> None:
        super().__init__(data, initial={"key": f"page:{uuid.uuid4()}", **initial})

    def asked(self) -> NewEntry:
        """What is asked to be posted."""
        return NewEntry(**self.cleaned_data)


class CostForm(EntryForm):
    """A cost. By default it covers the month of its date; a one-off covers its day."""

    kind = forms.ChoiceField(label="Kind", choices=COSTS)
    happened_on = forms.DateField(label="Date", widget=DayInput, help_text="Of the invoice or booking.")

    field_order = ("kind", "amount", "currency", "happened_on", "first_on", "last_on", "evidence")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, happened_on=clock.today())
        for name, told in (("first_on", "first"), ("last_on", "last")):
            self.fields[name].required = False
            self.fields[name].help_text = f"The {told} day that it covers; empty: that of its month."


class ClaimForm(EntryForm):
    """A benefit, of the month before unless told."""

    claim = forms.ChoiceField(
        label="It is",
        choices=[("claimed", "Claimed: these days are over"), ("forecast", "A forecast")],
        widget=forms.RadioSelect,
    )
    metric = forms.ModelChoiceField(OutcomeMetric.objects.none(), label="Outcome metric", empty_label="Choose")
    quantity = forms.DecimalField(
        max_digits=18,
        decimal_places=4,
        required=False,
        help_text="Units of the metric that were gained, in place of the amount: finance’s value of one makes it.",
    )
    benefit_type = forms.ChoiceField(
        label="Kind of benefit",
        choices=[("", "Follows from the catalogue"), *BenefitType.choices],
        required=False,
        help_text="Cashable money leaves a budget; freed capacity does not.",
    )
    method = forms.CharField(
        label="How it is valued",
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text="So that finance can follow it. Written the same each month, finance confirms it once.",
    )

    field_order = (
        *("claim", "metric", "quantity", "amount", "currency", "benefit_type", "first_on", "last_on"),
        *("method", "evidence"),
    )

    def __init__(self, initiative: Initiative, data: Any = None) -> None:
        first = clock.months_later(clock.today().replace(day=1), -1)
        last = clock.today().replace(day=1) - timedelta(days=1)
        super().__init__(data, claim="claimed", first_on=first, last_on=last, method=_last_method(initiative))
        self.fields["amount"].required = False
        self.fields["amount"].help_text = "Give the quantity or the amount, not both."
        for name in ("quantity", "amount"):
            self.fields[name].is_asked = True  # type: ignore[attr-defined]
        metrics = self.fields["metric"]
        assert isinstance(metrics, forms.ModelChoiceField)
        metrics.queryset = initiative.outcome_metrics.select_related("catalogue_link__entry")
        known = [*metrics.queryset]
        metrics.help_text = told_metrics(known, first)
        if len(known) == 1:
            self.initial["metric"] = known[0].pk

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not {"quantity", "amount"} & {*self.errors} and typed.get("quantity") is typed.get("amount") is None:
            self.add_error("amount", "Give the quantity or the amount.")
        return typed

    def asked(self) -> NewEntry:
        return NewEntry(kind=LedgerEntry.Kind.BENEFIT, **self.cleaned_data)


def _last_method(initiative: Initiative) -> str:
    """How the last benefit was valued: most months are valued alike."""
    rows = LedgerEntry.objects.filter(initiative=initiative, method__isnull=False).order_by("-pk")
    return rows.values_list("method__text", flat=True).first() or ""


class WhyForm(forms.Form):
    """A reason that the other side reads."""

    reason = forms.CharField(label="Why", max_length=1000, widget=forms.Textarea({"rows": 2}))


class ConfirmClaimForm(forms.Form):
    note = forms.CharField(label="Remark", required=False, max_length=1000)


class CorrectClaimForm(WhyForm):
    """The amount that counts instead."""

    amount = MoneyField(label="Amount that counts")
    field_order = ("amount", "reason")

    def __init__(self, entry: LedgerEntry, data: Any = None) -> None:
        super().__init__(data)
        claimed = figures.exact_money(entry.amount, entry.currency)
        self.fields["amount"].label = f"Amount that counts, {entry.currency}"
        self.fields["amount"].widget = MoneyInput(currency=entry.currency)
        self.fields["amount"].help_text = f"Less than {claimed}. For more, reject it and ask for another claim."


class RateForm(forms.Form):
    """What one unit of a currency was in a month."""

    currency = forms.CharField(max_length=3, help_text="Three letters, e.g. USD.")
    month = forms.DateField(widget=DayInput, help_text="Any day of the month.")
    rate = forms.DecimalField(max_digits=18, decimal_places=8, help_text="What one of it is in the reporting currency.")
    source = forms.CharField(max_length=300, help_text="Where the rate comes from.")


class MonthForm(forms.Form):
    """The month to close, as its first day: the one that the person read of."""

    month = forms.DateField(widget=forms.HiddenInput)
