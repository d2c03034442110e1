"""How the pages of reviews answer htmx: alone in a place of the page, or the page behind a dialog."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from aiso.web.htmx import add_trigger
from portfolio.views.initiative_tab import target_of


def show_page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A whole page. After a deed in a dialog, or in a place of the page, it takes the place of the page behind it."""
    response = render(request, template, context, status=status)
    if target_of(request):
        for name, value in {"Retarget": "#main", "Reselect": "#main", "Reswap": "morph:outerHTML"}.items():
            response.headers[f"HX-{name}"] = value
        add_trigger(response, "close-dialog", "")
    return response


def show_form(request: HttpRequest, template: str, context: dict[str, Any], status: int) -> HttpResponse:
    """A form on a page of its own, or its part alone where htmx asks for it."""
    target = target_of(request)
    part = "#dialog" if target == "dialog" else "#place" if target else ""
    return render(request, f"{template}{part}", context | {"target": target}, status=status)
