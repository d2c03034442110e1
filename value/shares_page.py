"""How a claim shares its days with others, as its page shows it, and which of them the reader may give a share."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from aiso.accounts.models import User

from .claim_work import claims_for
from .forms.shares import SharesForm
from .models import ClaimShare, LedgerEntry
from .overlaps import SHOWN, OverlapLine, Overlaps, overlaps_of, with_shares


class SharesPage:
    """One person's view of the overlaps of one claim. Four queries."""

    def __init__(self, entry: LedgerEntry, person: User) -> None:
        self.entry, self.person = entry, person

    @cached_property
    def overlaps(self) -> Overlaps:
        return overlaps_of([self.entry.pk], self.person, most=SHOWN)[self.entry.pk]

    @cached_property
    def lines(self) -> Sequence[OverlapLine]:
        return self.overlaps.shown

    @cached_property
    def answerable(self) -> list[OverlapLine]:
        """The claim and those of the others that wait for this person: their shares are recorded together."""
        ids = [self.entry.pk, *(line.entry.pk for line in self.lines)]
        return [OverlapLine(row) for row in with_shares(claims_for(self.person).filter(pk__in=ids)).order_by("pk")]

    @cached_property
    def said(self) -> ClaimShare | None:
        """What was recorded of it last."""
        return self.entry.shares.select_related("recorded_by").first()

    @property
    def may_share(self) -> bool:
        has_to = bool(self.overlaps.sharing.others) or self.said is not None
        return has_to and self.entry in [line.entry for line in self.answerable]

    def form(self, data: Any = None) -> SharesForm:
        return SharesForm(self.answerable, data)

    @property
    def empty_form(self) -> SharesForm:
        return self.form()
