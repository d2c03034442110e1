"""Asking for what was known at a moment: counted at once in most companies, else made in the background."""

from datetime import datetime

from django.core.cache import cache
from django.db import connection

from aiso.asked_once import ask_once

from .. import tasks
from . import look_backs
from .anew import RECORDED

# Facts of which all that follows is counted within a second.
AT_ONCE = 20_000
# Seconds after which one that gives no sign of life is asked for again, those after which one that nobody asks for is
# given up, and those between two tries for a turn.
ASKED_AGAIN, GIVEN_UP, NEXT_TRY = 120, 120, 2
# Moments that are waited for at once: each is a lot of work, and anybody may ask for any.
MOST, WAITING = 3, "look-backs-waiting"


def awaited(moment: datetime | None) -> int | None:
    """How far counting what was known at a moment is, in percent: it is asked for with this. None where it can be read
    at once. While too many others are waited for it stays at 0.
    """
    if moment is None or look_backs.is_kept(moment) or not _takes_long():
        return None
    cache.set(_wanted(moment), True, GIVEN_UP)
    _ask_for(moment)
    share: int = cache.get(_key(moment), 0)
    return share


def make_asked(moment: datetime) -> None:
    """For the background: make the look-back, unless it is there; where another is being made, try again soon, for as
    long as anybody asks for it.
    """
    if look_backs.make(moment, lambda done, of: cache.set(_key(moment), 100 * done // of, ASKED_AGAIN)):
        cache.delete(_key(moment))
        look_backs.drop_ended()
    elif cache.get(_wanted(moment)):
        cache.touch(_key(moment), ASKED_AGAIN)
        tasks.look_back.apply_async([moment.isoformat()], countdown=NEXT_TRY)


def _takes_long() -> bool:
    """Whether there are more facts than are counted at once; no more of them are looked at."""
    rows = " UNION ALL ".join(f"SELECT 1 FROM {model._meta.db_table}" for model, _ in RECORDED)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM (SELECT 1 FROM ({rows}) AS facts LIMIT %s) AS looked_at", [AT_ONCE + 1])  # noqa: S608
        count: int = cursor.fetchone()[0]
    return count > AT_ONCE


def _ask_for(moment: datetime) -> None:
    waiting = cache.get_many(cache.get(WAITING, ()))
    if len(waiting) >= MOST:
        return
    told = [moment.isoformat()]
    if ask_once(_key(moment), ASKED_AGAIN, lambda: tasks.look_back.apply_async(told, retry=False)):
        cache.set(WAITING, [*waiting, _key(moment)])


def _key(moment: datetime) -> str:
    """Of how far it is, as long as it gives a sign of life."""
    return f"look-back:{look_backs.name_of(moment)}"


def _wanted(moment: datetime) -> str:
    """Of whether anybody asks for it."""
    return f"look-back-wanted:{look_backs.name_of(moment)}"
