"""The initiative page itself, its preview in the register, and taking one's last change back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.errors import DomainError
from aiso.once import read_once
from aiso.web.htmx import wants_partial

from ..page import page_for, visible_initiative
from ..undo import undo
from .initiative_tab import show_tab


@require_safe
def initiative_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Where does it stand and what is missing?"""
    page = page_for(request, pk)
    canonical = page.initiative.get_absolute_url()
    if request.path != canonical:
        return redirect(canonical)
    with read_once():
        return show_tab(request, page, "portfolio/initiative_overview.html")


@require_safe
def initiative_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The page in short, for the drawer beside the register."""
    page = page_for(request, pk)
    if not wants_partial(request):
        return redirect(page.initiative)
    page.address = page.initiative.get_absolute_url()
    return render(request, "portfolio/initiative_preview.html", {"page": page, "initiative": page.initiative})


@require_POST
def initiative_undo(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Take one's own last change back."""
    initiative = visible_initiative(request, pk)
    try:
        undo(initiative, signed_in(request), key)
    except DomainError as error:
        if request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
            # The page's script asks in the background, and says itself that it failed.
            return HttpResponse(str(error), status=409, content_type="text/plain")
        messages.error(request, str(error))
    else:
        messages.success(request, "Taken back.")
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if is_ours else initiative.get_absolute_url())
