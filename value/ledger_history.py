"""What the history of an initiative tells of its ledger, to those who see its money."""

from typing import Any

from aiso.audit.history import Told
from aiso.web import figures

from .models import ClaimAnswer, ClaimShare, LedgerEntry

SHOWN = {"amount", "currency", "evidence", "reason", "quantity", "benefit_type"}


def _others(model: type[Any], shown: set[str]) -> tuple[str, ...]:
    """All columns but those that are told."""
    return tuple(each.name for each in model._meta.fields if each.name not in shown)


def _called(entry: LedgerEntry) -> str:
    days = f"{figures.day(entry.first_on)} to {figures.day(entry.last_on)}"
    what = entry.get_claim_display() or entry.get_kind_display()
    told = f"{what} benefit" if entry.claim else what
    return f"Reversal of {told.lower()}, {days}" if entry.reverses_id else f"{told}, {days}"


TOLD = (
    Told(
        LedgerEntry,
        says=_called,
        hide=_others(LedgerEntry, SHOWN),
        written=("recorded_at", "recorded_by"),
        key="initiative",
    ),
    Told(
        ClaimAnswer,
        says=lambda answer: f"{answer.get_verdict_display()}: {_called(answer.entry)}",
        hide=_others(ClaimAnswer, {"amount", "share", "reason"}),
        written=("answered_at", "answered_by"),
        key="entry__initiative",
    ),
    Told(
        ClaimShare,
        says=lambda fact: f"Share of {_called(fact.entry)}",
        hide=_others(ClaimShare, {"share", "reason"}),
        written=("recorded_at", "recorded_by"),
        key="entry__initiative",
    ),
)
