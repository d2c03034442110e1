"""What is read once of an initiative and kept until it changes, so that its page costs few queries."""

from collections.abc import Callable

from django.core.cache import cache

from aiso import clock
from portfolio.models import Initiative

# What no change of the initiative tells, such as a clearance or new rules, shows within this time.
KEPT_SECONDS = 60


def kept[T](name: str, initiative: Initiative, read: Callable[[], T]) -> T:
    """What `read` gives, kept until the initiative, or what hangs on it, changes; at most KEPT_SECONDS, and a day."""
    key = f"{name}:{initiative.pk}:{initiative.changed_at.timestamp()}:{clock.today()}"
    held: tuple[T] | None = cache.get(key)
    if held is None:
        held = (read(),)
        cache.set(key, held, KEPT_SECONDS)
    return held[0]
