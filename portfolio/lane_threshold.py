"""The money below which a case may take the fast lane."""

from decimal import Decimal


def lane_threshold() -> Decimal:
    """In the reporting currency."""
    return Decimal(50_000)
