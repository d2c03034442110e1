"""A pack as a PDF: one page a figure, with its chart drawn in shapes."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

from aiso.documents.typeset import pdf_of

from .told import Kept, amount_of

TEMPLATE = Path(__file__).parent.parent / "printed" / "board_pack.typ"


def pdf_bytes(kept: Kept, made_at: datetime) -> bytes:
    return pdf_of(TEMPLATE, printed(kept), made_at=made_at)


def printed(kept: Kept) -> Kept:
    """What the template reads: what is kept, with the place of each point of a trend."""
    drawn = [each | {"trend": each["trend"] | placed(each), "chart_told": chart_told(each)} for each in kept["figures"]]
    return kept | {"figures": drawn}


def placed(figure: Kept) -> Kept:
    """Heights from 0 to 1 of the points and of zero, which every chart shows; None is no data."""
    values = [amount_of(point["value"]) for point in figure["trend"]["points"]]
    known = [value for value in values if value is not None]
    low, high = min([*known, Decimal(0)]), max([*known, Decimal(0)])
    span = (high - low) or Decimal(1)
    heights = [None if value is None else float((value - low) / span) for value in values]
    return {"heights": heights, "zero": float(-low / span)}


def chart_told(figure: Kept) -> str:
    """What a chart shows, for whom it cannot show it."""
    points = "; ".join(f"{point['label']}: {point['text']}" for point in figure["trend"]["points"])
    return f"{figure['title']}, window by window. {points}." if points else f"{figure['title']}: no data."
