"""Barriers over the whole portfolio."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from aiso.accounts.signed_in import signed_in

from ..barrier_register import BarrierRegister
from ..export import MOST_XLSX
from .files import csv_file, xlsx_file


@require_safe
def barrier_list(request: HttpRequest) -> HttpResponse:
    """What holds us up, and who sees to it?"""
    return render(request, "portfolio/barriers.html", {"register": BarrierRegister(signed_in(request), request.GET)})


@require_safe
def barrier_export(request: HttpRequest) -> HttpResponseBase:
    """What the page shows, all of it, as a file."""
    register = BarrierRegister(signed_in(request), request.GET)
    if request.GET.get("format") == "csv":
        return csv_file(register)
    if register.count > MOST_XLSX:
        messages.error(request, f"Excel files hold up to {MOST_XLSX:,} rows. Filter first, or take CSV.")
        return redirect(f"{request.path.removesuffix('export/')}{register.address()}")
    return xlsx_file(register)
