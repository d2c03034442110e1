"""The register's three faces: table, board and map of the same set."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aiso.accounts.models import User
from aiso.web.htmx import wants_partial

from ..board import board_of
from ..bubbles import bubbles_of
from ..filters import parameters
from ..models import SavedView
from ..permissions import can_register, can_share_views, changes_nothing, money_seen_among, office_among, owned_among
from ..register import PAGE_SIZE, Register
from ..standing_views import standing_views
from ..tables import COLUMNS, rows_html

# What the selection bar offers, with the words of its buttons.
BULK_FIELDS = (
    ("business_owner", "Business owner"),
    ("technical_owner", "Technical owner"),
    ("risk_owner", "Risk owner"),
    ("unit", "Unit"),
    ("bucket", "Bucket"),
    ("workflow", "Workflow"),
    ("objective", "Objective"),
    ("use_case_type", "Use-case type"),
    ("data_sensitivity", "Data sensitivity"),
    ("employee_effect", "Effect on employees"),
    ("is_customer_facing", "Customer-facing"),
    ("is_rights_impacting", "Rights-impacting"),
    ("is_safety_impacting", "Safety-impacting"),
    ("is_confidential", "Confidential"),
)


@require_safe
def register_list(request: HttpRequest) -> HttpResponse:
    """The table. `?edit=` opens one filter's editor, alone for htmx."""
    register = _register(request)
    if wants_partial(request) and request.GET.get("edit"):
        return render(request, "portfolio/register.html#editor", _editor(register))
    rows = register.page.rows
    may_edit = owned_among(register.user, rows)
    context = _shared(register, "table") | {
        "headers": [(name, COLUMNS[name], register.order_address(COLUMNS[name].sort)) for name in register.columns],
        "rows": rows_html(
            rows,
            register.columns,
            may_edit=may_edit,
            may_classify=office_among(register.user),
            sees_money=money_seen_among(register.user, rows if "money" in register.columns else ()),
        ),
        "all_columns": [(name, cell.verbose_name, name in register.columns) for name, cell in COLUMNS.items()],
        "bulk_fields": BULK_FIELDS if any(may_edit(row) for row in rows) else (),
        "ref_order": register.order_address("ref"),
        "before_address": f"{register.address()}&before={register.page.before}",
        "after_address": f"{register.address()}&after={register.page.after}",
        "page_size": PAGE_SIZE,
        "other_than_columns": register.others("col"),
    }
    return render(request, "portfolio/register.html", context)


@require_safe
def register_board(request: HttpRequest) -> HttpResponse:
    """Columns by stage, the highest priorities on top."""
    register = _register(request)
    context = _shared(register, "board") | {"lanes": board_of(register)}
    return render(request, "portfolio/register_board.html", context)


@require_safe
def register_map(request: HttpRequest) -> HttpResponse:
    """Value against feasibility, a bubble for each pair."""
    register = _register(request)
    context = _shared(register, "map") | {"map": bubbles_of(register)}
    return render(request, "portfolio/register_map.html", context)


def _register(request: HttpRequest) -> Register:
    assert isinstance(request.user, User)  # SignInMiddleware lets nobody else in
    return Register(request.user, request.GET)


def _shared(register: Register, face: str) -> dict[str, object]:
    """What the faces have in common: first line, views, chips, count."""
    summary = register.counts.summary()
    views = list(SavedView.objects.visible_to(register.user))
    return _editor(register) | {
        "register": register,
        "face": face,
        "summary": summary,
        "tabs": standing_views(register, summary, views),
        "own_view": next(
            (view for view in views if view.owner_id == register.user.pk and _is_open(view, register)), None
        ),
        "may_register": can_register(register.user),
        "may_share": can_share_views(register.user),
        "may_change": not changes_nothing(register.user),
        "by_rank": register.address(order=None, col=None, intake=None),
    }


def _is_open(view: SavedView, register: Register) -> bool:
    return view.query == register.address().removeprefix("?")


def _editor(register: Register) -> dict[str, object]:
    """The form of the one filter that is being edited."""
    name = register.query.get("edit", "")
    if name not in register.filter.filters:
        return {"register": register, "editing": None}
    return {"register": register, "editing": register.filter.form[name], "others": register.others(*parameters(name))}
