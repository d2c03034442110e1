"""The plan as people write it: a table of months and kinds, quick fill, and a reason for the next version."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from aiso.errors import ConflictError
from aiso.web import figures
from aiso.web.forms import DayInput, MoneyField

from ..actions.write_plan import DAYS, Seen, called
from ..models import PlanKind
from ..plan_table import amount_of
from ..plans import MOST_MONTHS, YEAR, Cells, months_from

CENT = Decimal("0.01")
MONTH_FORMATS = ["%Y-%m", "%Y-%m-%d", "%b %Y", "%B %Y", "%m/%Y"]


class MonthInput(DayInput):
    """The browser's own month picker; where it has none, text like 2027-03."""

    input_type = "month"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"placeholder": "2027-03"} | (attrs or {}))
        self.format = "%Y-%m"


class MonthField(forms.DateField):
    """A month, as its first day."""

    widget = MonthInput

    def __init__(self, **options: Any) -> None:
        messages = {"invalid": "Write a month as 2027-03."} | options.pop("error_messages", {})
        super().__init__(input_formats=MONTH_FORMATS, error_messages=messages, **options)

    def to_python(self, value: Any) -> date | None:
        found = super().to_python(value)
        return found.replace(day=1) if found else None


class QuickFill(forms.Form):
    """The same amount each month, with a growth from year to year."""

    kind = forms.ChoiceField(choices=PlanKind.choices)
    first = MonthField(label="From")
    last = MonthField(label="To")
    amount = MoneyField(label="Each month", min_value=0)
    growth = forms.DecimalField(
        label="More each year, %",
        required=False,
        min_value=-100,
        max_value=1000,
        decimal_places=2,
        widget=forms.NumberInput({"step": "any", "class": "w-number"}),
    )

    def __init__(self, data: QueryDict | None = None, **options: Any) -> None:
        super().__init__(data, prefix="fill", **options)

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last:
            count = len(months_from(first, last)) if last >= first else 0
            if not 0 < count <= MOST_MONTHS:
                self.add_error("last", f"Name a month after the first one, {MOST_MONTHS} months later at most.")
        return self.cleaned_data

    @property
    def amounts(self) -> Cells:
        told = self.cleaned_data
        growth = told.get("growth") or Decimal(0)
        return filled(told["kind"], told["first"], told["last"], told["amount"], growth)


def filled(kind: str, first: date, last: date, amount: Decimal, growth: Decimal = Decimal(0)) -> Cells:
    """`amount` in each month; after every twelve months `growth` per cent more, to the cent."""
    cells: Cells = {}
    for at, month in enumerate(months_from(first, last)):
        if at and at % YEAR == 0:
            amount *= 1 + growth / 100
        cells[month, kind] = amount.quantize(CENT, ROUND_HALF_UP)
    return cells


class PlanForm(forms.Form):
    """The days and the amounts of a plan. Cells are not fields: a plan of ten years has 720 of them.

    It carries what the person saw in one hidden value, so that two who write at once both decide.
    """

    starts_on = forms.DateField(label="Work begins", required=False, widget=DayInput)
    in_use_on = forms.DateField(label="In use", required=False, widget=DayInput)
    reason = forms.CharField(
        label="Why does the plan change?", required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
    )

    is_conflict = False

    def __init__(
        self, present: Mapping[tuple[date, str], Decimal], days: Mapping[str, Any], data: QueryDict | None
    ) -> None:
        super().__init__(data, initial=dict(days))
        self.present = present
        self.sent: dict[str, str] = {}
        self.amounts: dict[tuple[date, str], Decimal | None] = {}
        self.mistakes: dict[str, str] = {}
        if data is not None:
            self._read(data)

    def _read(self, data: QueryDict) -> None:
        for name in data:
            if (cell := cell_of(name)) is None:
                continue
            self.sent[name] = str(data[name]).strip()
            try:
                self.amounts[cell] = amount_of(self.sent[name]) if self.sent[name] else None
            except ValidationError as error:
                self.mistakes[name] = error.messages[0]

    def clean(self) -> dict[str, Any]:
        starts, in_use = self.cleaned_data.get("starts_on"), self.cleaned_data.get("in_use_on")
        if starts and in_use and in_use < starts:
            self.add_error("in_use_on", "This is before the work begins.")
        return self.cleaned_data

    @property
    def days(self) -> dict[str, date | None]:
        """The days that can be used."""
        return {name: self.cleaned_data[name] for name in DAYS if name in self.cleaned_data and name in self.data}

    @property
    def why(self) -> str:
        """Why an approved plan changes; asked where it was approved while somebody wrote."""
        return str(self.cleaned_data.get("reason", ""))

    @property
    def seen(self) -> Seen:
        """What the person saw where they wrote; nothing where that cannot be read any more."""
        try:
            told = json.loads(self.data.get("seen", ""))
            amounts = {cell: _decimal(told.get(called(*cell))) for cell in self.amounts}
            days = {name: date.fromisoformat(told[name]) if told.get(name) else None for name in DAYS}
        except (ValueError, ArithmeticError, AttributeError, TypeError):
            return Seen()
        return Seen(amounts=amounts, days=days)

    @property
    def mistakes_told(self) -> list[tuple[str, str, str]]:
        """Each mistake with the name of its cell and what people call it."""
        cells = [(name, cell_of(name), told) for name, told in self.mistakes.items()]
        return [(name, label_of(*cell), told) for name, cell, told in cells if cell]

    def shown(self, month: date, kind: str) -> str:
        """What stands in a cell: what was typed, else what is stored."""
        name = called(month, kind)
        if name in self.sent:
            return self.sent[name]
        return written(self.present.get((month, kind)))

    @property
    def seen_text(self) -> str:
        """What the person has seen once they read this answer: what they sent and was kept, else what is stored."""
        amounts: dict[str, Decimal | None] = {called(*cell): amount for cell, amount in self.present.items()}
        for cell, amount in self.amounts.items():
            if called(*cell) not in self.mistakes:
                amounts[called(*cell)] = amount
        days = dict(self.initial) | (self.days if self.is_bound and self.is_valid() else {})
        told = {name: str(amount) for name, amount in amounts.items() if amount is not None}
        return json.dumps(told | {name: day.isoformat() for name, day in days.items() if day})

    def show_conflict(self, conflict: ConflictError) -> None:
        """Tell what somebody else wrote; the person has seen it then, so that saving again is their choice."""
        self.is_conflict = True
        for name, difference in conflict.changes.items():
            told = _told(difference.now)
            says = f"Somebody else made this {told} meanwhile. Save again to keep yours, or write theirs."
            if name in self.fields:
                self.add_error(name, says)
                self.initial[name] = difference.now
            else:
                self.mistakes[name] = says


def label_of(month: date, kind: str) -> str:
    """A cell as people call it: `Cashable, March 2027`."""
    return f"{PlanKind(kind).label}, {month:%B %Y}"


def cell_of(name: str) -> tuple[date, str] | None:
    """`2027-03-cashable` as its month and kind; None for a name that is no cell."""
    month, kind = name[:7], name[8:]
    if name[7:8] != "-" or kind not in PlanKind.values:
        return None
    try:
        return datetime.strptime(month, "%Y-%m").date(), kind
    except ValueError:
        return None


def written(amount: Decimal | None) -> str:
    """An amount as people type it, with cents only where there are some."""
    if amount is None:
        return ""
    return figures.number(amount, 0 if amount == amount.to_integral_value() else 2)


def _decimal(text: Any) -> Decimal | None:
    return Decimal(str(text)) if text is not None else None


def _told(value: object) -> str:
    if isinstance(value, Decimal):
        return written(value)
    return figures.day(value) if isinstance(value, date) else "empty"


class VersionForm(forms.Form):
    """Why the approved plan changes."""

    reason = forms.CharField(
        label="Why does the plan change?",
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text="The next gate reads it beside what changed.",
    )


class TableForm(forms.Form):
    """A table out of a spreadsheet: pasted, or as a file."""

    text = forms.CharField(
        label="Paste the table here",
        required=False,
        strip=False,
        max_length=200_000,
        widget=forms.Textarea({"rows": 10, "class": "tn", "wrap": "off"}),
        help_text="With its heads: months down and kinds across, or the other way round.",
    )
    file = forms.FileField(label="Or choose a file", required=False, help_text="XLSX or CSV.")
    reason = forms.CharField(
        label="Why does the plan change?", required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, asks_reason: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not asks_reason:
            del self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        if not self.cleaned_data.get("text", "").strip() and not self.cleaned_data.get("file"):
            raise ValidationError("Paste a table or choose a file.")
        return self.cleaned_data
