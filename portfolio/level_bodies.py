"""The body whose consent a bolder level needs over a blocking test or a regulated decision (DESIGN §5).

The app that keeps the governance matrix and the bodies tells which it is, and who gives its word:

register_level_bodies(MatrixBodies())
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

from aiso.accounts.models import User

from .models import Initiative, LevelChoice


@dataclass(frozen=True)
class LevelBody:
    """A body by its slug, and what people call it."""

    slug: str
    name: str


class LevelBodies(Protocol):
    """What a later app answers about bodies."""

    def asked_for(self, initiative: Initiative, level: str) -> LevelBody | None:
        """The body that must agree to a level, as things stand now."""

    def may_speak(self, person: User, body: str, initiative: Initiative) -> bool:
        """Whether the person gives the word of a body, or of a higher one, and is no party to the initiative."""

    def speakers(self, body: str, initiative: Initiative) -> Iterable[User]:
        """Those who give the word of the body itself, without the parties."""

    def spoken_for_by(self, person: User) -> Collection[str]:
        """The slugs of the bodies whose word the person gives."""

    def name_of(self, body: str) -> str:
        """What people call a body."""


_known: list[LevelBodies] = []


def register_level_bodies(bodies: LevelBodies) -> None:
    """Called once, in AppConfig.ready()."""
    _known[:] = [bodies]


def body_asked_for(initiative: Initiative, level: str) -> str:
    """The slug of the body that must agree to a level now; empty while there is none."""
    body = _known[0].asked_for(initiative, level) if _known else None
    return body.slug if body else ""


def may_speak_for_body(person: User, choice: LevelChoice) -> bool:
    """Whether the person may agree to a level for its body: nobody who asked for it or agreed to it as somebody else,
    and no party.
    """
    others = {choice.chosen_by_id, choice.risk_agreed_by_id, choice.legal_agreed_by_id}
    if not _known or not choice.body or person.pk in others:
        return False
    return _known[0].may_speak(person, choice.body, choice.initiative)


def speakers_for(choice: LevelChoice) -> list[User]:
    """Who is asked to agree to a level for its body."""
    if not _known or not choice.body:
        return []
    return [*_known[0].speakers(choice.body, choice.initiative)]


def bodies_spoken_for_by(person: User) -> Collection[str]:
    return _known[0].spoken_for_by(person) if _known else ()


def body_name(choice: LevelChoice) -> str:
    return _known[0].name_of(choice.body) if _known and choice.body else ""
