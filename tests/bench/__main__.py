"""Seed two registers, measure, print a Markdown table, then a meeting that two hundred people follow.

Sizes can be given: python -m tests.bench 1000 10000
"""

import os
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from aiso.embedded import ensure_servers

SIZES = (10_000, 100_000)


def main() -> None:
    os.environ["AISO_VAR"] = mkdtemp(prefix="aiso-bench-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "aiso.settings"
    ensure_servers(throwaway=True)
    import django

    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS.append("testserver")
    # Counted as always, and never refused.
    settings.API_REQUESTS_A_MINUTE = 10**9
    sizes = [int(size) for size in sys.argv[1:]] or [*SIZES]
    results = [_measured(size) for size in sizes]
    print(_report(sizes, results))
    print(_import_seconds())
    print("\nA meeting\n", flush=True)
    # On servers of its own, and with a web server before them.
    subprocess.run([sys.executable, "-m", "tests.bench.meeting"], check=True)


def _measured(size: int) -> dict[str, Any]:
    """Figures of one size in a database of its own."""
    from django.core.cache import cache
    from django.core.management import call_command
    from django.test import Client
    from django.test.utils import override_settings

    from aiso.accounts.models import User

    from . import floor
    from .api import api_asks, floor_create
    from .duplicates import duplicate_asks
    from .measure import measure_in_turn
    from .ranking import ranking_asks
    from .register import register_asks
    from .reviews import review_asks
    from .seed import seed
    from .sign_offs import sign_off_asks

    _open_database(f"bench_{size}")
    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    seed(size)
    print(f"{size:,} initiatives seeded in {time.perf_counter() - began:.1f} s", file=sys.stderr)
    cache.clear()
    client, bare = Client(), Client()
    person = User.objects.get(email="office@example.org")
    for each in (client, bare):
        each.force_login(person)
    with override_settings(MIDDLEWARE=floor.MIDDLEWARE):
        bare.handler.load_middleware()
    floors = {
        "floor": lambda n: bare.get("/floor/"),
        "API list floor": lambda n: bare.get("/floor/api/"),
        "API create floor": floor_create(bare),
    }
    of_gates = sign_off_asks() | review_asks()
    return measure_in_turn(
        floors | register_asks(client) | ranking_asks(client) | duplicate_asks() | api_asks() | of_gates
    )


def floor_of(name: str) -> str:
    """What a request is compared with."""
    if not name.startswith("API"):
        return "floor"
    return "API create floor" if "create" in name else "API list floor"


def _open_database(name: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    connection.close()
    connection.settings_dict["NAME"] = name


def _report(sizes: list[int], results: list[dict[str, Any]]) -> str:
    small, large = results[0], results[-1]
    head = ["page", *(f"{size:,}: median, p95, CPU ms" for size in sizes), "queries", "ratio to floor", "growth"]
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    for name in large:
        figures = [f"{each[name].median:.1f}, {each[name].p95:.1f}, {each[name].cpu:.1f}" for each in results]
        ratio = f"{large[name].median / large[floor_of(name)].median:.1f}"
        growth = f"{large[name].median / small[name].median:.2f}"
        lines.append(f"| {' | '.join([name, *figures, str(large[name].queries), ratio, growth])} |")
    return "\n".join(lines)


def _import_seconds() -> str:
    """How long the sample portfolio takes to come in."""
    from django.core.management import call_command

    from .seed import SAMPLE

    _open_database("bench_import")
    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    call_command("import_initiatives", str(SAMPLE), preset="omb-2024", stdout=StringIO())
    return f"\nImport of {Path(SAMPLE).name}: {time.perf_counter() - began:.1f} s"


if __name__ == "__main__":
    main()
