"""The standard columns of an AI use case register, read from the TOML files beside this module.

`register.toml` holds those that become part of an initiative, `inventory.toml` the further columns that public
inventories share; their values are kept as facts of the initiative under the column's key.
"""

import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "catalogue"
# The standard columns that tell an initiative's money, which not everybody sees who sees the initiative (DESIGN §8).
MONEY = frozenset({"requested_amount", "cost"})


class Kind(StrEnum):
    """What stands in the cells of a column."""

    TEXT = "text"
    LONG_TEXT = "long text"
    IDENTIFIER = "identifier"
    CODE = "code"  # a short word in capitals, such as an agency's abbreviation
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes/no"
    DATE = "date"
    NUMBER = "number"
    EMAIL = "e-mail"
    URL = "link"


@dataclass(frozen=True)
class Choice:
    """One legal value of a choice column, and other words that mean it. `ours` is our own word for it."""

    value: str
    also: tuple[str, ...] = ()
    ours: str = ""


@dataclass(frozen=True)
class Column:
    """One standard column. `names` are its headers elsewhere, `weak_names` those it takes if nothing fits better."""

    key: str
    label: str
    kind: Kind
    lands: bool  # True: it becomes part of the initiative; False: it is kept as a fact
    names: tuple[str, ...] = ()
    weak_names: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = field(default=(), repr=False)


@cache
def columns() -> dict[str, Column]:
    """Every standard column by its key, in the order of the catalogue."""
    register, inventory = _read("register.toml"), _read("inventory.toml")
    choices = {**_choices(register), **_choices(inventory)}
    entries = [(key, entry, True) for key, entry in register["column"].items()]
    entries += [(key, entry, False) for key, entry in inventory["column"].items()]
    return {key: _column(key, entry, lands, choices) for key, entry, lands in entries}


@cache
def stage_wordings() -> dict[str, str]:
    """Our stage to the legal value of the yearly federal inventory."""
    choices = _choices(_read("inventory.toml"))["stage_wording"]
    return {stage: choice.value for choice in choices for stage in choice.ours.split()}


@cache
def words(name: str) -> frozenset[str]:
    """One of the word lists in `words.toml`."""
    return frozenset(_read("words.toml")[name])


@cache
def alternatives(name: str) -> str:
    """A word list as the inside of a regular expression's group, longer words first."""
    return "|".join(sorted(words(name), key=len, reverse=True))


@cache
def months() -> dict[str, int]:
    """The names of the months in seven languages, to their number."""
    return {name: number for number, names in enumerate(_read("words.toml")["months"], start=1) for name in names}


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def _choices(raw: dict[str, Any]) -> dict[str, tuple[Choice, ...]]:
    return {key: tuple(map(_choice, choices)) for key, choices in raw["choices"].items()}


def _column(key: str, entry: dict[str, Any], lands: bool, choices: dict[str, tuple[Choice, ...]]) -> Column:
    kind = Kind(entry["kind"])
    return Column(
        key=key,
        label=entry["label"],
        kind=kind,
        lands=lands,
        names=tuple(entry["names"]),
        weak_names=tuple(entry.get("weak_names", ())),
        choices=choices["yes_no"] if kind is Kind.YES_NO else choices.get(key, ()),
    )


def _choice(raw: str | dict[str, Any]) -> Choice:
    if isinstance(raw, str):
        return Choice(raw)
    return Choice(raw["value"], tuple(raw.get("also", ())), raw.get("ours", ""))
