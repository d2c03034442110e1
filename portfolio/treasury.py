"""What the portfolio shows of money that a later app keeps: envelopes, what waits for a decision, what is committed.

register_treasury(EnvelopesAndTranches())
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from aiso.accounts.models import User

NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class EnvelopeTold:
    """What one bucket may commit in one period, in the reporting currency."""

    key: int
    bucket: int
    bucket_name: str
    starts_on: date
    ends_on: date
    amount: Decimal
    committed: Decimal
    url: str


@dataclass(frozen=True)
class Held:
    """What one initiative has of one envelope. Nothing is left of it once all was freed."""

    initiative: int
    envelope: int
    committed: Decimal
    spent: Decimal


class Treasury(Protocol):
    """What a later app answers about money, each in a fixed number of queries. Whose it may be shown to, the asker
    sees to; envelopes excepted.
    """

    def envelopes(self, viewer: User) -> Sequence[EnvelopeTold]:
        """Those of today and to come that the viewer may see, by bucket and then by day."""

    def waiting(self, initiatives: Collection[int] | None = None) -> Mapping[int, Decimal]:
        """What is asked for at open reviews and requests, by initiative; of all unless some are named."""

    def held(self, initiatives: Collection[int] | None = None) -> Sequence[Held]:
        """What initiatives ever had, also of envelopes that are over; of all unless some are named."""


class NoTreasury:
    """As long as no app keeps money."""

    def envelopes(self, viewer: User) -> Sequence[EnvelopeTold]:
        return ()

    def waiting(self, initiatives: Collection[int] | None = None) -> Mapping[int, Decimal]:
        return {}

    def held(self, initiatives: Collection[int] | None = None) -> Sequence[Held]:
        return ()


_known: list[Treasury] = [NoTreasury()]


def register_treasury(treasury: Treasury) -> None:
    """Called once, in AppConfig.ready()."""
    _known[:] = [treasury]


def treasury() -> Treasury:
    return _known[0]


def asked_by(
    initiative: int, requested: Decimal | None, waiting: Mapping[int, Decimal], ever: Collection[int]
) -> Decimal:
    """What an initiative asks for now: what waits for a decision, else what its request named until it first had money
    (`ever` names those that had).
    """
    if initiative in waiting:
        return waiting[initiative]
    return NOTHING if initiative in ever else requested or NOTHING
