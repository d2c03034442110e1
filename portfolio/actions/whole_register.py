"""Working something out anew for every initiative, without holding up those who edit some of them."""

from collections.abc import Callable

from django.db import transaction
from django.db.models import Max

from ..models import Initiative

# Initiatives locked at a time: a second or less.
BATCH = 5_000
# In a register of this size it is done within the request.
AT_ONCE = 2_000


def is_long() -> bool:
    """Whether the whole register is too much for one request."""
    return Initiative.objects.count() > AT_ONCE


def for_all(deed: Callable[[int, int], None]) -> None:
    """Call `deed` with the id after which a batch begins and the last one in it, its initiatives locked.

    The rows are locked in the order of their ids, as bulk edits lock them, by a statement of its own: what
    `deed` then reads includes whatever it waited for.
    """
    last = Initiative.objects.aggregate(last=Max("pk"))["last"] or 0
    for after in range(0, last, BATCH):
        with transaction.atomic():
            batch = Initiative.objects.filter(pk__gt=after, pk__lte=after + BATCH).order_by("pk")
            list(batch.select_for_update(no_key=True).values_list("pk"))
            deed(after, after + BATCH)
