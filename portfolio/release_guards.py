"""What keeps releases from going out beside their own criteria. Later apps add theirs in AppConfig.ready().

register_release_guard(objections)
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .models import Initiative


@dataclass(frozen=True)
class Hindrance:
    """One thing that keeps every release of an initiative in. `who` says who clears it, and how, in a sentence."""

    what: str
    who: str
    url: str


type Guard = Callable[[Initiative], Iterable[Hindrance]]

_guards: list[Guard] = []


def register_release_guard(guard: Guard) -> None:
    _guards.append(guard)


def hindrances_of(initiative: Initiative) -> list[Hindrance]:
    return [hindrance for guard in _guards for hindrance in guard(initiative)]
