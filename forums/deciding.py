"""How items of one source are decided in the live meeting. Each app registers its deciders in AppConfig.ready().

    register_decider(Decider("ready_to_decide", draw=form_of, record=decide, motion=said))

An item whose source has none is settled with its result in words.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.http import QueryDict

from aiso.accounts.models import User

from .models import AgendaItem

type Motion = Callable[[AgendaItem, User, Mapping[str, Any]], str]


class Record(Protocol):
    def __call__(self, item: AgendaItem, *, actor: User, data: Mapping[str, Any]) -> str: ...


@dataclass(frozen=True)
class Decider:
    """How items of one source are decided.

    `draw` gives the safe HTML of the fields on the right of the live meeting, and the refusals of `data` when that
    was sent; the page puts them into its form, with the button that records. A radio with `data-key="1"` is chosen by
    that key, and its `data-says` is what the button then says. Where it draws nothing, the page asks for the result in
    words, and `record` takes it from there as `result`. `record` decides within the transaction that settles
    the item, and returns what came of it in at most 200 characters; it raises PermissionDenied, DomainError, or
    ValidationError for data that its form refuses. `motion` says in a few words what the same data would record, for
    the members to vote on; it raises DomainError where nothing is chosen.
    """

    source: str
    draw: Callable[[AgendaItem, User, QueryDict | None], str]
    record: Record
    motion: Motion


_deciders: dict[str, Decider] = {}


def register_decider(decider: Decider) -> None:
    _deciders[decider.source] = decider


def decider_of(item: AgendaItem) -> Decider | None:
    return _deciders.get(item.source)


def needs_motion(item: AgendaItem) -> bool:
    """Whether members vote on it only once an outcome is put to the vote: the title of others is what they vote on."""
    return item.initiative_id is not None and decider_of(item) is not None
