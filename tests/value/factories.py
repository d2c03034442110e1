"""What is posted, in few words."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from aiso.accounts.models import User
from portfolio.models import Initiative, OutcomeMetric
from value.actions.post import post_entry
from value.models import LedgerEntry
from value.posting import NewEntry

_keys = count(1)
METHOD = "Hours of the report times the cost of one."


def cost_of(amount: Any, **more: Any) -> NewEntry:
    """A run cost of the present day and month, unless told otherwise."""
    told = {"kind": "run_cost", "evidence": "Invoice 17", "key": f"K-{next(_keys)}"}
    return NewEntry(**told | {"amount": Decimal(amount)} | more)


def claim_of(metric: OutcomeMetric, **more: Any) -> NewEntry:
    """A cashable benefit of May, claimed, unless told otherwise."""
    told: dict[str, Any] = {
        "kind": "benefit",
        "claim": "claimed",
        "metric": metric,
        "method": METHOD,
        "first_on": date(2026, 5, 1),
        "last_on": date(2026, 5, 31),
        "evidence": "Report of May",
        "key": f"K-{next(_keys)}",
    }
    if "quantity" not in more:
        told |= {"amount": Decimal(1000), "benefit_type": "cashable"}
    return NewEntry(**told | more)


def post(initiative: Initiative, actor: User, asked: NewEntry) -> LedgerEntry:
    return post_entry(initiative, asked, actor=actor)


def claim(metric: OutcomeMetric, actor: User, **more: Any) -> LedgerEntry:
    return post_entry(metric.initiative, claim_of(metric, **more), actor=actor)
