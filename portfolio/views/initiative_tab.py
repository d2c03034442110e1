"""How every tab of the initiative page is drawn: as a whole page, or alone for the script that swaps it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from aiso.accounts.signed_in import signed_in
from aiso.web.htmx import add_trigger, htmx_of, wants_partial

from ..models import Initiative
from ..page import InitiativePage
from ..panels import tabs_for

PAGE = "portfolio/initiative.html"


def show_tab(
    request: HttpRequest,
    page: InitiativePage,
    template: str,
    context: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page with `template` as its open tab.

    A deed answers with a redirect to its tab. htmx follows it with the target that it had, so what comes
    back is the tab alone, or, after a dialog, the page in place of the one behind the dialog.
    """
    told = (context or {}) | {"page": page, "initiative": page.initiative, "tab_template": template}
    target = target_of(request)
    if target == "tab":
        return render(request, "portfolio/_swapped_tab.html", told, status=status)
    response = render(request, PAGE, told, status=status)
    if target == "dialog":
        for name, value in {"Retarget": "#main", "Reselect": "#main", "Reswap": "morph:outerHTML"}.items():
            response.headers[f"HX-{name}"] = value
        add_trigger(response, "close-dialog", "")
    return response


def go_on(request: HttpRequest, initiative: Initiative, url_name: str) -> HttpResponse:
    """Where a deed leads: to its tab, or after a dialog to the tab that was open behind it."""
    address = reverse(url_name, args=[initiative.reference])
    if target_of(request) == "dialog" and (htmx := htmx_of(request)):
        behind = (htmx.current_url_abs_path or "").partition("?")[0].partition("#")[0]
        tabs = {reverse(tab.url_name, args=[initiative.reference]) for tab in tabs_for(signed_in(request))}
        address = behind if behind in tabs else address
    return redirect(address)


def target_of(request: HttpRequest) -> str:
    """The id of the place that htmx wants to fill; empty for a whole page."""
    htmx = htmx_of(request)
    return (htmx.target or "") if htmx is not None and wants_partial(request) else ""
