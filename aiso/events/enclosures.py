"""Mail that somebody subscribed to: what is put into it, and how it is ended.

    register_enclosure("pack_subscription", enclosed_pack)

The name is that of a member of what a notification is about. Such a notification is mailed on its own and at once,
whatever its reader chose for news: they asked for this mail, and each of them ends it by one click.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from .models import Notification


@dataclass(frozen=True)
class File:
    """One file of a mail."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True)
class Enclosed:
    """The files of a mail, and the path that ends the subscription without signing in."""

    files: Sequence[File]
    end: str


type Enclose = Callable[[Notification], Enclosed | None]
_enclosures: dict[str, Enclose] = {}


def register_enclosure(name: str, enclose: Enclose) -> None:
    """Say what is put into the mail; None says that it is subscribed to no more. Called in AppConfig.ready()."""
    _enclosures[name] = enclose


def is_subscribed_to(about: Mapping[str, int]) -> bool:
    """Whether a notification about these things was subscribed to."""
    return not _enclosures.keys().isdisjoint(about)


def enclosed_in(told: Notification) -> Enclosed | None:
    """What is put into the mail of a notification that was subscribed to."""
    return next((enclose(told) for name, enclose in _enclosures.items() if name in told.about), None)
