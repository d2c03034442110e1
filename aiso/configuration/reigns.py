"""From which day to which each version of a kind holds: on every day since the first, exactly one does."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from aiso import clock

from .models import ConfigurationVersion


@dataclass(frozen=True)
class Reign:
    """The days on which a version holds; `last` is None while none follows. `after` is the version that does."""

    version: ConfigurationVersion
    first: date
    last: date | None
    after: ConfigurationVersion | None

    @classmethod
    def alone(cls, version: ConfigurationVersion) -> "Reign":
        """Of a version that is known to hold, or to wait for its day."""
        assert version.effective_from is not None
        return cls(version, version.effective_from, None, None)


type State = Literal["in_force", "past", "waiting", "withdrawn", "replaced"]


def state_of(version: ConfigurationVersion, reign: Reign | None) -> State:
    """How a published version stands today."""
    if version.withdrawn_at is not None:
        return "withdrawn"
    if reign is None:
        return "replaced"
    if reign.first > clock.today():
        return "waiting"
    return "past" if reign.last is not None and reign.last < clock.today() else "in_force"


def reigns(versions: Iterable[ConfigurationVersion]) -> list[Reign]:
    """The reigns of one kind's versions, the earliest first.

    Withdrawn versions never hold, nor do those that a later one replaces before their day or on it.
    """
    found: list[Reign] = []
    standing = [version for version in versions if version.number is not None and version.withdrawn_at is None]
    for version in sorted(standing, key=lambda each: each.number or 0, reverse=True):
        after = found[-1] if found else None
        assert version.effective_from is not None
        if after is None:
            found.append(Reign(version, version.effective_from, None, None))
        elif version.effective_from < after.first:
            last = after.first - timedelta(days=1)
            found.append(Reign(version, version.effective_from, last, after.version))
    return found[::-1]
