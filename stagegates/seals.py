"""Seals: a hash over a readable copy of what somebody signed off, and what changed since (DESIGN §4).

A copy is a list of facts, `{"key": "case/tier", "label": "Risk tier", "value": "High"}`, in the order in which people
read them. A fact may carry `ref`, which tells two values apart where their words do not: the ids of list entries, so
that one which is only renamed changes nothing. Pure: nothing here reads the database.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.crypto import salted_hmac

type Copy = list[dict[str, str]]


@dataclass(frozen=True)
class Fact:
    """One thing that a sign-off rests on. `key` stays the same whatever it is called."""

    key: str
    label: str
    value: str
    ref: str = ""

    def stored(self) -> dict[str, str]:
        told = {"key": self.key, "label": self.label, "value": self.value}
        return told | {"ref": self.ref} if self.ref else told


@dataclass(frozen=True)
class Changed:
    """One fact that is not as it was sealed. The empty text is nothing: it was added, or it is gone."""

    key: str
    label: str
    was: str
    now: str

    def stored(self) -> dict[str, str]:
        return {"key": self.key, "label": self.label, "was": self.was, "now": self.now}


def copy_of(facts: Iterable[Fact]) -> Copy:
    return [fact.stored() for fact in facts]


def canonical(copy: Sequence[dict[str, Any]]) -> str:
    """The one text that a copy is written as, whatever the order of its members and however it was stored."""
    return json.dumps(copy, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def seal_of(copy: Sequence[dict[str, Any]]) -> str:
    """SHA-256 of the canonical text in UTF-8, in hexadecimal."""
    return hashlib.sha256(canonical(copy).encode()).hexdigest()


def token_of(copy: Sequence[dict[str, Any]]) -> str:
    """Tells whether a copy is the one that somebody was shown. Unlike the seal it needs the server's key, so that it
    betrays no sum that was withheld: those are few enough to try.
    """
    return salted_hmac("stagegates.seals", canonical(copy), algorithm="sha256").hexdigest()


def is_intact(copy: Sequence[dict[str, Any]], seal: str) -> bool:
    """Whether a copy still is what was sealed."""
    return seal_of(copy) == seal


def changes_between(sealed: Sequence[dict[str, str]], present: Sequence[dict[str, str]]) -> list[Changed]:
    """The facts whose value is another than when they were sealed: first in the order of the copy, then what is new.

    Labels and order change nothing. A fact that is not there is the same as an empty one.
    """
    then = {fact["key"]: fact for fact in sealed}
    now = {fact["key"]: fact for fact in present}
    found = []
    for key in dict.fromkeys([*then, *now]):
        was, is_now = then.get(key, {}), now.get(key, {})
        if _meaning(was) != _meaning(is_now):
            label = is_now.get("label") or was.get("label", key)
            found.append(Changed(key, label, was.get("value", ""), is_now.get("value", "")))
    return found


def _meaning(fact: dict[str, str]) -> str:
    return fact.get("ref") or fact.get("value", "")
