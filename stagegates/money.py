"""Reading money: what initiatives asked for, have and spent, and which envelope an approval would take from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet, Sum

from aiso import clock
from aiso.errors import DomainError
from aiso.web import figures
from portfolio.models import Initiative

from .models import Envelope, FundingRequest, GateReview, Tranche

NOTHING = Decimal(0)
WHO_SETS = "The office lead or an executive sets one under Funding"


@dataclass(frozen=True)
class Funding:
    """The money of one initiative, in the reporting currency. `asked` is what waits for a decision.

    committed = withheld + released; released = spent + unspent; overspent stands apart.
    """

    asked: Decimal = NOTHING
    committed: Decimal = NOTHING
    withheld: Decimal = NOTHING
    released: Decimal = NOTHING
    spent: Decimal = NOTHING
    unspent: Decimal = NOTHING
    overspent: Decimal = NOTHING

    @property
    def to_free(self) -> Decimal:
        """What ending it gives back to its envelopes."""
        return self.withheld + self.unspent


# The sums of a tranche in the order of Funding, which add up over tranches.
SUMS = ("committed", "withheld", "released", "spent", "unspent", "overspent")


def funding_of(initiatives: Iterable[Initiative | int]) -> dict[int, Funding]:
    """The money of initiatives, or of ids of initiatives, by id; those without any have zeros. Three queries."""
    keys = [each.pk if isinstance(each, Initiative) else each for each in initiatives]
    asked = asked_of(keys)
    grouped = Tranche.objects.filter(initiative__in=keys).order_by().values_list("initiative")
    sums = {pk: told for pk, *told in grouped.annotate(*map(Sum, SUMS))}
    return {key: Funding(asked[key], *sums.get(key, ())) for key in keys}


def asked_of(initiatives: Iterable[int]) -> dict[int, Decimal]:
    """What waits for a decision, at gates and outside them, by the initiative's id. Two queries."""
    asked = dict.fromkeys(initiatives, NOTHING)
    reviews = GateReview.objects.open().filter(initiative__in=asked, amount__gt=0)
    requests = FundingRequest.objects.open().filter(initiative__in=asked)
    for rows in (reviews, requests):
        for initiative, amount in rows.values_list("initiative", "amount"):
            asked[initiative] += amount or NOTHING
    return asked


def totals_of(tranches: "QuerySet[Tranche]") -> Funding:
    """What tranches add up to. One query."""
    found = tranches.order_by().aggregate(**{f"{name}_": Sum(name) for name in SUMS})
    return Funding(NOTHING, *(found[f"{name}_"] or NOTHING for name in SUMS))


def freed(funding: Funding) -> str:
    """What ending an initiative gives back, in words."""
    parts = [
        f"{figures.money(sum_)} {what}"
        for sum_, what in ((funding.withheld, "withheld"), (funding.unspent, "unspent"))
        if sum_
    ]
    told = f" ({' and '.join(parts)})" if len(parts) > 1 else ""
    return f"frees {figures.money(funding.to_free)}{told}"


def envelope_of(initiative: Initiative, day: date | None = None) -> Envelope | None:
    """The envelope that an approval would take from: that of the initiative's bucket, today unless told."""
    return envelopes_of([initiative], day).get(initiative.pk)


def envelopes_of(initiatives: Iterable[Initiative], day: date | None = None) -> dict[int, Envelope]:
    """The same for several initiatives, by id, of those that have one. One query, none where none has a bucket."""
    buckets = {each.pk: each.bucket_id for each in initiatives if each.bucket_id}
    if not buckets:
        return {}
    on_day = Envelope.objects.on(day or clock.today()).filter(bucket__in={*buckets.values()}).select_related("bucket")
    found = {envelope.bucket_id: envelope for envelope in on_day}
    return {pk: found[bucket] for pk, bucket in buckets.items() if bucket in found}


def hold_envelope(initiative: Initiative, amount: Decimal) -> Envelope:
    """The envelope that holds the amount today, locked until the transaction ends, so that of two who take from it the
    second sees what the first took. Raises DomainError where there is none, or too little in it.
    """
    if initiative.bucket_id is None:
        raise DomainError(
            "Money comes from the envelope of a bucket, and this initiative is in none: choose one first.",
            field="amount",
        )
    locked = Envelope.objects.select_for_update(of=["self"]).on(clock.today()).filter(bucket=initiative.bucket_id)
    envelope = locked.select_related("bucket").first()
    if envelope is None:
        raise DomainError(
            f"No envelope is set for {initiative.bucket} on {figures.day(clock.today())}, so that no money can be "
            f"approved. {WHO_SETS}.",
            field="amount",
        )
    if amount > envelope.free:
        raise DomainError(
            f"The envelope of {envelope.bucket} until {figures.day(envelope.ends_on)} holds "
            f"{figures.exact_money(envelope.free)} that is free, less than {figures.exact_money(amount)}.",
            field="amount",
        )
    return envelope
