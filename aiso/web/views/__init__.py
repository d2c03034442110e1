from .errors import bad_request, csrf_failure, page_not_found, permission_denied, server_error
from .health import health_alive, health_ready
from .pages import administration, counts_show, home, preferences_save, search

__all__ = [
    "administration",
    "bad_request",
    "counts_show",
    "csrf_failure",
    "health_alive",
    "health_ready",
    "home",
    "page_not_found",
    "permission_denied",
    "preferences_save",
    "search",
    "server_error",
]
