"""`manage.py serve`, which `make demo` runs: everything starts together and ends together."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from aiso.embedded import locks


@pytest.fixture
def var() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="aiso-") as folder:
        yield Path(folder)


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def serve(var: Path, port: int) -> subprocess.Popen[str]:
    outside = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    return subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port)],
        env=outside | {"AISO_VAR": str(var), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_it_serves_until_interrupted_and_then_leaves_nothing_behind(var, port):
    run = serve(var, port)
    assert run.stdout
    lines = []
    for line in run.stdout:
        lines.append(line)
        if f"http://127.0.0.1:{port}" in line:
            break

    assert urlopen(f"http://127.0.0.1:{port}/healthz").status == 200
    run.send_signal(signal.SIGINT)
    rest, _ = run.communicate(timeout=15)

    assert run.returncode == 0, "".join(lines) + rest
    assert "SIGKILL" not in rest
    for server in ("postgres", "redis"):
        assert not locks.is_held(var / f"servers/{server}.lock")


def test_a_taken_port_is_named(var, port):
    with socket.create_server(("127.0.0.1", port)):
        output, _ = serve(var, port).communicate()

    assert f"Port {port} is taken: choose another, e.g. PORT={port + 1} make demo" in output


def test_one_folder_is_served_once(var, port):
    with locks.exclusive_if_free(var / "serve.lock"):
        output, _ = serve(var, port).communicate()

    assert f"{var} is served already" in output
