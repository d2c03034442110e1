"""How many initiatives there are, as a person sees them. Counted once and kept until one changes.

A count of everything grows with the register, a page must not: so figures are kept with the moment of
the last change, which an index gives at once. In a large register, where something changes all the time,
a figure may be up to a minute old instead.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256

from django.core.cache import cache
from django.db.models import Count, Q

from aiso import clock
from aiso.accounts.models import User

from .models import Initiative
from .models.initiative import InitiativeQuerySet, lacks_stable_owner, oversight
from .models.stage import ENDED, IN_PRODUCTION, Stage

# Seconds a figure is kept at most; deletions, which leave no later moment behind, call forget_counts.
KEPT = 600
# Above this many initiatives counting takes longer than a page should, and OLD seconds are allowed.
LARGE = 20_000
OLD = 60
GENERATION = "register-generation"


class Counts:
    """The counts for one person at one moment."""

    def __init__(self, user: User) -> None:
        last = Initiative.objects.order_by("-changed_at").values_list("changed_at", flat=True).first()
        whose = "all" if oversight(user) is None else f"person-{user.pk}"
        self.moment = last.isoformat() if last else "empty"
        self.prefix = f"register:{cache.get(GENERATION, 0)}:{clock.today()}:{whose}"
        self.user = user

    def summary(self) -> dict[str, int]:
        """The figures of the register's first line and of its standing views."""
        return self._summary

    @cached_property
    def _summary(self) -> dict[str, int]:
        return self._kept("summary", lambda: _summary_for(self.user), is_large=lambda found: found["all"] > LARGE)

    def of(self, query: str, rows: InitiativeQuerySet) -> int:
        """How many `rows` a query of the address finds."""
        key = sha256(query.encode()).hexdigest()[:32]
        return self._kept(key, rows.order_by().count, is_large=lambda found: self.summary()["all"] > LARGE)

    def kept[T](self, name: str, find: Callable[[], T]) -> T:
        """Something else that follows from the initiatives that the person sees."""
        return self._kept(name, find, is_large=lambda found: self.summary()["all"] > LARGE)

    def _kept[T](self, key: str, count: Callable[[], T], *, is_large: Callable[[T], bool]) -> T:
        """What was counted at this moment, or not long ago where counting is slow; else counted now."""
        now = clock.now()
        kept: tuple[str, datetime, T] | None = cache.get(f"{self.prefix}:{key}")
        if kept:
            moment, counted_at, found = kept
            if moment == self.moment or (is_large(found) and now - counted_at < timedelta(seconds=OLD)):
                return found
        found = count()
        cache.set(f"{self.prefix}:{key}", (self.moment, now, found), KEPT)
        return found


def forget_counts() -> None:
    """Count anew. For deletions; everything else moves the last change."""
    cache.set(GENERATION, clock.now().timestamp(), None)


def _summary_for(user: User) -> dict[str, int]:
    counts: dict[str, int] = (
        Initiative.objects.visible_to(user)
        .on_register()
        .aggregate(
            all=Count("pk"),
            production=Count("pk", filter=Q(stage__in=IN_PRODUCTION)),
            unstable=Count("pk", filter=lacks_stable_owner()),
            paused=Count("pk", filter=Q(stage=Stage.PAUSED)),
            ended=Count("pk", filter=Q(stage__in=ENDED)),
        )
    )
    return counts


def count_register(user: User) -> int:
    """For the navigation."""
    return Counts(user).summary()["all"]
