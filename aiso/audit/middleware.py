"""The person and the request behind each recorded change."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest
from pghistory.middleware import HistoryMiddleware


class ChangeContextMiddleware(HistoryMiddleware):
    """Stores person, path and request id beside every history row that a request causes.

    An action that was given a reason adds it with `pghistory.context(reason=...)`.
    """

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        return super().get_context(request) | {"request": str(uuid4())}
