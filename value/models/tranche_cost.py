"""What was spent of tranches, as it stands in the ledger (DESIGN §7)."""

import pgtrigger
from django.db import models

from aiso.audit.models import no_truncate
from stagegates.models import FundingEntry

from .ledger import LedgerEntry
from .ledger_triggers import SPENDING_FITS


class TrancheCost(models.Model):
    """The entry of the ledger that one entry of spending makes, or that takes such a one back with it. Never edited."""

    entry = models.OneToOneField(LedgerEntry, models.PROTECT, primary_key=True, related_name="tranche_cost")
    spending = models.OneToOneField(FundingEntry, models.PROTECT, related_name="tranche_cost")

    class Meta:
        triggers = [
            pgtrigger.Trigger(
                name="spending_fits",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="new_costs"),  # type: ignore[no-untyped-call]
                func=SPENDING_FITS,
            ),
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.entry}: spent of {self.spending.tranche}"
