"""Links to an initiative that was merged lead on to the one in which it goes on (DESIGN §4)."""

from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve

from aiso.accounts.signed_in import signed_in

from .merging import survivor_of
from .models import Initiative, Stage
from .panels import tabs_for

# What stays with the merged one for the record is read where it is.
STAYING = {"file_download", "plan_version", "plan_export", "release_detail"}


class MergedAway(Exception):  # noqa: N818 (nothing is wrong: it leads on)
    """What was asked for goes on elsewhere: the middleware answers with a redirect."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


class MergedMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return redirect(exception.address) if isinstance(exception, MergedAway) else None


def lead_on(request: HttpRequest, initiative: Initiative) -> None:
    """Raises MergedAway when a merged initiative is read by somebody who sees where it goes on. Whoever does not stays
    on its own page, which never names the other.
    """
    match = request.resolver_match
    if initiative.stage != Stage.MERGED or request.method not in ("GET", "HEAD"):
        return
    if match is None or match.url_name in STAYING:
        return
    if survivor := survivor_of(initiative, signed_in(request)):
        tabs = {tab.url_name for tab in tabs_for(signed_in(request))}
        address = next(_addresses(request.path, survivor, tabs))
        raise MergedAway(f"{address}?merged={initiative.reference}")


def _addresses(path: str, survivor: Initiative, tabs: set[str]) -> Iterator[str]:
    """The same tab of the survivor, else its page. What stands below a tab may have stayed where it was."""
    home = survivor.get_absolute_url()
    parts = path.strip("/").split("/")
    if len(parts) > 2 and _name_of(tab := f"{home}{parts[2]}/") in tabs:
        yield tab
    yield home


def _name_of(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""
