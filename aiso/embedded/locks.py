"""Locks on files. The kernel drops one when its last holder is gone, however it went."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


def hold_shared(path: Path) -> IO[str]:
    """A lock that many can hold at once. Children made by fork hold it too; those by exec do not."""
    lock = path.open("a")
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """The file must be there: who waits for a lock must not bring back a folder that was removed."""
    with path.open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def exclusive_if_free(path: Path) -> Iterator[int | None]:
    """The lock's file descriptor, which a new process may inherit to hold on to it, or None."""
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield lock.fileno()


def is_held(path: Path) -> bool:
    if not path.exists():
        return False
    with exclusive_if_free(path) as lock:
        return lock is None
