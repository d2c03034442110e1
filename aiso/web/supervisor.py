"""Web server, worker and scheduler as one run: they start together and end together."""

import os
import shlex
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from honcho.compat import ProcessManager
from honcho.manager import Manager

from aiso.web.alive import HOST, is_alive

# Four threads in one process: on two cores more processes cost memory and answer no faster.
WEB = "granian --interface wsgi --workers 1 --blocking-threads 4 --no-ws --workers-kill-timeout 2 --log-level warning"
WORKER = "celery --quiet --app aiso worker --concurrency 2 --loglevel warning --without-gossip --without-mingle"
BEAT = "celery --quiet --app aiso beat --loglevel warning"
ENVIRONMENT = {
    "PYTHONUNBUFFERED": "1",
    # Celery then gives running tasks the seconds that the settings name, and puts the rest back into the queue.
    "REMAP_SIGTERM": "SIGQUIT",
}
STOPPED_BY_USER = {128 + signal.SIGINT, 128 + signal.SIGTERM}


class Leaders(ProcessManager):  # type: ignore[misc]  # honcho has no types
    """Tells only the processes it started to end: each lets its own children finish first."""

    def terminate(self, pid: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)


class Supervisor(Manager):  # type: ignore[misc]
    """Honcho's manager, which says when the web server answers."""

    def __init__(self, port: int, when_ready: Callable[[], None]) -> None:
        super().__init__()
        self._procmgr = Leaders()
        self._port = port
        self._when_ready = when_ready
        for name, command in _commands(port).items():
            self.add_process(name, command, env=os.environ | ENVIRONMENT)

    def _start(self) -> None:
        super()._start()
        # After the start, because a process that has threads should not fork.
        threading.Thread(target=self._announce, daemon=True).start()

    def _announce(self) -> None:
        while not is_alive(self._port):
            time.sleep(0.1)
        self._when_ready()


def supervise(port: int, when_ready: Callable[[], None]) -> int:
    """Run until one of the processes ends or the user stops it; the exit code to end with."""
    # A closed terminal is a stop like any other, or the processes would outlive it.
    signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
    supervisor = Supervisor(port, when_ready)
    supervisor.loop()
    return 0 if supervisor.returncode in STOPPED_BY_USER else supervisor.returncode


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) != 0


def _commands(port: int) -> dict[str, str]:
    # exec leaves no shell between the supervisor and the process that it must stop. In a container
    # root is the usual user, and Celery's page of warning about it would bury the address.
    silence = shlex.quote("ignore:You're running the worker with superuser privileges")
    python = f"exec {shlex.quote(sys.executable)} -W {silence} -m"
    return {
        "web": f"{python} {WEB} --host {HOST} --port {port} aiso.wsgi:application",
        "worker": f"{python} {WORKER}",
        "beat": f"{python} {BEAT}",
    }
