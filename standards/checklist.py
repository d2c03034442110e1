"""The checklist of a standard as one version holds it: its items, their possible answers, and what settles them."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from aiso.configuration.shape import Content
from aiso.web import figures
from portfolio.models.risk import RiskTier

YES, NO, NOT_APPLICABLE = "yes", "no", "na"
YES_NO_WORDS = {YES: "Yes", NO: "No", NOT_APPLICABLE: "Not applicable"}
# The tiers that items are asked from, the mildest first.
TIERS = (RiskTier.LOW, RiskTier.MODERATE, RiskTier.HIGH, RiskTier.CRITICAL)
LONGEST_TEXT = 5000
THRESHOLD = re.compile(r"at (?P<way>least|most) (?P<figure>-?\d+(\.\d+)?)")


class AnswerType(models.TextChoices):
    """What an item takes for an answer."""

    YES_NO = "yes_no", "Yes, no or not applicable"
    CHOICE = "choice", "One of a list"
    TEXT = "text", "Text"
    NUMBER = "number", "Number"
    DATE = "date", "Date"
    LINK = "link", "Link"


# Minutes that an answer takes, about: looked at when people answered the shipped assessments.
MINUTES = {
    AnswerType.YES_NO: 0.5,
    AnswerType.CHOICE: 0.5,
    AnswerType.DATE: 0.5,
    AnswerType.NUMBER: 1,
    AnswerType.LINK: 1,
    AnswerType.TEXT: 2,
}


@dataclass(frozen=True)
class Item:
    """One question of a checklist. `code` names it across versions."""

    code: str
    section: str
    text: str
    help_text: str
    answer_type: AnswerType
    options: tuple[str, ...]
    unit: str
    is_required: bool
    asked_from: str
    satisfactory: tuple[str, ...]
    prefilled_from: str
    evidence: str

    @cached_property
    def fingerprint(self) -> str:
        """Changes with what is asked and how it is answered: an answer to another question is asked for anew."""
        asked = "\n".join((self.text, self.answer_type, self.unit, *self.options))
        return hashlib.sha256(asked.encode()).hexdigest()[:16]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The answers to choose from, stored and told."""
        if self.answer_type == AnswerType.YES_NO:
            return [*YES_NO_WORDS.items()]
        return [(option, option) for option in self.options]

    def cleaned(self, raw: str) -> str:
        """An answer as it is stored; empty stays empty. Raises ValidationError with what is wrong."""
        text = raw.replace("\r\n", "\n").replace("\0", "").strip()
        if not text:
            return ""
        value = _field(self).clean(text.replace("\N{NO-BREAK SPACE}", ""))
        if isinstance(value, Decimal):
            return format(value.normalize(), "f")
        return value.isoformat() if isinstance(value, date) else str(value)

    def told(self, value: str) -> str:
        """A stored answer as people read it."""
        if self.answer_type == AnswerType.YES_NO:
            return YES_NO_WORDS.get(value, value)
        if self.answer_type == AnswerType.NUMBER and value:
            return f"{figures.measured(Decimal(value))} {self.unit}".rstrip()
        if self.answer_type == AnswerType.DATE and value:
            return figures.day(date.fromisoformat(value))
        return value

    def is_possible(self, value: str) -> bool:
        """Whether a value that somebody else gives can answer this item."""
        try:
            return bool(self.cleaned(value))
        except ValidationError:
            return False

    def is_satisfactory(self, value: str) -> bool:
        """Whether an answer settles the item. What does not apply is settled, with a note."""
        if not value or not self.satisfactory or value == NOT_APPLICABLE:
            return True
        if self.answer_type == AnswerType.NUMBER:
            return within(self.satisfactory[0], Decimal(value))
        return self.told(value) in self.satisfactory

    def needs_note(self, value: str) -> bool:
        """Whether an answer is complete only with its reason."""
        return value == NOT_APPLICABLE or not self.is_satisfactory(value)

    @property
    def settled_by(self) -> str:
        """What a satisfactory answer is, in words."""
        words = " or ".join(self.satisfactory)
        return f"{words} {self.unit}".rstrip() if words and self.answer_type == AnswerType.NUMBER else words

    def is_asked(self, tier: str) -> bool:
        """Whether a tier is asked this. While the tier is open, everything is."""
        return tier not in TIERS or TIERS.index(RiskTier(tier)) >= TIERS.index(RiskTier(self.asked_from))


@dataclass(frozen=True)
class Checklist:
    """The items of one version in their order, and for how many months a completed one holds; none for always."""

    version: int
    version_id: int
    holds_for: int | None
    items: tuple[Item, ...]
    by_code: dict[str, Item] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_code", {item.code: item for item in self.items})

    def asked_of(self, tier: str) -> list[Item]:
        return [item for item in self.items if item.is_asked(tier)]

    def lengths(self) -> list[tuple[str, int]]:
        """How many questions each tier is asked."""
        return [(str(tier.label), len(self.asked_of(tier))) for tier in TIERS]


def checklist_of(content: Content, *, version: int = 0, version_id: int = 0) -> Checklist:
    holds_for = content.get("holds_for")
    items = tuple(_item(row) for row in content.get("items", ()))
    return Checklist(version, version_id, int(holds_for) if holds_for else None, items)


def within(rule: str, value: Decimal) -> bool:
    """Whether a number keeps to `at least 90` or `at most 5`."""
    found = THRESHOLD.fullmatch(rule.casefold())
    if found is None:
        return True
    threshold = Decimal(found["figure"])
    return value >= threshold if found["way"] == "least" else value <= threshold


def lines_of(text: str) -> tuple[str, ...]:
    """The lines of a text that say something."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def minutes_for(items: Iterable[Item]) -> int:
    """How long it takes to answer some items, in whole minutes."""
    return round(sum(MINUTES[item.answer_type] for item in items) + 0.49)


def _item(row: dict[str, Any]) -> Item:
    return Item(
        code=row["code"],
        section=row.get("section", ""),
        text=row["text"],
        help_text=row.get("help_text", ""),
        answer_type=AnswerType(row["answer_type"]),
        options=lines_of(row.get("options", "")),
        unit=row.get("unit", ""),
        is_required=not row.get("is_optional"),
        asked_from=row.get("asked_from") or RiskTier.LOW,
        satisfactory=lines_of(row.get("satisfactory", "")),
        prefilled_from=row.get("prefilled_from", ""),
        evidence=row.get("evidence", ""),
    )


def _field(item: Item) -> forms.Field:
    """The form field that checks an answer."""
    match item.answer_type:
        case AnswerType.NUMBER:
            return forms.DecimalField(max_digits=18, decimal_places=6)
        case AnswerType.DATE:
            return forms.DateField()
        case AnswerType.LINK:
            return forms.URLField(max_length=1000, assume_scheme="https")
        case AnswerType.TEXT:
            return forms.CharField(max_length=LONGEST_TEXT)
        case _:
            return forms.ChoiceField(choices=item.choices)
