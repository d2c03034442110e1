from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from aiso.accounts.models import User

from ..export import MOST_XLSX, Sheet
from ..register import Register
from .files import csv_file, xlsx_file
from .selection import selected


def register_export(request: HttpRequest) -> HttpResponseBase:
    """What the register shows, or what is selected, as a file. `columns=all` gives every column."""
    assert isinstance(request.user, User)
    asked = request.POST if request.method == "POST" else request.GET
    register = Register(request.user, request.GET)
    rows = selected(request.user, request.POST) if request.method == "POST" else register.matching
    sheet = Sheet(rows, register.columns, user=request.user, everything=asked.get("columns") == "all")
    if asked.get("format") == "csv":
        return csv_file(sheet)
    if rows.count() > MOST_XLSX:
        messages.error(request, f"Excel files hold up to {MOST_XLSX:,} initiatives. Filter first, or take CSV.")
        return redirect(f"{request.path.removesuffix('export/')}?{request.GET.urlencode()}")
    return xlsx_file(sheet)
