"""A pack as a workbook: all figures, their trends, a sheet for each, and the definitions.

Words are text cells, so that nothing in them runs; values are numbers, as far as a cell holds them exactly.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from .pdf import chart_told
from .told import Kept, amount_of

FORMATS = {"share": "0.0%", "money": "#,##0.00", "days": "0.0", "count": "#,##0", "points": "0.00"}
# A cell holds fifteen digits exactly: amounts in cents below this; greater ones stand as text.
EXACT_BELOW = 10**13
# Characters of a sheet's name.
LONGEST_NAME = 31
HEAD = 5


def xlsx_bytes(kept: Kept, made_at: datetime) -> bytes:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        created = made_at.astimezone(UTC).replace(tzinfo=None)
        book.set_properties({"title": kept["title"], "author": "AI Scaling Office", "created": created})
        sheets = Sheets(book, kept)
        sheets.figures()
        sheets.trends()
        for figure in kept["figures"]:
            sheets.figure(figure)
        sheets.definitions()
    return out.getvalue()


class Sheets:
    """The sheets of one workbook, each with what its figures are pinned to on top."""

    def __init__(self, book: Any, kept: Kept) -> None:
        self.book, self.kept = book, kept
        self.bold = book.add_format({"bold": True})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.formats = {kind: book.add_format({"num_format": told}) for kind, told in FORMATS.items()}

    def figures(self) -> None:
        """Every value of every figure, in one table."""
        heads = ["Figure", "Value", "This window", "Window before", "Target", "Standing"]
        page = self._page("Figures", heads, (34, 46, 18, 18, 18, 18))
        lines = [(figure, line) for figure in self.kept["figures"] for line in figure["lines"]]
        for number, (figure, line) in enumerate(lines, start=HEAD):
            self._words(page, number, [figure["title"], line["label"]])
            self._value(page, number, 2, line["kind"], line["now"])
            self._value(page, number, 3, line["kind"], line["before"])
            if line is figure["lines"][0]:
                page.write_string(number, 4, figure["target"])
                page.write_string(number, 5, figure["standing"])

    def trends(self) -> None:
        """A column a figure, a row a window, named by its last day."""
        drawn = [each for each in self.kept["figures"] if each["trend"]["points"]]
        page = self._page("Trends", ["Window until", *(each["title"] for each in drawn)], (16, *(24 for _ in drawn)))
        for column, figure in enumerate(drawn, start=1):
            for number, point in enumerate(figure["trend"]["points"], start=HEAD):
                page.write_string(number, 0, point["day"])
                self._value(page, number, column, figure["trend"]["kind"], point["value"])

    def figure(self, figure: Kept) -> None:
        """One figure: its values, its windows with a chart, what it says and what it means."""
        page = self._page(figure["title"], ["Value", "This window", "Window before"], (40, 20, 20))
        number = HEAD
        for line in figure["lines"]:
            self._words(page, number, [line["label"]])
            self._value(page, number, 1, line["kind"], line["now"])
            self._value(page, number, 2, line["kind"], line["before"])
            number += 1
        if figure["trend"]["points"]:
            number = self._windows(page, figure, number + 1)
        for told in filter(None, (figure["sentence"], figure["note"], figure["definition"])):
            number += 1
            page.merge_range(number, 0, number, 2, "", self.wrapped)
            page.write_string(number, 0, told, self.wrapped)
            page.set_row(number, 62)

    def definitions(self) -> None:
        page = self._page("Definitions", ["Word", "What it means"], (34, 110))
        for number, each in enumerate(self.kept["definitions"], start=HEAD):
            page.write_string(number, 0, each["term"], self.wrapped)
            page.write_string(number, 1, each["text"], self.wrapped)

    def _windows(self, page: Any, figure: Kept, row: int) -> int:
        """The trend as rows and as a chart beside them; returns the row after them."""
        self._words(page, row, ["Window until", figure["title"]], self.bold)
        points, first = figure["trend"]["points"], row + 1
        for number, point in enumerate(points, start=first):
            page.write_string(number, 0, point["day"])
            self._value(page, number, 1, figure["trend"]["kind"], point["value"])
        last, named = row + len(points), page.get_name()
        chart = self.book.add_chart({"type": "column" if figure["trend"]["is_column"] else "line"})
        places = {"categories": [named, first, 0, last, 0], "values": [named, first, 1, last, 1]}
        chart.add_series(places | {"marker": {"type": "circle"}})
        chart.set_title({"name": figure["title"]})
        chart.set_legend({"none": True})
        page.insert_chart(HEAD - 1, 4, chart, {"description": chart_told(figure)})
        return last + 1

    def _page(self, name: str, heads: Sequence[str], widths: Sequence[float]) -> Any:
        page, kept = self.book.add_worksheet(name[:LONGEST_NAME]), self.kept
        days = f"{kept['window']}, beside {kept['before']}. Money in {kept['currency']}."
        for column, width in enumerate(widths):
            page.set_column(column, column, width)
        page.write_string(0, 0, kept["title"], self.bold)
        page.write_string(1, 0, kept["pins"])
        page.write_string(2, 0, days)
        self._words(page, HEAD - 1, heads, self.bold)
        page.freeze_panes(HEAD, 1)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        # Ampersands are orders in a footer.
        page.set_footer(f"&L{kept['pins'].replace('&', '&&')[:200]}&R&P / &N")
        return page

    def _words(self, page: Any, number: int, cells: Sequence[str], style: Any = None) -> None:
        for column, cell in enumerate(cells):
            page.write_string(number, column, cell, style)

    def _value(self, page: Any, number: int, column: int, kind: str, text: str | None) -> None:
        """An empty cell is no data."""
        value = amount_of(text)
        if value is None or text is None:
            return
        if abs(value) < EXACT_BELOW:
            page.write_number(number, column, float(value), self.formats[kind])
        else:
            page.write_string(number, column, text)
