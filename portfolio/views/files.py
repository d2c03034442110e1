"""Answering with a file: what a list shows, as CSV or Excel, named after the list and the day."""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from aiso import clock

from ..export import MOST_XLSX, Written, csv_lines, xlsx_bytes

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def asked_file(
    request: HttpRequest,
    sheet: Written,
    count: Callable[[], int],
    query: str,
    *,
    of: str = "rows",
    refused: Sequence[str] = (),
) -> HttpResponseBase:
    """A list as the file that is asked for at its `export/`: CSV, or Excel, unless its `count` is too high for that;
    then the list, at its `query`, says so. So it does where some of the address is `refused`: a file would not.
    """
    if refused:
        asked = request.GET.copy()
        asked.pop("format", None)
        return redirect(f"{request.path.removesuffix('export/')}?{asked.urlencode()}")
    if request.GET.get("format") == "csv":
        return csv_file(sheet)
    if count() > MOST_XLSX:
        messages.error(request, f"Excel files hold up to {MOST_XLSX:,} {of}. Filter first, or take CSV.")
        return redirect(f"{request.path.removesuffix('export/')}{query}")
    return xlsx_file(sheet)


def csv_file(sheet: Written, name: str = "") -> HttpResponseBase:
    """Streamed line by line."""
    response = StreamingHttpResponse(csv_lines(sheet), content_type="text/csv; charset=utf-8")
    return _named(response, name or _dated(sheet), "csv")


def xlsx_file(sheet: Written, name: str = "") -> HttpResponseBase:
    return _named(HttpResponse(xlsx_bytes(sheet), content_type=XLSX), name or _dated(sheet), "xlsx")


def _dated(sheet: Written) -> str:
    return f"{sheet.title.lower()}-{clock.today().isoformat()}"


def _named(response: HttpResponseBase, name: str, ending: str) -> HttpResponseBase:
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response
