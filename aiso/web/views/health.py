"""For whoever runs the product: is it alive, and can it work?"""

from collections.abc import Callable

import structlog
from celery import current_app
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

BROKER_PATIENCE_SECONDS = 2
log = structlog.get_logger(__name__)


class NotReadyError(Exception):
    """A part that the product needs does not answer as it should."""


@require_safe
@never_cache
@login_not_required
def health_alive(request: HttpRequest) -> HttpResponse:
    """The process answers. It asks nobody else, so a lost database does not get it restarted."""
    return JsonResponse({"status": "alive"})


@require_safe
@never_cache
@login_not_required
def health_ready(request: HttpRequest) -> HttpResponse:
    """Whether requests can be served: names what fails and says no more; the log has the rest."""
    checks = {name: _passes(name, check) for name, check in CHECKS.items()}
    ready = all(checks.values())
    answer = {
        "status": "ready" if ready else "not ready",
        "checks": {n: "ok" if ok else "failed" for n, ok in checks.items()},
    }
    return JsonResponse(answer, status=200 if ready else 503)


def _passes(name: str, check: Callable[[], None]) -> bool:
    try:
        check()
    except (DatabaseError, OperationalError, OSError, NotReadyError) as error:
        log.warning("not_ready", check=name, error=str(error))
        return False
    return True


def _database_answers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _broker_answers() -> None:
    with current_app.connection_for_write(connect_timeout=BROKER_PATIENCE_SECONDS) as broker:
        broker.ensure_connection(max_retries=1, timeout=BROKER_PATIENCE_SECONDS)


def _migrations_are_applied() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotReadyError("migrations are waiting")


CHECKS: dict[str, Callable[[], None]] = {
    "database": _database_answers,
    "broker": _broker_answers,
    "migrations": _migrations_are_applied,
}
