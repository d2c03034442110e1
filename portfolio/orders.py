"""The orders of the register. Each has an index of its key and the id (portfolio/models/initiative.py)."""

from django.db import models
from django.db.models import F
from django.db.models.functions import Lower

from aiso.web.keyset import Order

from .models.initiative import PRIORITY_KEY, RANK_KEY, STAGE_SINCE_KEY

ORDERS = {
    "ref": Order(F("pk"), models.BigIntegerField()),
    "name": Order(Lower("name"), models.CharField()),
    "stage": Order(F("stage_rank"), models.IntegerField()),
    # Most days first is earliest day first.
    "days": Order(STAGE_SINCE_KEY, models.DateField(), descending=True),
    "risk": Order(F("risk_rank"), models.IntegerField()),
    "priority": Order(PRIORITY_KEY, models.DecimalField(max_digits=4, decimal_places=2)),
    "rank": Order(RANK_KEY, models.DecimalField(max_digits=4, decimal_places=2)),
    "changed": Order(F("changed_at"), models.DateTimeField()),
}
DEFAULT = "-priority"


def order_of(name: str) -> tuple[str, Order]:
    """The order that an address names, `-` for descending, or the default one."""
    known = name if name.removeprefix("-") in ORDERS else DEFAULT
    order = ORDERS[known.removeprefix("-")]
    return known, Order(order.key, order.field, order.descending != known.startswith("-"))
