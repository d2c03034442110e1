"""How every tab of the initiative page is drawn: as a whole page, or alone for the script that swaps it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from aiso.web.htmx import add_trigger, htmx_of, wants_partial

from ..page import InitiativePage

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


def target_of(request: HttpRequest) -> str:
    """The id of the place that htmx wants to fill; empty for a whole page."""
    htmx = htmx_of(request)
    return (htmx.target or "") if htmx is not None and wants_partial(request) else ""
