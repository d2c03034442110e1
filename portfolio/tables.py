"""The columns of the register. Each draws its cell from the initiative alone, for screen, board and inline edit.

django-tables2 keeps the columns, their order and choice. Cells are drawn by `Cell.draw` instead of its
accessors, which look up field and signature anew for every cell: that was half of the page's time.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from aiso.web import figures, markup

from .actions.edit_initiative import CLASSIFYING
from .facts import WHO_SEES_MONEY
from .gate_columns import gates_told, tell_gates
from .lane_words import lane_reason
from .levels import highest_level
from .models import Initiative
from .models.initiative import STABLE_DAYS

type Draw = Callable[[Initiative], Any]
type Fetch = Callable[[Sequence[Initiative]], None]

# Shown unless an address chooses others; the order is the table's.
STANDING = ("name", "unit", "stage", "days", "owners", "risk", "lane", "bucket", "priority")


class Cell(tables.Column):  # type: ignore[misc]
    """A column. `sort` names its order, `edit` the field that its cell edits in place, `of` what it exports.

    `is_money` holds its value back from those who may not see the money of a row. `fetch` reads, for all rows at
    once, what the column needs beside them; `needs` is what comes with them.
    """

    def __init__(
        self,
        label: str,
        draw: Draw,
        *,
        of: Draw | None = None,
        sort: str = "",
        edit: str = "",
        css: str = "",
        needs: tuple[str, ...] = (),
        term: str = "",
        is_money: bool = False,
        fetch: Fetch | None = None,
    ) -> None:
        super().__init__(verbose_name=label, orderable=bool(sort), empty_values=())
        self.is_money, self.fetch = is_money, fetch
        self.draw, self.of, self.sort, self.edit, self.css, self.needs, self.term = (
            draw,
            of or draw,
            sort,
            edit,
            css,
            needs,
            term,
        )


def _chosen(field: str) -> Draw:
    """The label of a field with choices."""
    display = f"get_{field}_display"
    return lambda row: getattr(row, display)()


def _named(field: str) -> Draw:
    """The name of what a foreign key points to."""
    return lambda row: getattr(row, field) or ""


def _listed(field: str) -> Draw:
    """The names of a set, which must have been fetched with the rows."""
    return lambda row: ", ".join(str(entry) for entry in getattr(row, field).all())


def _yes_no(field: str) -> Draw:
    words = {True: "Yes", False: "No", None: ""}
    return lambda row: words[getattr(row, field)]


def _name(row: Initiative) -> SafeString:
    lock = markup.icon("lock") if row.is_confidential else ""
    return format_html('<a href="{}" data-open>{}{}</a>', row.get_absolute_url(), lock, row.name)


def _unit(row: Initiative) -> SafeString:
    short = row.unit.short_name or row.unit.name
    return format_html('<span class="clip" title="{}">{}</span>', row.unit.name, short)


def _clipped(told: object) -> SafeString | str:
    """A long text in one line, whole on hover."""
    return format_html('<span class="clip" title="{}">{}</span>', told, told) if told else ""


def _owners(row: Initiative) -> SafeString:
    held = [getattr(row, f"{owner}_id") is not None for owner in ("business_owner", "technical_owner", "risk_owner")]
    return markup.owners(*held, row.owner_days, STABLE_DAYS)


def _owners_missing(row: Initiative) -> str:
    """For files, where letters and colours say nothing."""
    return ", ".join(f"no {kind} owner" for kind in row.missing_owners) or "complete"


def _priority(row: Initiative) -> SafeString:
    score = None if row.priority is None else float(row.priority)
    return markup.priority(score, tuple(row.priority_parts))


def _lane(row: Initiative) -> SafeString:
    """The lane, with the condition that keeps it in the full one on hover and for those who listen."""
    return _lane_html(str(row.get_lane_display()), lane_reason(row))


@lru_cache(maxsize=256)
def _lane_html(lane: str, reason: str) -> SafeString:
    if not reason:
        return format_html("{}", lane)
    return format_html('<span title="{}">{}<span class="visually-hidden">: {}</span></span>', reason, lane, reason)


def _autonomy(row: Initiative) -> str:
    """The boldest level among its decisions, which must have been fetched with the rows."""
    level = highest_level(row.decision_classes.all())
    return str(level.label) if level else ""


def _autonomy_link(row: Initiative) -> SafeString | str:
    """The same, leading to the decisions."""
    level = _autonomy(row)
    return format_html('<a href="{}decisions/#tab">{}</a>', row.get_absolute_url(), level) if level else ""


def _amount(row: Initiative) -> SafeString | str:
    return "" if row.requested_amount is None else markup.money(row.requested_amount)


@cache
def _withheld() -> SafeString:
    """The cell of a sum that the person may not see: empty, and as wide as the column for its title."""
    return format_html(
        '<span class="d-block" title="{}"><span class="visually-hidden">Not shown to you</span>{}</span>',
        WHO_SEES_MONEY,
        "\N{NO-BREAK SPACE}",
    )


def _next_gate(row: Initiative) -> SafeString | str:
    told = gates_told(row)
    return format_html('<a href="{}">{}</a>', told.url, told.gate) if told.url else told.gate


def _review_in_files(row: Initiative) -> str:
    return gates_told(row).review.replace(figures.NBSP, " ")


def _days(row: Initiative) -> str:
    return "" if row.days_in_stage is None else figures.number(row.days_in_stage)


class RegisterTable(tables.Table):  # type: ignore[misc]
    """The register's columns in their order. The reference stands first always."""

    name = Cell("Initiative", _name, of=lambda row: row.name, sort="name", css="name", needs=())
    unit = Cell("Unit", _unit, of=_named("unit"), edit="unit", css="opt-col mid-col", needs=("unit",))
    stage = Cell("Stage", lambda row: markup.stage_chip(row.stage), of=_chosen("stage"), sort="stage")
    days = Cell("Days", _days, of=lambda row: row.days_in_stage, sort="days", css="n opt-col wide-col")
    owners = Cell("Owners", _owners, of=_owners_missing, edit="owners", css="opt-col", term="Stable owner")
    business_owner = Cell("Business owner", _named("business_owner"), edit="owners", needs=("business_owner",))
    technical_owner = Cell("Technical owner", _named("technical_owner"), edit="owners", needs=("technical_owner",))
    risk_owner = Cell("Risk owner", _named("risk_owner"), edit="owners", needs=("risk_owner",))
    risk = Cell(
        "Risk", lambda row: markup.risk_level(row.risk_tier), of=_chosen("risk_tier"), sort="risk", term="Risk tier"
    )
    lane = Cell("Lane", _lane, of=_chosen("lane"), css="opt-col mid-col", term="Lane")
    risk_set_by = Cell(
        "Tier set by",
        lambda row: _clipped(row.risk_tier_set_by),
        of=_named("risk_tier_set_by"),
        needs=("risk_tier_set_by",),
    )
    ai_act = Cell("EU AI Act", _chosen("ai_act_class"))
    bucket = Cell("Bucket", _named("bucket"), edit="bucket", css="opt-col roomy-col", needs=("bucket",))
    workflow = Cell("Workflow", _named("workflow"), edit="workflow", needs=("workflow",))
    objective = Cell("Objective", _named("objective"), edit="objective", needs=("objective",))
    type = Cell("Use-case type", _named("use_case_type"), edit="use_case_type", needs=("use_case_type",))
    jurisdictions = Cell("Jurisdictions", _listed("jurisdictions"), edit="jurisdictions", needs=("jurisdictions*",))
    tools = Cell("Tools", _listed("tools"), edit="tools", needs=("tools*",))
    tags = Cell("Tags", _listed("tags"), edit="tags", needs=("tags*",))
    autonomy = Cell(
        "Highest autonomy", _autonomy_link, of=_autonomy, needs=("decision_classes*",), term="Autonomy level"
    )
    money = Cell(
        "Money asked for",
        _amount,
        of=lambda row: row.requested_amount,
        edit="requested_amount",
        css="n opt-col",
        is_money=True,
    )
    data = Cell("Data", _chosen("data_sensitivity"), edit="data_sensitivity")
    employees = Cell("Employees", _chosen("employee_effect"), edit="employee_effect")
    customers = Cell("Customer-facing", _yes_no("is_customer_facing"), edit="is_customer_facing")
    rights = Cell("Rights-impacting", _yes_no("is_rights_impacting"), edit="is_rights_impacting")
    safety = Cell("Safety-impacting", _yes_no("is_safety_impacting"), edit="is_safety_impacting")
    source = Cell("Source", lambda row: row.source)
    external_id = Cell("External ID", lambda row: row.external_id)
    changed = Cell(
        "Changed",
        lambda row: markup.time_tag(row.changed_at),
        of=lambda row: row.changed_at,
        sort="changed",
        css="opt-col",
    )
    priority = Cell(
        "Priority", _priority, of=lambda row: row.priority, sort="priority", edit="priority", css="n opt-col"
    )

    # Gates come in the order of the stages.
    next_gate = Cell("Next gate", _next_gate, of=lambda row: gates_told(row).gate, sort="stage", fetch=tell_gates)
    review = Cell("Review state", lambda row: gates_told(row).review, of=_review_in_files, fetch=tell_gates)

    class Meta:
        orderable = False


COLUMNS: dict[str, Cell] = dict(RegisterTable.base_columns)
EDITED_BY_OFFICE = frozenset(name for name, cell in COLUMNS.items() if cell.edit)
EDITED_BY_OWNERS = frozenset(name for name in EDITED_BY_OFFICE if COLUMNS[name].edit not in CLASSIFYING)


def chosen_columns(names: list[str]) -> list[str]:
    """The columns that an address asks for, in the table's order; the standing ones when it asks for none."""
    wanted = {name for name in names if name in COLUMNS} or {*STANDING}
    return [name for name in COLUMNS if name in wanted or name == "name"]


def fetch_for(rows: Sequence[Initiative], columns: Iterable[str]) -> None:
    """Read what columns need beside the rows, once for all of them."""
    for fetch in dict.fromkeys(COLUMNS[name].fetch for name in columns):
        if fetch:
            fetch(rows)


def cell_html(initiative: Initiative, column: str, *, sees_money: bool) -> SafeString:
    """What a column shows of one initiative, editable in place where the column is."""
    cell = COLUMNS[column]
    if cell.is_money and not sees_money:
        return _withheld()
    fetch_for([initiative], [column])
    drawn = cell.draw(initiative)
    if not cell.edit:
        return format_html("{}", drawn)
    return _editable(_edit_address(initiative, cell.edit, column), drawn)


def rows_html(
    initiatives: list[Initiative],
    columns: list[str],
    *,
    may_edit: Callable[[Initiative], bool],
    may_classify: Callable[[Initiative], bool],
    sees_money: Callable[[Initiative], bool],
) -> SafeString:
    """The body of the register. One string built cell by cell, because fifty rows of includes are slow."""
    drawing = [(COLUMNS[name], name, _opening(name)) for name in columns]
    rows = (
        _row_html(row, drawing, _editables(row, may_edit, may_classify), sees_money=sees_money(row))
        for row in initiatives
    )
    return SafeString("".join(rows))


def _editables(row: Initiative, may_edit: Callable[..., bool], may_classify: Callable[..., bool]) -> frozenset[str]:
    """The columns of a row that the person may edit in place."""
    return EDITED_BY_OFFICE if may_classify(row) else EDITED_BY_OWNERS if may_edit(row) else frozenset()


def _row_html(
    row: Initiative, drawing: list[tuple[Cell, str, str]], editable: frozenset[str], *, sees_money: bool
) -> str:
    reference = row.reference
    cells = []
    for cell, name, opening in drawing:
        drawn = _withheld() if cell.is_money and not sees_money else cell.draw(row)
        if name in editable:
            drawn = _editable(_edit_address(row, cell.edit, name), drawn)
        elif not isinstance(drawn, SafeString):
            drawn = format_html("{}", drawn)
        cells.append(f"{opening}{drawn}</{'th' if name == 'name' else 'td'}>")
    preview = f"{row.get_absolute_url()}preview/"
    return (
        f'<tr data-row id="row-{row.pk}">'
        f'<td><label class="hit"><input type="checkbox" class="form-check-input" name="pk" value="{row.pk}"'
        f' form="selection" data-select aria-label="Select {reference}"></label></td>'
        f'<td class="ref"><a href="{row.get_absolute_url()}" hx-get="{preview}" hx-target="#drawer" hx-swap="innerHTML"'
        f' aria-label="Preview {reference}">{reference}</a></td>{"".join(cells)}</tr>'
    )


def _opening(name: str) -> str:
    """The start of a cell. On a phone rows fold, so a column that is not always there brings its label."""
    css = COLUMNS[name].css
    if name == "name":
        return f'<th scope="row" class="{css}">'
    label = "" if name in STANDING else format_html(' data-l="{}"', COLUMNS[name].verbose_name)
    return f'<td class="{css}"{label}>' if css else f"<td{label}>"


def _editable(address: str, drawn: Any) -> SafeString:
    shown = drawn if drawn not in ("", None) else mark_safe('<span class="mute" aria-label="Not set">–</span>')
    return format_html('<a class="ed" href="{}" hx-get="{}">{}</a>', address, address, shown)


def _edit_address(initiative: Initiative, field: str, column: str) -> str:
    return f"{initiative.get_absolute_url()}edit/{field}/?place=cell&column={column}"
