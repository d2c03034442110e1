"""Answering with a file: what a list shows, as CSV or Excel, named after the list and the day."""

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from aiso import clock

from ..export import Written, csv_lines, xlsx_bytes

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
