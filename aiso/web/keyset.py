"""Pages of a long list that cost the same however deep: each begins where the last one ended, by index.

An offset would read and drop all rows before it. The place is the sort key and the id of a row, in
the address as text; a place that no list gave is refused as no place at all (`is_place` tells it beforehand).
"""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.expressions import Combinable
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan


@dataclass(frozen=True)
class Order:
    """A sort: an expression that is never null and has an index together with the id, and its direction."""

    key: Combinable
    field: "models.Field[Any, Any]"
    descending: bool = False

    def apply[M: models.Model](self, rows: models.QuerySet[M], *, backwards: bool = False) -> models.QuerySet[M]:
        down = self.descending != backwards
        key = models.F("sort_key")
        ordered: models.QuerySet[M] = rows.annotate(sort_key=self.key)  # type: ignore[assignment]
        return ordered.order_by(key.desc() if down else key.asc(), "-pk" if down else "pk")

    def past[M: models.Model](
        self, rows: models.QuerySet[M], place: tuple[Any, int], *, backwards: bool
    ) -> models.QuerySet[M]:
        """The rows on the far side of a place."""
        compare = TupleLessThan if self.descending != backwards else TupleGreaterThan
        return rows.filter(compare(Tuple(self.key, models.F("pk")), place))


# Rows as they were made, and the latest first.
AS_MADE = Order(models.F("pk"), models.BigIntegerField())
LATEST_FIRST = Order(models.F("pk"), models.BigIntegerField(), descending=True)


@dataclass(frozen=True)
class Page[M: models.Model]:
    """The rows of one page, and the places of its neighbours; empty where there is none."""

    rows: list[M]
    before: str
    after: str


def page_of[M: models.Model](
    rows: models.QuerySet[M], order: Order, *, size: int, after: str = "", before: str = ""
) -> Page[M]:
    """The page of `size` rows after or before a place, or the first one. One query."""
    place = _read(after or before, order)
    backwards = bool(before and place)
    if place:
        rows = order.past(rows, place, backwards=backwards)
    found = list(order.apply(rows, backwards=backwards)[: size + 1])
    more = len(found) > size
    found = found[:size][::-1] if backwards else found[:size]
    if not found:
        return Page([], "", "")
    has_before, has_after = (more, True) if backwards else (bool(place), more)
    return Page(found, _write(found[0]) if has_before else "", _write(found[-1]) if has_after else "")


def is_place(text: str, order: Order) -> bool:
    """Whether a text leads to a place in this order."""
    return _read(text, order) is not None


def _write(row: models.Model) -> str:
    # str keeps the microseconds of a moment; Django's own encoder would cut them, and the page begin before its place.
    place = json.dumps([row.sort_key, row.pk], default=str)  # type: ignore[attr-defined]
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _read(text: str, order: Order) -> tuple[Any, int] | None:
    """A place from an address; None for none, or for one that does not fit the order."""
    try:
        key, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        value = order.field.to_python(key)
    except (binascii.Error, TypeError, ValueError, ValidationError):
        return None
    fits = isinstance(value, str | int | float | Decimal | date | datetime) and isinstance(pk, int)
    return (value, pk) if fits and abs(pk) < 2**62 and len(str(value)) <= 400 else None
