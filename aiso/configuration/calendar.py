"""The office calendar as a kind of configuration: working weekdays, public holidays, own closed days."""

from calendar import day_name
from datetime import date, timedelta
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from holidays import country_holidays
from holidays.registry import COUNTRIES

from aiso import clock, workdays
from aiso.web import figures
from aiso.web.forms import DayInput, LongSelect

from .kinds import Kind
from .models import ConfigurationVersion
from .shape import Content, Rows, Shape

# A longer closure is a mistake in the year.
LONGEST = 100
FORESEEN = timedelta(days=365)
SMALL_WORDS = {" And ": " and ", " Of ": " of ", " The ": " the ", "Dr Congo": "Congo (Democratic Republic)"}


@cache
def countries() -> list[tuple[str, str]]:
    """Codes and names of the countries whose public holidays are known."""
    names = {told[1]: module.replace("_", " ").title() for module, told in COUNTRIES.items()}
    for wrong, right in SMALL_WORDS.items():
        names = {code: name.replace(wrong, right) for code, name in names.items()}
    return [("", "None"), *sorted(names.items(), key=lambda each: each[1])]


class CalendarForm(forms.Form):
    weekdays = forms.MultipleChoiceField(
        label="Working weekdays",
        choices=[(str(number), name) for number, name in enumerate(day_name)],
        widget=forms.CheckboxSelectMultiple,
    )
    country = forms.ChoiceField(
        label="Public holidays of", required=False, choices=countries, widget=LongSelect,
        help_text="On them no clock runs and no digest is sent.",
    )  # fmt: skip
    region = forms.CharField(
        label="Region",
        required=False,
        max_length=60,
        help_text="Its code or name, e.g. BY or Bayern. Empty: the holidays of the whole country.",
    )

    def clean(self) -> dict[str, Any]:
        country, region = self.cleaned_data.get("country"), self.cleaned_data.get("region", "")
        if region and country is not None:
            self.cleaned_data["region"] = _region_of(country, region)
        return self.cleaned_data


def _region_of(country: str, text: str) -> str:
    """The code of a region by code or name. Raises ValidationError that names those there are."""
    if not country:
        raise ValidationError({"region": "Choose the country first."})
    known = country_holidays(country)
    codes = {code.casefold(): code for code in known.subdivisions}
    codes |= {name.casefold(): code for name, code in getattr(known, "subdivisions_aliases", {}).items()}
    if code := codes.get(text.strip().casefold()):
        return code
    among = f"one of {', '.join(sorted(known.subdivisions))}" if known.subdivisions else "none: leave it empty"
    raise ValidationError({"region": f"“{text}” is not known there; known is {among}."})


class ClosedForm(forms.Form):
    name = forms.CharField(label="Closed for", max_length=100, help_text="For example Summer break 2027.")
    first_day = forms.DateField(label="First day", widget=DayInput)
    last_day = forms.DateField(label="Last day", required=False, widget=DayInput, help_text="Empty: one day.")

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("first_day"), self.cleaned_data.get("last_day")
        if first and last and not first <= last < first + timedelta(days=LONGEST):
            raise ValidationError({"last_day": f"Give a day after the first, within {LONGEST} days."})
        return self.cleaned_data


def _consequences(old: Content, new: Content) -> list[str]:
    today = clock.today()
    was, now = (workdays.calendar_of(content) if content["weekdays"] else None for content in (old, new))
    assert now is not None
    told = f"The next 365 days have {_count(now, today)} working days"
    lines = [f"{told}, until now {_count(was, today)}." if was else f"{told}."]
    ahead = (today + timedelta(days=number) for number in range(FORESEEN.days))
    off = [f"{figures.day(day)} ({now.day_off(day)})" for day in ahead if now.day_off(day)][:3]
    if off:
        lines.append(f"The next days off are {', '.join(off)}.")
    return [*lines, "Clocks of working days are read by it from now on."]


def _count(calendar: workdays.Calendar, today: date) -> str:
    return figures.number(calendar.working_days_between(today, today + FORESEEN))


def _forget(version: ConfigurationVersion) -> None:
    workdays.forget_calendar()


KIND = Kind(
    workdays.CALENDAR,
    "Office calendar",
    "The days on which clocks run: working weekdays, public holidays, and the office’s own closed days.",
    "calendar",
    Shape(
        CalendarForm,
        Rows("closed", "closed day or closure", "closed days and closures", ClosedForm, called_by="name", least=0),
    ),
    apply=_forget,
    consequences=_consequences,
    order=70,
)
