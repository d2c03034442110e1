"""What was learnt at initiatives that ended, told where somebody asks for something similar.

The app that ends initiatives tells it:

register_lessons(lessons_learnt)
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from aiso.accounts.models import User


@dataclass(frozen=True)
class Lesson:
    """Why an initiative ended and when, what was learnt there since, and what can be used again."""

    closing: int
    reason: str
    closed_on: date
    learnt: tuple[str, ...]
    reusable: str
    url: str


# Of initiatives, by id, what a person may read of their ends.
type Lessons = Callable[[Collection[int], User], dict[int, Lesson]]
_known: list[Lessons] = []


def register_lessons(lessons: Lessons) -> None:
    """`lessons` answers for many initiatives in a fixed number of queries. Called once, in AppConfig.ready()."""
    _known[:] = [lessons]


def lessons_of(initiatives: Collection[int], viewer: User) -> dict[int, Lesson]:
    """By the ids of those that ended with a lesson which `viewer` may read; no query where there are none to ask."""
    return _known[0](initiatives, viewer) if _known and initiatives else {}
