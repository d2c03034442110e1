import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis

from aiso.embedded import locks

# Seconds; only a failing test waits this long.
PATIENCE = 15


class Command:
    """A command that has joined the servers of a folder."""

    def __init__(self, var: Path, *options: str, **environment: str) -> None:
        own = {"AISO_VAR": str(var), "PYTHONPATH": str(Path.cwd())}
        outside = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.aiso.embedded.command", *options],
            env=outside | own | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        self.database_url, self.redis_url = self.process.stdout.readline().split()

    def end(self) -> int:
        self.process.communicate()
        return self.process.returncode

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def query(self, sql: str) -> object:
        with psycopg.connect(self.database_url) as connection:
            answer = connection.execute(sql)
            row = answer.fetchone() if answer.description else None
        return row[0] if row else None

    def redis(self) -> redis.Redis:
        return redis.Redis.from_url(self.redis_url)


@pytest.fixture(scope="session")
def new_postgres() -> Iterator[Path]:
    """A data folder as the first start makes it, which takes most of a second."""
    with short_folder() as var:
        Command(var).end()
        yield var / "servers/postgres"


@pytest.fixture
def var(new_postgres: Path) -> Iterator[Path]:
    with short_folder() as folder:
        shutil.copytree(new_postgres, folder / "servers/postgres")
        (folder / "servers").chmod(0o700)
        yield folder
        wait_until(lambda: not any(running(folder)))


@contextmanager
def short_folder() -> Iterator[Path]:
    """Where a socket fits, unlike under tmp_path."""
    with tempfile.TemporaryDirectory(prefix="aiso-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def start(var: Path) -> Iterator[Callable[..., Command]]:
    commands: list[Command] = []

    def start_command(*options: str, **environment: str) -> Command:
        commands.append(Command(var, *options, **environment))
        return commands[-1]

    yield start_command
    for command in commands:
        if command.process.poll() is None:
            command.end()


def running(var: Path) -> set[str]:
    """The servers that run in a folder."""
    servers = var / "servers"
    return {name for name in ("postgres", "redis") if servers.exists() and locks.is_held(servers / f"{name}.lock")}


def server_pid(var: Path) -> int:
    return int((var / "servers/postgres/postmaster.pid").read_text().split()[0])


def wait_until(holds: Callable[[], bool]) -> None:
    give_up = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < give_up, "waited in vain"
        time.sleep(0.02)
