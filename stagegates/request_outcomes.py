"""What may be ruled on money or an expansion asked for outside a gate, each outcome with what it leads to."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from aiso.web import figures

from .asked_money import FUNDING_OUTCOMES, Asked
from .blocks import Block
from .decision_panel import ICONS, Choice
from .models import Decision, Expansion
from .money import envelope_of

Outcome = Decision.Outcome


def outcomes_of_request(request: Asked, blocks: Sequence[Block], chosen: Any) -> list[Choice]:
    return choices_of(FUNDING_OUTCOMES, chosen, lambda outcome: _leads_to(request, blocks, outcome))


def choices_of(
    outcomes: Iterable[Outcome], chosen: Any, leads_to: Callable[[str], str], first: int = 1
) -> list[Choice]:
    return [
        Choice(each.value, str(each.label), ICONS.get(each, "player-play"), leads_to(each.value), key, each == chosen)
        for key, each in enumerate(outcomes, start=first)
    ]


def _leads_to(request: Asked, blocks: Sequence[Block], outcome: str) -> str:
    match outcome:
        case Outcome.APPROVE | Outcome.CONDITIONS:
            return "; ".join(_approves(request, blocks))
        case Outcome.HOLD:
            return "to a date; the request stays open"
    return "it is asked for at the next gate"


def _approves(request: Asked, blocks: Sequence[Block]) -> Iterator[str]:
    if isinstance(request, Expansion):
        yield "it grows"
        yield from ["skipped steps are recorded"] if request.skips else []
    if request.amount:
        yield f"approves {figures.money(request.amount)}"
        envelope = envelope_of(request.initiative)
        yield f"{figures.money(envelope.free)} is free" if envelope else "no envelope holds it"
    if blocks:
        yield f"blocked by {figures.plural(len(blocks), 'thing')}"
