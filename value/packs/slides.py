"""A pack as slides: a title, one slide a figure with a chart that PowerPoint edits, and the definitions."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Inches, Pt

from .pdf import chart_told
from .told import Kept, amount_of

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
LEFT, WIDE = Inches(0.6), Inches(12.13)
# The slide of a title alone, in the blank presentation that python-pptx begins with.
TITLE_ONLY = 5
BLUE, QUIET, INK = RGBColor(0x00, 0x72, 0xB2), RGBColor(0x55, 0x5E, 0x6D), RGBColor(0x1B, 0x21, 0x2B)
FORMATS = {"share": "0.0%", "money": "#,##0", "days": "0.#", "count": "0", "points": "0.00"}
# Definitions of one slide.
A_SLIDE = 4


def pptx_bytes(kept: Kept, made_at: datetime) -> bytes:
    """Sixteen to nine."""
    show = Presentation()
    show.slide_width, show.slide_height = WIDTH, HEIGHT
    show.core_properties.title, show.core_properties.author = kept["title"], "AI Scaling Office"
    show.core_properties.language = "en"
    show.core_properties.created = show.core_properties.modified = made_at.astimezone(UTC).replace(tzinfo=None)
    _opening(show, kept)
    for figure in kept["figures"]:
        _figure(show, kept, figure)
    told = kept["definitions"]
    for start in range(0, len(told), A_SLIDE):
        _definitions(show, kept, told[start : start + A_SLIDE], is_more=start > 0)
    out = BytesIO()
    show.save(out)
    return out.getvalue()


def _opening(show: Any, kept: Kept) -> None:
    slide = _slide(show, kept, kept["title"])
    said = f"{kept['scope']}. {kept['window']}, beside {kept['before']}. Money in {kept['currency']}."
    _text(slide, said, top=1.15, height=0.5, size=16, colour=QUIET)
    rows = [["Figure", "This window", "Window before", "Target", "What it says"]]
    rows += [[each["title"], each["value"], *_beside(each), each["sentence"]] for each in kept["figures"]]
    _table(slide, rows, top=1.9, widths=(2.5, 1.8, 1.8, 1.5, 4.53), size=13, row=0.72)


def _beside(figure: Kept) -> tuple[str, str]:
    """The window before with the change since, and the target with how the figure stands."""
    pairs = ((figure["before"], figure["change"]), (figure["target"], figure["standing"].lower()))
    before, target = (", ".join(filter(None, pair)) for pair in pairs)
    return before, target


def _figure(show: Any, kept: Kept, figure: Kept) -> None:
    slide = _slide(show, kept, figure["title"])
    _text(slide, f"{figure['sentence']} {figure['note']}".strip(), top=1.1, height=0.6, size=16)
    if figure["trend"]["points"]:
        _chart(slide, figure)
    rows = [[kept["window"], "This window", "Window before"]]
    rows += [[each["label"], each["now_text"], each["before_text"]] for each in figure["lines"]]
    rows.append(["Target", figure["target"] or "–", figure["standing"]])
    _table(slide, rows, top=1.8, left=7.5, widths=(2.63, 1.3, 1.3), size=10.5, row=0.33)
    _text(slide, f"What it means: {figure['definition']}", top=5.95, height=0.85, size=11, colour=QUIET)


def _definitions(show: Any, kept: Kept, told: Iterable[Kept], *, is_more: bool) -> None:
    slide = _slide(show, kept, "Definitions, continued" if is_more else "Definitions")
    rows = [["Word", "What it means"], *([each["term"], each["text"]] for each in told)]
    _table(slide, rows, top=1.2, widths=(2.6, 9.53), size=12, row=0.9)


def _slide(show: Any, kept: Kept, title: str) -> Any:
    """A slide with its title, and on each what the figures are pinned to."""
    slide = show.slides.add_slide(show.slide_layouts[TITLE_ONLY])
    head = slide.shapes.title
    head.left, head.top, head.width, head.height = LEFT, Inches(0.35), WIDE, Inches(0.75)
    head.text_frame.text = title
    head.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    line = head.text_frame.paragraphs[0]
    line.alignment = PP_ALIGN.LEFT
    line.font.size, line.font.bold, line.font.color.rgb = Pt(28), True, INK
    _text(slide, kept["pins"], top=6.95, height=0.35, size=10, colour=QUIET)
    return slide


def _text(slide: Any, text: str, *, top: float, height: float, size: float, colour: Any = INK) -> None:
    frame = slide.shapes.add_textbox(LEFT, Inches(top), WIDE, Inches(height)).text_frame
    frame.word_wrap = True
    frame.text = text
    font = frame.paragraphs[0].font
    font.size, font.color.rgb = Pt(size), colour


def _table(
    slide: Any,
    rows: Sequence[Sequence[str]],
    *,
    top: float,
    widths: Sequence[float],
    size: float,
    row: float,
    left: float = 0.6,
) -> None:
    """`row` is the least height of a row, in inches as all lengths."""
    place = (Inches(left), Inches(top), Inches(sum(widths)), Inches(row * len(rows)))
    table = slide.shapes.add_table(len(rows), len(widths), *place).table
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Inches(width)
    for line, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(line.cells, cells, strict=True):
            cell.text = text
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            cell.margin_top = cell.margin_bottom = Inches(0.03)
            cell.text_frame.paragraphs[0].font.size = Pt(size)


def _chart(slide: Any, figure: Kept) -> None:
    """A native chart, whose figures open as a sheet. What is no data stays empty."""
    trend, told = figure["trend"], CategoryChartData(number_format=FORMATS[figure["trend"]["kind"]])
    told.categories = [point["label"] for point in trend["points"]]
    values = [amount_of(point["value"]) for point in trend["points"]]
    told.add_series(figure["title"], [None if value is None else float(value) for value in values])
    kind = XL_CHART_TYPE.COLUMN_CLUSTERED if trend["is_column"] else XL_CHART_TYPE.LINE_MARKERS
    frame = slide.shapes.add_chart(kind, LEFT, Inches(1.8), Inches(6.7), Inches(4.1), told)
    # python-pptx has no name for the alternative text.
    frame._element.nvGraphicFramePr.cNvPr.set("descr", chart_told(figure))
    _look(frame.chart, is_column=trend["is_column"])


def _look(chart: Any, *, is_column: bool) -> None:
    chart.has_legend = chart.has_title = False
    chart.font.size = Pt(10)
    chart.value_axis.has_major_gridlines = False
    chart.value_axis.visible = False
    plot = chart.plots[0]
    plot.has_data_labels = True
    plot.data_labels.position = XL_LABEL_POSITION.OUTSIDE_END if is_column else XL_LABEL_POSITION.ABOVE
    plot.data_labels.number_format_is_linked = True
    series = plot.series[0]
    if is_column:
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = BLUE
        series.invert_if_negative = False
    else:
        series.smooth = False
        series.format.line.color.rgb = BLUE
        series.marker.format.fill.solid()
        series.marker.format.fill.fore_color.rgb = BLUE
