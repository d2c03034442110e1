"""How long the embedded servers run: from the first process that uses them to the last one out.

Every process that uses them holds the users lock, shared. Whoever gets it alone may stop them:
either the last user at its exit or, when that one was killed, the keeper that waits for it.
"""

import atexit
import fcntl
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from aiso.embedded import locks
from aiso.embedded.postgres import Postgres
from aiso.embedded.redis import Redis
from aiso.embedded.server import Server
from aiso.embedded.sockets import socket_folder

_held: dict[Path, IO[str]] = {}


def join(var: Path, servers: Sequence[Server], *, throwaway: bool) -> None:
    if var in _held:
        return
    folder = _servers_folder(var, throwaway=throwaway)
    _held[var] = locks.hold_shared(folder / "users.lock")
    atexit.register(leave, var)
    with locks.exclusive(folder / "start.lock"):
        started = [server.ensure_running(throwaway=throwaway) for server in servers]
        if any(started):
            _start_keeper(var)


def leave(var: Path) -> None:
    """Stop the servers unless another process uses them, and return when they are stopped."""
    _held.pop(var).close()
    users = var / "servers" / "users.lock"
    if not users.exists():
        return
    with users.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # Granted at once by other users, and by the keeper when it has stopped the servers.
            fcntl.flock(lock, fcntl.LOCK_SH)
        else:
            stop(var)


def stop_after_last_user(var: Path) -> None:
    # The last user may have been faster, and the folder be gone.
    with suppress(FileNotFoundError), locks.exclusive(var / "servers" / "users.lock"):
        stop(var)


def stop(var: Path) -> None:
    """Only for who holds the users lock alone."""
    for server in (Redis(var), Postgres(var)):
        server.stop()
    if (var / "servers" / "throwaway").exists():
        shutil.rmtree(socket_folder(var / "servers"))
        # Renamed first, so that nobody adds to a folder that is half gone.
        shutil.rmtree(var.rename(var.with_suffix(".gone")))


def _servers_folder(var: Path, *, throwaway: bool) -> Path:
    folder = var / "servers"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / "start.lock").touch()
    if throwaway:
        (folder / "throwaway").touch()
    return folder


def _start_keeper(var: Path) -> None:
    """Another process, because a command that is killed can stop nothing."""
    subprocess.Popen(
        [sys.executable, "-m", "aiso.embedded.keeper", var],
        cwd=Path(__file__).resolve().parents[2],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
