"""Minutes as a PDF: at once where that takes less than a second, else in the background and kept for an hour."""

import hashlib
import json
from pathlib import Path
from typing import Any

from django.core.cache import cache

from aiso.asked_once import ask_once
from aiso.documents.typeset import pdf_of

from . import after_tasks
from .minutes_page import MinutesPage

TEMPLATE = Path(__file__).parent / "printed" / "minutes.typ"
# Letters of data that are set within a second: 52,000 took 0.8 s on two busy cores.
MOST_AT_ONCE = 60_000
# Seconds that a PDF made in the background is kept, and after which one that never came is asked for again.
KEPT = 60 * 60
ASKED_AGAIN = 120


def pdf_for(page: MinutesPage) -> bytes | None:
    """The PDF of what a person reads; None while it is made in the background."""
    if kept := cache.get(_key(page.told)):
        pdf: bytes = kept
        return pdf
    if len(json.dumps(page.told)) <= MOST_AT_ONCE:
        return set_pdf(page)
    _ask_for(page)
    return None


def set_pdf(page: MinutesPage) -> bytes:
    return pdf_of(TEMPLATE, page.told, made_at=page.minutes.made_at)


def keep_pdf(page: MinutesPage) -> None:
    """For the background: make it, unless it is there."""
    if not cache.get(_key(page.told)):
        cache.set(_key(page.told), set_pdf(page), KEPT)


def _ask_for(page: MinutesPage) -> None:
    sent = (page.minutes.pk, page.person.pk, page.holding.address)
    ask_once(f"{_key(page.told)}:asked", ASKED_AGAIN, lambda: after_tasks.set_minutes.apply_async(sent, retry=False))


def _key(told: dict[str, Any]) -> str:
    """By all that it says, so that two people who see the same share it, and nobody gets what they do not see."""
    return f"minutes-pdf:{hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()}"
