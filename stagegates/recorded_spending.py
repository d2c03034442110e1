"""Who takes part when spending is recorded or taken back. Apps above fill it in ready().

    register_spending(post_spending)

They work in the transaction that records it: what they raise undoes the spending, so that nothing is half done.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from .models import FundingEntry

type Follower = Callable[[Sequence[FundingEntry]], None]

_followers: list[Follower] = []
_gathered: ContextVar[list[FundingEntry] | None] = ContextVar("gathered_spending", default=None)


def register_spending(follow: Follower) -> None:
    """Let it hear of each entry of spending, and of those that take spending back, once."""
    _followers.append(follow)


def tell_of_spending(entry: FundingEntry) -> None:
    """Hand an entry on, its locks held; within `spending_at_once` with the others."""
    gathered = _gathered.get()
    if gathered is None:
        _tell([entry])
    else:
        gathered.append(entry)


@contextmanager
def spending_at_once() -> Iterator[None]:
    """Hand on at the end, and together, what is recorded within: the many rows of a file."""
    entries: list[FundingEntry] = []
    token = _gathered.set(entries)
    try:
        yield
    finally:
        _gathered.reset(token)
    if entries:
        _tell(entries)


def _tell(entries: Sequence[FundingEntry]) -> None:
    for follow in _followers:
        follow(entries)
