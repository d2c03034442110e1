"""What is read once of an initiative and kept until it changes, so that its page costs few queries."""

from collections.abc import Callable
from hashlib import sha256

from django.core.cache import cache

from aiso import clock
from portfolio.models import Initiative

# What no change of the initiative tells, such as a clearance or new rules, shows within this time.
KEPT_SECONDS = 60


def kept[T](name: str, initiative: Initiative, read: Callable[[], T]) -> T:
    """What `read` gives, kept until the initiative, or what hangs on it, changes; at most KEPT_SECONDS, and a day."""
    return _held(f"{name}:{initiative.pk}:{initiative.changed_at.timestamp()}", read)


def kept_alike[T](name: str, alike: object, read: Callable[[], T]) -> T:
    """The same for all that are alike: `alike` tells all that it follows from, but the rules."""
    return _held(f"{name}:{sha256(repr(alike).encode()).hexdigest()}", read)


def _held[T](key: str, read: Callable[[], T]) -> T:
    key = f"{key}:{clock.today()}"
    held: tuple[T] | None = cache.get(key)
    if held is None:
        held = (read(),)
        cache.set(key, held, KEPT_SECONDS)
    return held[0]
