"""What is asked for outside a gate, money and expansions: as items of an agenda; and asks against their envelopes."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Sum

from aiso.web import figures
from forums.models import AgendaItem, Forum
from forums.sources import Proposed
from portfolio.models import Initiative

from ..asked_money import bodies_of_requests
from ..models import (
    Envelope,
    Expansion,
    ExpansionItem,
    FundingRequest,
    GateReview,
    RequestItem,
)
from ..money import NOTHING, envelopes_of
from ..subjects import TIED

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
    for request in _waiting(FundingRequest.objects.waiting(day), forum):
        yield Proposed(
            key=f"request-{request.pk}",
            title=f"{request.initiative.name[:240]}: money outside a gate",
            why=f"Asked for outside a gate since {figures.day(request.asked_at)}.",
            initiative_id=request.initiative_id,
            minutes=MINUTES,
            attach=partial(_tie, model=RequestItem, request=request),
        )


def expansion_asks(forum: Forum, day: date) -> Iterator[Proposed]:
    """The same of initiatives in production that ask to grow."""
    for request in _waiting(Expansion.objects.waiting(day), forum):
        since = figures.day(request.asked_at)
        skips = ", an exception: it skips a step" if request.skips else ""
        yield Proposed(
            key=f"expansion-{request.pk}",
            title=f"{request.initiative.name[:240]}: {request.get_step_display().lower()}",
            why=f"Asks to grow since {since}{skips}.",
            initiative_id=request.initiative_id,
            minutes=MINUTES,
            attach=partial(_tie, model=ExpansionItem, request=request),
        )


def carry_request(item: AgendaItem, later: AgendaItem) -> None:
    """The item that follows one that was put off asks for the same."""
    model = TIED[item.source]
    tied = model._default_manager.filter(item=item).select_related("request").first()
    if tied:
        _tie(later, model=model, request=tied.request)


def _waiting(rows: Any, forum: Forum) -> list[Any]:
    found = [*rows.select_related("initiative").defer("initiative__search")]
    bodies = bodies_of_requests(found)
    return [request for request in found if bodies[request.pk] == forum]


def asks_of(initiatives: Sequence[Initiative], amounts: Sequence[Decimal], day: date) -> list[Ask]:
    """Each amount against the envelope of its initiative’s bucket on a day. Four queries."""
    envelopes = envelopes_of(initiatives, day)
    buckets = {each.bucket_id for each in initiatives if each.bucket_id}
    together = _asked_of(buckets)
    return [
        Ask(envelopes.get(initiative.pk), amount, max(amount, together.get(initiative.bucket_id or 0, NOTHING)))
        for initiative, amount in zip(initiatives, amounts, strict=True)
    ]


def _asked_of(buckets: Collection[int]) -> dict[int, Decimal]:
    """What waits to be decided, at gates and outside them, by bucket. Three queries."""
    found = dict.fromkeys(buckets, NOTHING)
    for rows in (GateReview.objects.ready(), FundingRequest.objects.open(), Expansion.objects.open()):
        grouped = rows.filter(initiative__bucket__in=buckets).order_by().values_list("initiative__bucket")
        for bucket, amount in grouped.annotate(Sum("amount")):
            found[bucket] += amount or NOTHING
    return found


def _tie(item: AgendaItem, *, model: type[RequestItem | ExpansionItem], request: Any) -> None:
    model._default_manager.create(item=item, request=request)
