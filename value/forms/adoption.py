"""Forms of adoption: several weeks in one go, and one week corrected. The rules are the action's."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from ..actions.record_adoption import NewReading, wrong_with
from ..adoption_told import Told
from ..models import AdoptionReading
from ..models.adoption import MOST_USERS
from ..weeks import week_ending, week_name

# What a row of a week asks, with the heads of its columns.
ASKED = {
    "target_users": "Target users",
    "active_users": "Active users",
    "repeat_users": "Repeat users",
    "opt_outs": "Opt-outs",
    "satisfaction": "Satisfaction, 1 to 5",
    "answered": "Answers",
}
NEEDED = ("target_users", "active_users")
SOURCE = "Where the figures come from, e.g. the usage report of the system."


def _field(name: str, week: date | None = None) -> forms.Field:
    told: dict[str, Any] = {"label": ASKED[name], "required": week is None and name in NEEDED}
    if week is not None:
        told["label"] = f"{ASKED[name]} in {week_name(week)}"
    if name == "satisfaction":
        return forms.DecimalField(min_value=1, max_value=5, max_digits=3, decimal_places=2, **told)
    return forms.IntegerField(min_value=0, max_value=MOST_USERS, **told)


class WeeksForm(forms.Form):
    """Weeks that nobody read, a row each; a row without active users is left out."""

    source = forms.CharField(max_length=300, help_text=SOURCE)

    def __init__(self, weeks: Sequence[date], data: Any = None, *, before: AdoptionReading | None = None) -> None:
        super().__init__(data)
        self.weeks = weeks
        told = Told.of(before) if before else None
        for week in weeks:
            for name in ASKED:
                self.fields[_name(week, name)] = _field(name, week)
            if told:
                self.initial[_name(week, "target_users")] = told.value("target_users")
        if before:
            self.initial["source"] = before.source

    @property
    def heads(self) -> list[str]:
        return [*ASKED.values()]

    @property
    def rows(self) -> list[tuple[str, date, list[tuple[str, BoundField]]]]:
        """Each week with its name and its fields, these with the heads of their columns."""
        return [
            (week_name(week), week, [(head, self[_name(week, name)]) for name, head in ASKED.items()])
            for week in self.weeks
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        self.asked = []
        for week in self.weeks:
            row: dict[str, Any] = {name: cleaned.get(_name(week, name)) for name in ASKED}
            if row["active_users"] is None:
                self._check_empty(week, row)
                continue
            if row["target_users"] is None:
                self.add_error(_name(week, "target_users"), "Say how many are meant to use it.")
                continue
            asked = NewReading(week_ends_on=week, source=cleaned["source"], **row)
            for field, refusal in wrong_with(asked).items():
                self.add_error(_name(week, field) if field in ASKED else None, refusal)
            self.asked.append(asked)
        if not self.asked and not self.errors:
            raise forms.ValidationError("Fill at least one week: how many used it?")
        return cleaned

    def _check_empty(self, week: date, row: dict[str, Any]) -> None:
        if any(value is not None for name, value in row.items() if name != "target_users"):
            self.add_error(_name(week, "active_users"), "Say how many used it in this week, or empty its row.")


class CorrectionForm(forms.Form):
    """What a week should have said. What is withheld is not filled in."""

    source = forms.CharField(max_length=300, help_text=SOURCE)
    reason = forms.CharField(label="Why it is corrected", max_length=500, widget=forms.Textarea({"rows": 2}))

    def __init__(self, reading: AdoptionReading, data: Any = None) -> None:
        told = Told.of(reading)
        super().__init__(data, initial={name: told.value(name) for name in ASKED} | {"source": reading.source})
        self.reading = reading
        for name in ASKED:
            self.fields[name] = _field(name)
        self.order_fields([*ASKED])
        for name in ("repeat_users", "opt_outs"):
            self.fields[name].help_text = "Empty: not known."
        for name in told.hidden:
            self.fields[name].help_text = "Withheld: of fewer than five people. Type it anew."

    def asked(self) -> NewReading:
        return NewReading(week_ends_on=self.reading.week_ends_on, corrects=self.reading, **self.cleaned_data)


class OtherWeekForm(forms.Form):
    """Another week than the latest ones, by any day of it."""

    day = forms.DateField(required=False)

    def week(self) -> date | None:
        """Its last day; nothing where no day is told."""
        if not self.is_valid() or not self.cleaned_data["day"]:
            return None
        try:
            return week_ending(self.cleaned_data["day"])
        except OverflowError:
            return None


def _name(week: date, name: str) -> str:
    return f"{week_name(week)}-{name}"
