"""What money can be handed out of: all envelopes of today together, or one of them, or a bucket that has none."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from aiso import clock
from aiso.accounts.models import User
from aiso.web import figures

from .models import Bucket
from .treasury import NOTHING, EnvelopeTold, treasury


@dataclass(frozen=True)
class Pot:
    """Envelopes, and the buckets whose initiatives ask for what is in them; every bucket where none is named."""

    key: str
    label: str
    envelopes: Sequence[EnvelopeTold] = ()
    buckets: frozenset[int] | None = None

    @property
    def amount(self) -> Decimal | None:
        """None where no envelope is set, or none that the person sees."""
        return sum((each.amount for each in self.envelopes), NOTHING) if self.envelopes else None

    @property
    def committed(self) -> Decimal:
        return sum((each.committed for each in self.envelopes), NOTHING)

    @property
    def keys(self) -> frozenset[int]:
        return frozenset(each.key for each in self.envelopes)

    @property
    def bucket(self) -> int | None:
        """The one bucket, where it is one."""
        return next(iter(self.buckets)) if self.buckets and len(self.buckets) == 1 and self.key else None

    @property
    def url(self) -> str:
        """The page of the envelope, of one envelope."""
        return self.envelopes[0].url if self.key and self.envelopes else ""

    @property
    def period(self) -> str:
        """`1 Jan 2026 to 31 Dec 2026`, of one envelope."""
        if not self.key or not self.envelopes:
            return ""
        return f"{figures.day(self.envelopes[0].starts_on)} to {figures.day(self.envelopes[0].ends_on)}"


def pots_of(viewer: User) -> list[Pot]:
    """All first, then by bucket: its envelope of today and those to come, or itself. Two queries."""
    envelopes, today = treasury().envelopes(viewer), clock.today()
    now = [each for each in envelopes if each.starts_on <= today]
    everywhere = Pot("", "All buckets", now, frozenset(each.bucket for each in now) or None)
    pots = []
    for bucket in Bucket.objects.order_by("name"):
        own = [each for each in envelopes if each.bucket == bucket.pk]
        pots += [_pot_of(each, is_now=each in now) for each in own]
        if bucket.is_active and not any(each in now for each in own):
            pots.append(Pot(f"bucket-{bucket.pk}", bucket.name, (), frozenset([bucket.pk])))
    return [everywhere, *pots]


def _pot_of(envelope: EnvelopeTold, *, is_now: bool) -> Pot:
    later = "" if is_now else f", from {figures.day(envelope.starts_on)}"
    return Pot(f"{envelope.key}", f"{envelope.bucket_name}{later}", [envelope], frozenset([envelope.bucket]))
