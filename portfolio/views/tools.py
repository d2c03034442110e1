"""The register of tools: what do we use, and may we?"""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.accounts.models import User
from aiso.accounts.signed_in import signed_in
from aiso.audit.history import Told, history_of
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce

from ..actions.keep_tools import add_tool, clear_tool, edit_tool
from ..clearances import standings_of, verdict_of
from ..forms.tools import ClearanceForm, ToolForm
from ..models import Clearance, Initiative, Tool
from ..permissions import can_clear, can_keep_tools
from ..tool_register import ToolRegister

# Initiatives named on a tool's page; the rest is a click away.
NAMED = 10
TOLD = [
    Told(
        Clearance,
        says=lambda clearance: f"{clearance.get_function_display()}: {clearance.get_status_display().lower()}",
        hide=("function", "recorded_by", "recorded_at"),
    )
]


@require_safe
def tool_list(request: HttpRequest) -> HttpResponse:
    """What do we use, and may we?"""
    viewer = signed_in(request)
    register = ToolRegister(viewer, request.GET)
    context = {"register": register, "functions": Clearance.Function, "may_keep": can_keep_tools(viewer)}
    return render(request, "portfolio/tools.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def tool_add(request: HttpRequest) -> HttpResponse:
    """Which tool is new?"""
    actor = _keeper(request)
    form = ToolForm(Tool(), posted(request))
    if not form.is_bound:
        form.initial["supplier"] = request.GET.get("supplier")
    if tool := attempt(form, lambda: add_tool(actor=actor, **form.cleaned_data)):
        announce(request, f"{tool} added. Now record what legal, procurement and security say.")
        return redirect(tool)
    return render(request, "portfolio/tool_edit.html", {"form": form}, status=status_of(form))


@require_safe
def tool_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """May we use it, until when, and who does?"""
    return _show(request, _tool(signed_in(request), pk))


@require_http_methods(["GET", "HEAD", "POST"])
def tool_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What is it, and whom does it come from?"""
    actor = _keeper(request)
    tool = _tool(actor, pk)
    form = ToolForm(tool, posted(request))
    if saved := attempt(form, lambda: edit_tool(tool, actor=actor, seen=form.seen(), **form.cleaned_data)):
        announce(request, f"{saved} saved.")
        return redirect(saved)
    return render(request, "portfolio/tool_edit.html", {"form": form, "tool": tool}, status=status_of(form))


@require_POST
def tool_retire(request: HttpRequest, pk: int) -> HttpResponse:
    return _switch(request, pk, is_active=False)


@require_POST
def tool_bring_back(request: HttpRequest, pk: int) -> HttpResponse:
    return _switch(request, pk, is_active=True)


@require_POST
def tool_clear(request: HttpRequest, pk: int, function: str) -> HttpResponse:
    """Record what one function says of it."""
    actor = signed_in(request)
    tool = _tool(actor, pk)
    if function not in Clearance.Function.values:
        raise Http404("Legal, procurement and security clear a tool.")
    if not can_clear(actor, function):
        raise PermissionDenied("The reviewers of this function and the office record what it says.")
    form = ClearanceForm(function, tool.clearances.filter(function=function).first(), request.POST)
    said = attempt(
        form, lambda: clear_tool(tool, actor=actor, function=function, seen=form.seen(), **form.cleaned_data)
    )
    if said is None:
        return _show(request, tool, form)
    announce(request, f"{tool}: {said.get_function_display().lower()} recorded.")
    return redirect(f"{tool.get_absolute_url()}#{function}")


def _show(request: HttpRequest, tool: Tool, sent: ClearanceForm | None = None) -> HttpResponse:
    viewer = signed_in(request)
    users = Initiative.objects.visible_to(viewer).on_register().filter(tools=tool)
    standings = standings_of(tool)
    context = {
        "tool": tool,
        "verdict": verdict_of(standings),
        "standings": [(each, _form(viewer, each.function, each.clearance, sent)) for each in standings],
        "uses": users.count(),
        "users": users.order_by("stage_rank", "pk").only("name", "stage", "lane", "is_confidential")[:NAMED],
        "history": history_of(tool, TOLD, after=request.GET.get("after", "")),
        "may_keep": can_keep_tools(viewer),
    }
    return render(request, "portfolio/tool.html", context, status=status_of(sent) if sent else 200)


def _form(viewer: User, function: str, clearance: Clearance | None, sent: ClearanceForm | None) -> ClearanceForm | None:
    """The form of a function for those who may record what it says; as it was sent, if this one was."""
    if not can_clear(viewer, function):
        return None
    return sent if sent and sent.prefix == function else ClearanceForm(function, clearance)


def _switch(request: HttpRequest, pk: int, *, is_active: bool) -> HttpResponse:
    actor = _keeper(request)
    tool = edit_tool(_tool(actor, pk), actor=actor, is_active=is_active)
    told, back = ("is in use again", "retire") if is_active else ("is retired; initiatives keep it", "bring_back")
    announce(request, f"{tool} {told}.", undo=reverse(f"portfolio:tool_{back}", args=[pk]))
    return redirect(tool)


def _keeper(request: HttpRequest) -> User:
    actor = signed_in(request)
    if not can_keep_tools(actor):
        raise PermissionDenied("The office and the procurement reviewers keep the register of tools.")
    return actor


def _tool(viewer: User, pk: int) -> Tool:
    tools = Tool.objects.visible_to(viewer).select_related("supplier").prefetch_related("clearances__recorded_by")
    tool: Tool = get_object_or_404(tools, pk=pk)
    return tool
