"""Seed two registers, measure, print a Markdown table; then a meeting that two hundred people follow, the ledger and
the dashboard.

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

from .report import open_database, report_of

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
    print(report_of(sizes, results))
    print(_import_seconds())
    print("\nA meeting\n", flush=True)
    # Each on servers of its own, the meeting with a web server before them.
    subprocess.run([sys.executable, "-m", "tests.bench.meeting"], check=True)
    print("\nThe ledger\n", flush=True)
    subprocess.run([sys.executable, "-m", "tests.bench.ledger"], check=True)
    print("\nThe dashboard\n", flush=True)
    subprocess.run([sys.executable, "-m", "tests.bench.dashboard"], check=True)


def _measured(size: int) -> dict[str, Any]:
    """Figures of one size in a database of its own."""
    from django.core.cache import cache
    from django.core.management import call_command
    from django.test import Client

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

    open_database(f"bench_{size}")
    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    seed(size)
    print(f"{size:,} initiatives seeded in {time.perf_counter() - began:.1f} s", file=sys.stderr)
    cache.clear()
    client = Client()
    person = User.objects.get(email="office@example.org")
    client.force_login(person)
    bare = floor.bare_client(person)
    floors = {
        "floor": lambda n: bare.get("/floor/"),
        "API list floor": lambda n: bare.get("/floor/api/"),
        "API create floor": floor_create(bare),
    }
    of_gates = sign_off_asks() | review_asks()
    return measure_in_turn(
        floors | register_asks(client) | ranking_asks(client) | duplicate_asks() | api_asks() | of_gates
    )


def _import_seconds() -> str:
    """How long the sample portfolio takes to come in."""
    from django.core.management import call_command

    from .seed import SAMPLE

    open_database("bench_import")
    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    call_command("import_initiatives", str(SAMPLE), preset="omb-2024", stdout=StringIO())
    return f"\nImport of {Path(SAMPLE).name}: {time.perf_counter() - began:.1f} s"


if __name__ == "__main__":
    main()
