"""Money asked for outside a gate: as items of an agenda, and against the envelope that it would come from."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

from django.db.models import OuterRef, Q, Subquery, Sum

from aiso.web import figures
from forums.models import AgendaItem, Forum
from forums.sources import Proposed
from portfolio.models import Initiative

from ..asked_money import bodies_of_requests
from ..models import Envelope, FundingRequest, FundingRuling, GateReview, RequestItem
from ..money import NOTHING, envelopes_of

MINUTES = 10


@dataclass(frozen=True)
class Ask:
    """What is asked of an envelope by one item, and by all that waits to be decided from it."""

    envelope: Envelope | None
    asked: Decimal
    asked_by_all: Decimal

    @property
    def left(self) -> Decimal:
        """Free once this is approved; negative where it does not hold it."""
        return (self.envelope.free if self.envelope else NOTHING) - self.asked

    @property
    def is_short(self) -> bool:
        """Whether not all that is asked of it can be approved."""
        return self.envelope is not None and self.asked_by_all > self.envelope.free


def funding_asks(forum: Forum, day: date) -> Iterator[Proposed]:
    """Requests that wait for this body, the longest wait first; not those held beyond the day. A fixed number of
    queries. They name no sums: fewer people see those than see agendas.
    """
    rulings = FundingRuling.objects.filter(request=OuterRef("pk")).order_by("-pk")
    held = Subquery(rulings.values("decision__hold_until")[:1])
    waiting = FundingRequest.objects.open().alias(held=held).filter(Q(held=None) | Q(held__lte=day))
    rows = [*waiting.select_related("initiative").defer("initiative__search").order_by("asked_at", "pk")]
    bodies = bodies_of_requests(rows)
    for request in rows:
        if bodies[request.pk] == forum:
            yield Proposed(
                key=f"request-{request.pk}",
                title=f"{request.initiative.name[:240]}: money outside a gate",
                why=f"Asked for outside a gate since {figures.day(request.asked_at)}.",
                initiative_id=request.initiative_id,
                minutes=MINUTES,
                attach=partial(_tie, request=request),
            )


def carry_request(item: AgendaItem, later: AgendaItem) -> None:
    """The item that follows one that was put off asks for the same money."""
    tied = RequestItem.objects.filter(item=item).select_related("request").first()
    if tied:
        _tie(later, request=tied.request)


def asks_of(initiatives: Sequence[Initiative], amounts: Sequence[Decimal], day: date) -> list[Ask]:
    """Each amount against the envelope of its initiative’s bucket on a day. Three queries."""
    envelopes = envelopes_of(initiatives, day)
    buckets = {each.bucket_id for each in initiatives if each.bucket_id}
    together = _asked_of(buckets)
    return [
        Ask(envelopes.get(initiative.pk), amount, max(amount, together.get(initiative.bucket_id or 0, NOTHING)))
        for initiative, amount in zip(initiatives, amounts, strict=True)
    ]


def _asked_of(buckets: Collection[int]) -> dict[int, Decimal]:
    """What waits to be decided, at gates and outside them, by bucket. Two queries."""
    found = dict.fromkeys(buckets, NOTHING)
    for rows in (GateReview.objects.ready(), FundingRequest.objects.open()):
        grouped = rows.filter(initiative__bucket__in=buckets).order_by().values_list("initiative__bucket")
        for bucket, amount in grouped.annotate(Sum("amount")):
            found[bucket] += amount or NOTHING
    return found


def _tie(item: AgendaItem, *, request: FundingRequest) -> None:
    RequestItem.objects.create(item=item, request=request)
