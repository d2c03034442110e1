"""The standard columns of an AI use case register, read from the TOML files beside this module.

`register.toml` holds those that become part of an initiative, `inventory.toml` the further columns that public
inventories share; their values are kept as facts of the initiative under the column's key.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "catalogue"


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
    # Cells that say nothing of the kind N/A are themselves an answer here, and stand for this legal value.
    blank_means: str = ""


@cache
def columns() -> dict[str, Column]:
    """Every standard column by its key, in the order of the catalogue."""
    return {column.key: column for column in (*_read("register.toml", True), *_read("inventory.toml", False))}


def _read(name: str, lands: bool) -> Iterator[Column]:
    raw = tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
    shared = {key: tuple(map(_choice, choices)) for key, choices in raw.get("choices", {}).items()}
    for key, entry in raw["column"].items():
        yield _column(key, entry, lands, shared)


def _column(key: str, entry: dict[str, Any], lands: bool, shared: dict[str, tuple[Choice, ...]]) -> Column:
    return Column(
        key=key,
        label=entry["label"],
        kind=Kind(entry["kind"]),
        lands=lands,
        names=tuple(entry.get("names", ())),
        weak_names=tuple(entry.get("weak_names", ())),
        choices=shared[key] if key in shared else shared.get(entry.get("choices", ""), ()),
        blank_means=entry.get("blank_means", ""),
    )


def _choice(raw: str | dict[str, Any]) -> Choice:
    if isinstance(raw, str):
        return Choice(raw)
    return Choice(raw["value"], tuple(raw.get("also", ())), raw.get("ours", ""))
