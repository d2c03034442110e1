"""Answering with a file: what a list shows, as CSV or Excel, named after the list and the day."""

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from aiso import clock

from ..export import Written, csv_lines, xlsx_bytes

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def csv_file(sheet: Written) -> HttpResponseBase:
    """Streamed line by line."""
    return _named(StreamingHttpResponse(csv_lines(sheet), content_type="text/csv; charset=utf-8"), sheet, "csv")


def xlsx_file(sheet: Written) -> HttpResponseBase:
    return _named(HttpResponse(xlsx_bytes(sheet), content_type=XLSX), sheet, "xlsx")


def _named(response: HttpResponseBase, sheet: Written, ending: str) -> HttpResponseBase:
    name = f"{sheet.title.lower()}-{clock.today().isoformat()}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
