"""Which part of a claim counts, where it overlaps with others (DESIGN §7, no double counting)."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from aiso import clock
from aiso.audit.models import no_truncate

from .money import CHECK
from .overlap_sql import RECORDED, SHARES, sharing

WAITS = f"""
    PERFORM pg_advisory_xact_lock({SHARES});
    IF NOT EXISTS (
        SELECT 1 FROM value_openclaim AS o JOIN value_ledgerentry AS e ON e.id = o.entry_id
        WHERE o.entry_id = NEW.entry_id AND e.recorded_by_id <> NEW.recorded_by_id
    ) THEN
        RAISE EXCEPTION 'Shares are recorded of claims that wait, by somebody else than their author.' {CHECK};
    END IF;
    RETURN NEW;
"""  # noqa: S608 (a constant)

# Whatever was recorded: what is confirmed of claims that overlap is never more than the whole.
SHARES_FIT = f"""
    PERFORM pg_advisory_xact_lock({SHARES});
    IF NEW.share <> COALESCE({RECORDED.format(claim="NEW.entry_id")}, 1) THEN
        RAISE EXCEPTION 'A claim is confirmed by its recorded share.' {CHECK};
    END IF;
    IF EXISTS (SELECT 1 FROM ({sharing("ARRAY[NEW.entry_id]", among="NOT o.is_open")}) AS s WHERE s.total > 1) THEN
        RAISE EXCEPTION 'Shares of claims that overlap total more than the whole.' {CHECK};
    END IF;
    RETURN NULL;
"""  # noqa: S608 (a constant)


def part_of_one(**options: Any) -> Any:
    """A share: more than 0, at most 1, to a hundredth of a percent."""
    return models.DecimalField(max_digits=5, decimal_places=4, **options)


class ClaimShare(models.Model):
    """The part of a claim that finance lets count beside those that overlap with it. The latest holds, until the claim
    is answered: its answer keeps it.
    """

    entry = models.ForeignKey("LedgerEntry", models.PROTECT, related_name="shares")
    share = part_of_one()
    reason = models.CharField(max_length=1000)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="share_is_a_part"),
            models.CheckConstraint(condition=~Q(reason=""), name="share_says_why"),
        ]
        triggers = [
            pgtrigger.Trigger(name="of_what_waits", when=pgtrigger.Before, operation=pgtrigger.Insert, func=WAITS),
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.share.normalize():f} of claim {self.entry_id}"
