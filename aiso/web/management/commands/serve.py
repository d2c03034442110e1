import os
import shutil
import sys
from argparse import ArgumentParser
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from aiso.embedded import locks
from aiso.web.alive import HOST
from aiso.web.supervisor import is_free, supervise

# Megabytes: room for the demo data, its indexes and the write-ahead log.
ROOM_NEEDED = 500


class Command(BaseCommand):
    help = "Bring the database up to date, then run web server, worker and scheduler until Ctrl-C."
    # They cost a second of each start; `make check` runs them.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        port = os.environ.get("PORT") or "8000"
        parser.add_argument("--port", type=int, default=port, help="default: PORT, or 8000")
        parser.add_argument("--demo", action="store_true", help="load the demo portfolio first")

    def handle(self, *, port: int, demo: bool, **options: Any) -> None:
        _require_room()
        with locks.exclusive_if_free(settings.VAR_DIR / "serve.lock") as alone:
            if alone is None:
                raise CommandError(
                    f"{settings.VAR_DIR} is served already: stop that run, or choose another folder for the "
                    "data, e.g. AISO_VAR=var-2 PORT=8001 make demo"
                )
            _require_free(port)
            if _is_behind():
                self.stdout.write("Bringing the database up to date")
                call_command("migrate", verbosity=0)
            welcome = f"\nAI Scaling Office is at http://{HOST}:{port} (Ctrl-C stops it)\n"
            if demo:
                call_command("load_demo", stdout=self.stdout)
                welcome += _demo_signins()
            connections.close_all()
            sys.exit(supervise(port, when_ready=lambda: self.stdout.write(welcome)))


def _require_room() -> None:
    free = shutil.disk_usage(settings.VAR_DIR).free // 2**20
    if free < ROOM_NEEDED:
        raise CommandError(
            f"Only {free} MB are free for {settings.VAR_DIR} and {ROOM_NEEDED} MB are needed: make room, or "
            "choose another disk with AISO_VAR=folder"
        )


def _require_free(port: int) -> None:
    if not is_free(port):
        raise CommandError(f"Port {port} is taken: choose another, e.g. PORT={port + 1} make demo")


def _is_behind() -> bool:
    """`migrate` asks this too, but rebuilds every model's past first, which takes seconds."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _demo_signins() -> str:
    table = StringIO()
    call_command("demo_signins", stdout=table)
    return table.getvalue()
