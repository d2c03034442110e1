"""What two hundred people who follow a meeting ask each second or so, answered before anything else is read."""

import re
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from .beats import key_of

BEAT = re.compile(r"/meetings/(\d{1,18})/(?:live|follow)/beat/")


class BeatMiddleware:
    """Says that nothing changed in a meeting to whoever is signed in, by two entries of the cache and without a query.

    It tells nothing else. Whatever is not known for sure goes the way of all requests: another number, no session,
    or one that the cache does not hold.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = BEAT.fullmatch(request.path_info) if request.method == "GET" else None
        if asked and _is_unchanged(request, int(asked[1])):
            return HttpResponse(status=204, headers={"Cache-Control": "no-store"})
        return self.get_response(request)


def _is_unchanged(request: HttpRequest, meeting_id: int) -> bool:
    number = key_of(meeting_id)
    session = SessionStore.cache_key_prefix + request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    kept = cache.get_many([number, session])
    return SESSION_KEY in kept.get(session, ()) and str(kept.get(number)) == request.GET.get("seen")
