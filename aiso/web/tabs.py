"""The tabs above a list, each with how many stand under it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tab:
    label: str
    address: str
    count: int
    is_open: bool
