"""What is told of a reading: no figure of a group under five people (DESIGN §6.3).

A figure speaks of a group: active users and opt-outs of the target users, repeat use of the active users, satisfaction
of those who answered, who are active users too. A figure whose group is under five people is told nowhere, and enters
no sum, so that no subtraction tells it either.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q

from aiso.web import figures

from .models import AdoptionReading
from .weeks import week_name

SMALLEST = 5
UNDER = f"under {SMALLEST} people"
ABOUT_ANSWERS = frozenset({"satisfaction", "answered"})
# The same as conditions on rows: what may enter a sum.
TELLS = Q(target_users__gte=SMALLEST)
TELLS_REPEAT = TELLS & Q(active_users__gte=SMALLEST, repeat_users__isnull=False)
TELLS_OPT_OUTS = TELLS & Q(opt_outs__isnull=False)
TELLS_ANSWERS = TELLS & Q(active_users__gte=SMALLEST, answered__gte=SMALLEST)


def withheld(reading: AdoptionReading) -> frozenset[str]:
    """The fields that are not told, those that say nothing among them only where all is withheld."""
    if reading.target_users < SMALLEST:
        return frozenset(AdoptionReading.FIGURES)
    hidden: set[str] = set()
    few_active = reading.active_users < SMALLEST
    if few_active and reading.repeat_users is not None:
        hidden.add("repeat_users")
    if reading.answered is not None and (few_active or reading.answered < SMALLEST):
        hidden |= ABOUT_ANSWERS
    return frozenset(hidden)


@dataclass(frozen=True)
class Told:
    """One reading as pages, files and the API tell it."""

    reading: AdoptionReading
    hidden: frozenset[str]

    @classmethod
    def of(cls, reading: AdoptionReading) -> "Told":
        return cls(reading, withheld(reading))

    def value(self, field: str) -> Any:
        """What a field says; None where that is nothing, or withheld."""
        return None if field in self.hidden else getattr(self.reading, field)

    @property
    def is_withheld(self) -> bool:
        """Whether nothing of it is told."""
        return "target_users" in self.hidden

    @property
    def week(self) -> str:
        return week_name(self.reading.week_ends_on)

    @property
    def share(self) -> Decimal | None:
        """Active ÷ target users."""
        if self.is_withheld:
            return None
        return Decimal(self.reading.active_users) / self.reading.target_users

    @property
    def texts(self) -> list[tuple[str, str]]:
        """Each figure with its label, as a cell of a page shows it."""
        labels = {"answered": "Answers", "opt_outs": "Opt-outs"}
        return [
            (labels.get(field) or field.replace("_", " ").capitalize(), self._text(field))
            for field in AdoptionReading.FIGURES
        ]

    def _text(self, field: str) -> str:
        if field in self.hidden:
            return UNDER
        value = self.value(field)
        if value is None:
            return "–"
        return figures.number(value, 2 if field == "satisfaction" else 0)
