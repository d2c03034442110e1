"""What approvals leave behind."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from aiso import clock
from aiso.accounts.models import User
from stagegates.actions.decide import decide_review
from stagegates.actions.funding import record_spend
from stagegates.actions.ruling import NewCondition
from stagegates.models import FundingEntry, GateReview, Tranche


def approved(review: GateReview, actor: User, owner: User, **more: Any) -> list[Tranche]:
    """The tranches of an approval with one condition that `owner` sees to."""
    condition = NewCondition("Prove the fallback", owner, clock.today() + timedelta(days=30))
    decision = decide_review(
        review, actor=actor, outcome="conditions", rationale="Accuracy holds.", conditions=[condition], **more
    )
    return [*decision.tranches.all()]


def spend(tranche: Tranche, actor: User, amount: int | Decimal, key: str = "R-1", **more: Any) -> FundingEntry:
    told = {"spent_on": clock.today(), "evidence": "Invoice 17", "key": key}
    return record_spend(tranche, actor=actor, amount=Decimal(amount), **told | more)


def sums(tranche: Tranche) -> tuple[int, ...]:
    """withheld, released, spent, unspent, overspent as they stand in the database."""
    tranche.refresh_from_db()
    return tuple(int(getattr(tranche, name)) for name in ("withheld", "released", "spent", "unspent", "overspent"))
