"""What two hundred people who follow a meeting ask each second or so, answered before anything else is read."""

import re
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from .beats import key_of
from .following import company_of, part_of, ticket_of

BEAT = re.compile(r"/meetings/(\d{1,18})/(live|follow)/beat/")
FRESH = {"Cache-Control": "no-store"}


class BeatMiddleware:
    """Answers from the cache, without a query, whoever is signed in and was checked lately: that nothing changed, or
    what was drawn for others who see the same.

    Whatever is not known for sure goes the way of all requests: no session, one that the cache does not hold, a person
    to be checked anew, a part that nobody has drawn yet.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = BEAT.fullmatch(request.path_info) if request.method == "GET" else None
        answer = _answer(request, int(asked[1]), follows=asked[2] == "follow") if asked else None
        return answer or self.get_response(request)


def _answer(request: HttpRequest, meeting_id: int, *, follows: bool) -> HttpResponse | None:
    cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    beat, session, ticket = key_of(meeting_id), SessionStore.cache_key_prefix + cookie, ticket_of(meeting_id, cookie)
    kept = cache.get_many([beat, session, ticket])
    number, sight, person = kept.get(beat), kept.get(ticket), kept.get(session, {}).get(SESSION_KEY)
    if number is None or person is None or (follows and sight is None):
        return None
    if request.GET.get("seen") == str(number):
        return HttpResponse(status=204, headers=FRESH)
    return _drawn(meeting_id, number, sight, int(person)) if follows and sight else None


def _drawn(meeting_id: int, number: int, sight: str, person: int) -> HttpResponse | None:
    """What others who see the same were shown, unless the person has a part in the item that came on screen."""
    company, part = company_of(meeting_id, number), part_of(meeting_id, number, sight)
    kept = cache.get_many([company, part])
    if len(kept) < 2 or person in kept[company].parties:
        return None
    return HttpResponse(kept[part], headers=FRESH)
