"""Sign-in and messages for requests that htmx makes."""

from collections.abc import Callable

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.request import QueryDict
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect

from .htmx import add_trigger, htmx_of, toast_of


class DecentRequestMiddleware:
    """Turns away what no page of ours sends: a NUL in the address, or a body beyond any upload that is allowed.

    First of all, because later middleware reads the body before it knows who sends it.
    """

    # Bytes: a file may have 25 MB, and a form comes with it.
    LARGEST_BODY = 30 * 1024 * 1024

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.path:
            return HttpResponse("This address makes no sense.", status=400, content_type="text/plain")
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > self.LARGEST_BODY:
            return HttpResponse("This is more than can be uploaded at once.", status=413, content_type="text/plain")
        return self.get_response(request)


class SignInMiddleware(LoginRequiredMiddleware):
    """Pages are closed unless they say otherwise, and an expired session's fragment becomes a whole sign-in page."""

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        htmx = htmx_of(request)
        if htmx is None:
            return super().handle_no_permission(request, view_func)
        # Otherwise the sign-in page would land inside the fragment's place.
        back = QueryDict(mutable=True)
        back[self.get_redirect_field_name(view_func)] = htmx.current_url_abs_path or "/"
        return HttpResponseClientRedirect(f"{resolve_url(self.get_login_url(view_func))}?{back.urlencode(safe='/')}")


class ToastMiddleware:
    """Hands the messages of an htmx answer to the page's script; a whole page shows them itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        htmx = htmx_of(request)
        whole_page = htmx is None or htmx.history_restore_request
        if not whole_page and not self._moves_on(response):
            waiting = [toast_of(message) for message in get_messages(request)]
            if waiting:
                add_trigger(response, "toasts", waiting)
        return response

    @staticmethod
    def _moves_on(response: HttpResponse) -> bool:
        """Whether another page follows, which will show the messages."""
        leads_away = ("HX-Redirect", "HX-Refresh", "HX-Location")
        return 300 <= response.status_code < 400 or any(name in response.headers for name in leads_away)
