"""Money of the demonstration: an envelope for each bucket, spending on what was released, and a request for more."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from aiso import clock
from aiso.accounts.models import User
from portfolio.models import Bucket, Initiative
from portfolio.models.stage import ACTIVE

from ..actions.ask_funding import ask_money, why_not_ask
from ..actions.envelopes import change_envelope, set_envelope
from ..actions.funding import record_spend, reverse_spend
from ..models import FundingEntry, Tranche

# What the buckets have this year, one after the other by name.
AMOUNTS = (4_200_000, 2_800_000, 1_500_000, 3_600_000, 2_400_000)
WHY_SET = "Budget of the year, as the board approved it in December."
WHY_MORE = "Moved here from the reserve after the review of the half year."
MORE = Decimal(600_000)
# Day before today, share of what is released, evidence; for one tranche after the other.
SPENT = (
    (40, "0.35", "Invoice 2231 of the integrator"),
    (21, "0.25", "Internal hours of the month"),
    (9, "0.10", "Licences, order 4500018"),
)
WRONG = "Booked to the wrong project."
WHY_TOP_UP = "A second region joins the pilot; its data must be cleaned first."


def tell_of_envelopes(people: Mapping[str, User]) -> None:
    """Set an envelope for each bucket for this year; one of them was raised since."""
    lead, year = people["office-lead"], clock.today().year
    for place, bucket in enumerate(Bucket.objects.active().order_by("name")):
        envelope = set_envelope(
            bucket,
            actor=lead,
            starts_on=date(year, 1, 1),
            ends_on=date(year, 12, 31),
            amount=Decimal(AMOUNTS[place % len(AMOUNTS)]),
            reason=WHY_SET,
        )
        if place == 0:
            change_envelope(envelope, actor=people["executive"], amount=envelope.amount + MORE, reason=WHY_MORE)


def tell_of_money(people: Mapping[str, User]) -> None:
    """Spend on what was released, the last tranche beyond it; and ask for more outside a gate."""
    finance = people["finance-controller"]
    released = [*Tranche.objects.filter(released__gt=0).order_by("pk")]
    for tranche in released:
        for days, share, evidence in SPENT:
            amount = (tranche.released * Decimal(share)).quantize(Decimal("0.01"))
            _spend(tranche, finance, amount, days, evidence)
    if released:
        wrong = _spend(released[0], finance, Decimal(4_800), 5, "Invoice 77 of another project")
        reverse_spend(wrong, actor=finance, reason=WRONG)
        _spend(released[-1], finance, released[-1].released / 2, 2, "Invoice 2302 of the integrator")
    _ask(people)


def _spend(tranche: Tranche, finance: User, amount: Decimal, days: int, evidence: str) -> FundingEntry:
    spent_on = clock.today() - timedelta(days=days)
    key = f"demo:{evidence}"
    return record_spend(tranche, actor=finance, amount=amount, spent_on=spent_on, evidence=evidence, key=key)


def _ask(people: Mapping[str, User]) -> None:
    owned = Initiative.objects.filter(stage__in=ACTIVE, business_owner__isnull=False, bucket__isnull=False)
    for initiative in owned.filter(tranches__isnull=False).distinct().order_by("pk"):
        owner = initiative.business_owner
        if owner and not why_not_ask(initiative):
            ask_money(initiative, actor=owner, amount=Decimal(45_000), reason=WHY_TOP_UP)
            return
