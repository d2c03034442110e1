"""What a claim overlaps with, and recording shares: part of the noun of ledger entries."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, TypedDict

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.accounts.models import Role
from aiso.api.fields import LARGEST_ID
from aiso.api.nouns import Noun
from aiso.api.operations import Body, answers
from aiso.api.problems import Refusal
from portfolio.api.shapes import REFERENCE

from ..actions.shares import agree_shares
from ..claim_work import claims_for
from ..models import LedgerEntry
from ..overlaps import SHOWN, Sharing, overlaps_of
from ..permissions import CLAIMING


class OverlapShape(TypedDict):
    """A claim that stands on the same metric or workflow, unit and days."""

    id: int
    initiative: Annotated[str, REFERENCE]
    state: Annotated[str, {"enum": ["waiting", "confirmed", "corrected"]}]
    first_on: date
    last_on: date
    share: Annotated[Decimal | None, "What was recorded of it, or by which it was confirmed."]


class SharingShape(TypedDict):
    """How a claim shares its days with others, so that nothing is counted twice."""

    share: Annotated[Decimal | None, "Its own; null where none was recorded."]
    total: Annotated[Decimal, "What all shares take of the fullest day."]
    is_shared: Annotated[bool, "Whether it can be confirmed; if not, it waits for shares."]
    refusal: Annotated[str, "Why it cannot be confirmed, and what to do."]
    overlaps: list[OverlapShape]
    unseen: Annotated[int, "How many more there are: not for you to see, or too many to list."]


class ShareOfClaim(Body):
    entry = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    share = serializers.DecimalField(
        max_digits=5,
        decimal_places=4,
        min_value=Decimal("0.0001"),
        max_value=Decimal(1),
        help_text="The part that counts, e.g. 0.6.",
    )


class AgreedShares(Body):
    shares = serializers.ListField(child=ShareOfClaim(), min_length=1, max_length=200)
    reason = serializers.CharField(max_length=1000, help_text="What was agreed, and by whom.")


class RecordedShares(TypedDict):
    """The claims whose share is another one now."""

    entries: list[int]


class ClaimShares(Noun):
    @action(detail=True)
    @answers(SharingShape)
    def overlaps(self, request: Request, id: int) -> Response:
        """With which claims one overlaps, and how they share what was gained."""
        entry = get_object_or_404(LedgerEntry.objects.visible_to(self.person), pk=id)
        seen = overlaps_of([entry.pk], self.person, most=SHOWN).get(entry.pk)
        sharing = seen.sharing if seen else Sharing(entry.pk)
        told = {"share": sharing.share, "total": sharing.total, "is_shared": sharing.is_shared}
        others = [
            {
                "id": line.entry.pk,
                "initiative": line.entry.initiative.reference,
                "state": line.state,
                "first_on": line.entry.first_on,
                "last_on": line.entry.last_on,
                "share": line.share,
            }
            for line in (seen.shown if seen else ())
        ]
        refusal, unseen = (seen.refusal, seen.unseen) if seen else ("", 0)
        return self.answer(told | {"refusal": refusal, "overlaps": others, "unseen": unseen})

    @action(detail=False, methods=["post"], url_path="agree-shares")
    @answers(RecordedShares, takes=AgreedShares, version=False)
    def agree_shares(self, request: Request) -> Response:
        """Record the agreed shares of claims that wait and overlap. For a finance controller who may answer them."""
        if not self.person.has_role(Role.FINANCE_CONTROLLER):
            raise Refusal("forbidden", CLAIMING)
        sent: dict[str, Any] = dict(self.sent)
        shares = {each["entry"]: each["share"] for each in sent["shares"]}
        entries = claims_for(self.person).filter(pk__in=shares).in_bulk()
        if missing := shares.keys() - entries.keys():
            raise serializers.ValidationError({"shares": [f"No claim {min(missing)} waits for you."]})
        said = {entry: shares[pk] for pk, entry in entries.items()}
        made = agree_shares(said, actor=self.person, reason=sent["reason"])
        return Response({"entries": sorted(each.entry_id for each in made)})
