"""Asking the background for something that many may look for at once: one task, until it must have been lost."""

from collections.abc import Callable

import structlog
from django.core.cache import cache
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def ask_once(key: str, seconds: int, send: Callable[[], object]) -> bool:
    """Have a task sent unless that was done in the last so many seconds; whether it was. `key` is kept in the cache
    meanwhile, as 0. Where the broker is away nothing is kept, and the next look asks again.
    """
    if not cache.add(key, 0, seconds):
        return False
    try:
        send()
    except OperationalError:
        cache.delete(key)
        log.warning("broker_away", asked=key)
        return False
    return True
