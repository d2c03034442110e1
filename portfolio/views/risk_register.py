"""Risks over the whole portfolio."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from aiso.accounts.signed_in import signed_in

from ..export import MOST_XLSX
from ..risk_register import RiskRegister
from .files import csv_file, xlsx_file


@require_safe
def risk_list(request: HttpRequest) -> HttpResponse:
    """What may happen, and is it more than we bear?"""
    return render(request, "portfolio/risks.html", {"register": RiskRegister(signed_in(request), request.GET)})


@require_safe
def risk_export(request: HttpRequest) -> HttpResponseBase:
    """What the page shows, all of it, as a file."""
    register = RiskRegister(signed_in(request), request.GET)
    if request.GET.get("format") == "csv":
        return csv_file(register)
    if register.count > MOST_XLSX:
        messages.error(request, f"Excel files hold up to {MOST_XLSX:,} rows. Filter first, or take CSV.")
        return redirect(f"{request.path.removesuffix('export/')}{register.address()}")
    return xlsx_file(register)
