"""What is told of a reading: no figure of a group under five people (DESIGN §6.3).

A count of one to four people is told nowhere: of target users, active users, repeat users, opt-outs, answers; nor is
what speaks of such a group: a share of the active, repeat use of few active ones, satisfaction of few answers. None
enters a sum, so that no subtraction tells it either. That nobody did is told. What was corrected since tells no answers
that are few away from those told otherwise of its week.
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
COUNTS = ("active_users", "repeat_users", "opt_outs")
ABOUT_ANSWERS = frozenset({"satisfaction", "answered"})
# The same as conditions on rows: what may enter a sum.
MANY_TARGET, MANY_ACTIVE = Q(target_users__gte=SMALLEST), Q(active_users__gte=SMALLEST)
TELLS = MANY_TARGET & (MANY_ACTIVE | Q(active_users=0))
TELLS_REPEAT = MANY_TARGET & MANY_ACTIVE & (Q(repeat_users__gte=SMALLEST) | Q(repeat_users=0))
TELLS_OPT_OUTS = MANY_TARGET & (Q(opt_outs__gte=SMALLEST) | Q(opt_outs=0))
# Of rows that say whether they are retold (`with_retold`).
TELLS_ANSWERS = MANY_TARGET & MANY_ACTIVE & Q(answered__gte=SMALLEST, is_retold=False)


def withheld(reading: AdoptionReading) -> frozenset[str]:
    """The fields that are not told, those that say nothing among them only where all is withheld."""
    if reading.target_users < SMALLEST:
        return frozenset(AdoptionReading.FIGURES)
    hidden = {name for name in COUNTS if _is_few(getattr(reading, name))}
    few_active = reading.active_users < SMALLEST
    if few_active and reading.repeat_users is not None:
        hidden.add("repeat_users")
    is_retold = getattr(reading, "is_retold", False)
    if reading.answered is not None and (few_active or is_retold or reading.answered < SMALLEST):
        hidden |= ABOUT_ANSWERS
    return frozenset(hidden)


def _is_few(count: int | None) -> bool:
    return count is not None and 0 < count < SMALLEST


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
        """Active ÷ target users; none where either is withheld."""
        if "active_users" in self.hidden:
            return None
        return Decimal(self.reading.active_users) / self.reading.target_users

    @property
    def is_share_withheld(self) -> bool:
        return "active_users" in self.hidden

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
