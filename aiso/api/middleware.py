"""Errors below /api/ that no endpoint made: unknown addresses, broken requests, faults in the code."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from .problems import BY_STATUS, MEDIA_TYPE, problem_body
from .rendering import as_json

API = "/api/"
SAFE = ("GET", "HEAD", "OPTIONS")


class ProblemMiddleware:
    """Gives every error below /api/ the one form that errors have there. Stands first, to see all of them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith(API):
            return response
        if response.status_code in (301, 308) and request.method not in SAFE:
            # Whoever followed it would send the body nowhere.
            return _problem("not-found", "Addresses of the API end with a slash.")
        if response.status_code < 400 or response.headers.get("Content-Type", "").startswith(MEDIA_TYPE):
            return response
        return _problem(BY_STATUS.get(response.status_code, "error"))


def _problem(slug: str, detail: str = "") -> HttpResponse:
    body = problem_body(slug, detail)
    return HttpResponse(as_json(body), status=body["status"], content_type=MEDIA_TYPE)
