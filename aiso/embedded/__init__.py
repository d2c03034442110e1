"""A PostgreSQL and a Redis for a machine that has neither.

Every entry point calls `ensure_servers` before the settings load, so this package imports
nothing but the standard library.
"""

import os
from pathlib import Path

from aiso.embedded import lifetime
from aiso.embedded.postgres import Postgres
from aiso.embedded.redis import Redis

PROJECT = Path(__file__).resolve().parents[2]


def ensure_servers(*, throwaway: bool = False) -> None:
    """Start or join the embedded servers, and set DATABASE_URL and REDIS_URL to them.

    A server whose URL the environment gives already is left alone, and production starts none.
    Throwaway servers save nothing to be sure of, and their folder goes with them.
    """
    if os.environ.get("AISO_PRODUCTION") == "1":
        return
    var = data_folder()
    os.environ["AISO_VAR"] = str(var)
    servers = [server for server in (Postgres(var), Redis(var)) if _is_ours(server)]
    if servers:
        lifetime.join(var, servers, throwaway=throwaway)
    for server in servers:
        os.environ.setdefault(server.variable, server.url)


def data_folder() -> Path:
    return Path(os.environ.get("AISO_VAR") or PROJECT / "var").resolve()


def _is_ours(server: Postgres | Redis) -> bool:
    """A URL set by the command that started this one is ours too: this process holds the server as well."""
    given = os.environ.get(server.variable, server.url)
    return given.partition("?db=")[0] == server.url
