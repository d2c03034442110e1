from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from aiso import clock
from aiso.accounts.models import User

from ..export import MOST_XLSX, Sheet, csv_lines, xlsx_bytes
from ..register import Register
from .selection import selected

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def register_export(request: HttpRequest) -> HttpResponseBase:
    """What the register shows, or what is selected, as a file. `columns=all` gives every column."""
    assert isinstance(request.user, User)
    asked = request.POST if request.method == "POST" else request.GET
    register = Register(request.user, request.GET)
    rows = selected(request.user, request.POST) if request.method == "POST" else register.matching
    sheet = Sheet(rows, register.columns, user=request.user, everything=asked.get("columns") == "all")
    name = f"register-{clock.today().isoformat()}"
    if asked.get("format") == "csv":
        response: HttpResponseBase = StreamingHttpResponse(csv_lines(sheet), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return response
    if rows.count() > MOST_XLSX:
        messages.error(request, f"Excel files hold up to {MOST_XLSX:,} initiatives. Filter first, or take CSV.")
        return redirect(f"{request.path.removesuffix('export/')}?{request.GET.urlencode()}")
    response = HttpResponse(xlsx_bytes(sheet), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
