"""What the portfolio shows of money: envelopes, what waits for a decision, what is committed."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from django.db.models import Sum

from aiso import clock
from aiso.accounts.models import User
from portfolio.treasury import EnvelopeTold, Held

from .models import Envelope, FundingRequest, GateReview, Tranche


class EnvelopesAndTranches:
    """The answers of this app. Envelopes are one query, what is held one, what waits two."""

    def envelopes(self, viewer: User) -> Sequence[EnvelopeTold]:
        found = Envelope.objects.visible_to(viewer).filter(ends_on__gte=clock.today()).select_related("bucket")
        return [
            EnvelopeTold(
                key=each.pk,
                bucket=each.bucket_id,
                bucket_name=each.bucket.name,
                starts_on=each.starts_on,
                ends_on=each.ends_on,
                amount=each.amount,
                committed=each.committed,
                url=each.get_absolute_url(),
            )
            for each in found.order_by("bucket__name", "starts_on")
        ]

    def waiting(self, initiatives: Collection[int] | None = None) -> Mapping[int, Decimal]:
        asked: dict[int, Decimal] = {}
        for rows in (GateReview.objects.open().filter(amount__gt=0), FundingRequest.objects.open()):
            of_them = rows if initiatives is None else rows.filter(initiative__in=initiatives)
            for initiative, amount in of_them.order_by().values_list("initiative", "amount"):
                asked[initiative] = asked.get(initiative, Decimal(0)) + (amount or 0)
        return asked

    def held(self, initiatives: Collection[int] | None = None) -> Sequence[Held]:
        tranches = Tranche.objects.all() if initiatives is None else Tranche.objects.filter(initiative__in=initiatives)
        grouped = tranches.order_by().values_list("initiative", "envelope")
        return [Held(*told) for told in grouped.annotate(Sum("committed"), Sum("spent"))]
