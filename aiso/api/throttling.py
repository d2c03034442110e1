"""How much one token, or one person's session, may ask in a minute."""

import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from aiso.accounts.models import ApiToken

WINDOW_SECONDS = 60


class AskLessOften(BaseThrottle):
    """Counts requests in the present minute. One number in the cache, however many they are."""

    def allow_request(self, request: Request, view: Any) -> bool:
        token = request.auth
        who = f"token-{token.pk}" if isinstance(token, ApiToken) else f"person-{request.user.pk}"
        minute, second = divmod(int(time.time()), WINDOW_SECONDS)
        self.seconds_left = WINDOW_SECONDS - second
        return _counted(f"api-rate:{who}:{minute}") <= settings.API_REQUESTS_A_MINUTE

    def wait(self) -> float:
        return float(self.seconds_left)


def _counted(key: str) -> int:
    try:
        return cache.incr(key)
    except ValueError:  # the first of its minute
        cache.add(key, 0, 2 * WINDOW_SECONDS)
        return cache.incr(key)
