"""The demonstration: a real portfolio, with invented people who look after some of it. Never in production.

Later apps tell more, `register_teller(tell)` in AppConfig.ready(): a teller takes the invented people by address.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pghistory

from aiso.accounts.models import User

type Teller = Callable[[Mapping[str, User]], None]
_tellers: list[Teller] = []


def register_teller(tell: Teller) -> None:
    _tellers.append(tell)


def tell_more(people: Mapping[str, User], **told: Any) -> None:
    """Let later apps tell their stories, in the order in which they registered. `told` is what history says of them,
    unless one says it better: each in a context of its own, for what is said last holds for all of one.
    """
    for tell in _tellers:
        with pghistory.context(**told):
            tell(people)
