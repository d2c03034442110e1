"""What both embedded servers have in common: a server holds its lock for as long as it lives."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

from aiso.embedded import locks, sockets

# Seconds. Recovery after a crash takes longer than a start, and so does a slow disk.
PATIENCE = 60
PAUSE = 0.02


class Server(ABC):
    name: str
    variable: str

    def __init__(self, var: Path) -> None:
        self.folder = var / "servers"
        self.data = self.folder / self.name
        self.log = self.folder / f"{self.name}.log"
        self.lock = self.folder / f"{self.name}.lock"
        self.sockets = sockets.socket_folder(self.folder)

    @property
    @abstractmethod
    def url(self) -> str: ...

    @abstractmethod
    def answers(self) -> bool: ...

    @abstractmethod
    def stop(self) -> None:
        """Do nothing when the server does not run."""

    @abstractmethod
    def _launch(self, lock: int, *, throwaway: bool) -> None:
        """Start the server as a process that inherits the lock, and return when it answers."""

    def ensure_running(self, *, throwaway: bool) -> bool:
        """Whether the server had to be started.

        One that neither answers nor lets go of its lock is still starting, or left processes behind
        when it was killed: both pass.
        """
        give_up = time.monotonic() + PATIENCE
        while not self.answers():
            if self._start_if_dead(throwaway=throwaway):
                return True
            if time.monotonic() > give_up:
                raise SystemExit(f"The embedded {self.name} neither answers nor ends: see {self.log}.")
            time.sleep(PAUSE)
        return False

    def is_alive(self) -> bool:
        return locks.is_held(self.lock)

    def _start_if_dead(self, *, throwaway: bool) -> bool:
        with locks.exclusive_if_free(self.lock) as lock:
            if lock is not None:
                sockets.make_private(self.sockets)
                self._launch(lock, throwaway=throwaway)
        return lock is not None

    def _wait_until(self, holds: Callable[[], bool]) -> bool:
        give_up = time.monotonic() + PATIENCE
        while not holds():
            if time.monotonic() > give_up:
                return False
            time.sleep(PAUSE)
        return True
