"""The functions that sign off: who reviews for them, what their sign-offs rest on, whom a late clock is told to."""

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.accounts.models import RoleAssignment, User
from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce

from ..actions.keep_functions import add_function, add_function_member, change_function, end_function_member
from ..clocks import clocks_in_force
from ..forms.functions import FunctionForm, MemberForm
from ..histories import history_of_function
from ..models import ReviewFunction
from ..permissions import can_keep_functions, can_see_functions
from ..scopes import all_groups, groups_of


@require_safe
def function_list(request: HttpRequest) -> HttpResponse:
    """Who signs off?"""
    viewer = _overseer(request)
    current = Count("memberships", filter=Q(memberships__ended_on=None), distinct=True)
    functions = ReviewFunction.objects.visible_to(viewer).select_related("escalates_to").annotate(named=current)
    holders = dict(
        RoleAssignment.objects.filter(person__is_active=True)
        .order_by()
        .values_list("role")
        .annotate(count=Count("person", distinct=True))
    )
    clocks = clocks_in_force()
    rows = [(each, holders.get(each.role, 0), clocks.of(each.slug)) for each in functions]
    lacking = len([each for each, held, _ in rows if each.is_active and not held and not each.named])  # type: ignore[attr-defined]
    context = {"rows": rows, "lacking": lacking, "may_keep": can_keep_functions(viewer)}
    return render(request, "stagegates/functions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def function_add(request: HttpRequest) -> HttpResponse:
    """Which function is new?"""
    actor = _keeper(request)
    form = FunctionForm(ReviewFunction(), posted(request))
    if function := attempt(form, lambda: add_function(actor=actor, **form.cleaned_data)):
        announce(request, f"{function} added. Now name who reviews for it.")
        return redirect(function)
    return render(request, "stagegates/function_edit.html", {"form": form}, status=status_of(form))


@require_safe
def function_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Who reviews for it, on what does its sign-off rest, and how long does it have?"""
    viewer = _overseer(request)
    return _show(request, viewer, _function(viewer, slug), MemberForm())


@require_http_methods(["GET", "HEAD", "POST"])
def function_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """How does it review from now on?"""
    actor = _keeper(request)
    function = _function(actor, slug)
    form = FunctionForm(function, posted(request))
    if saved := attempt(form, lambda: change_function(function, actor=actor, seen=form.seen(), **form.cleaned_data)):
        announce(request, f"{saved} saved.")
        return redirect(saved)
    context = {"form": form, "function": function}
    return render(request, "stagegates/function_edit.html", context, status=status_of(form))


@require_POST
def function_retire(request: HttpRequest, slug: str) -> HttpResponse:
    return _switch(request, slug, is_active=False)


@require_POST
def function_bring_back(request: HttpRequest, slug: str) -> HttpResponse:
    return _switch(request, slug, is_active=True)


@require_POST
def member_add(request: HttpRequest, slug: str) -> HttpResponse:
    actor = _keeper(request)
    function, form = _function(actor, slug), MemberForm(request.POST)
    if member := attempt(form, lambda: add_function_member(function, actor=actor, **form.cleaned_data)):
        announce(request, f"{member.person} reviews for {function}.")
        return redirect(function)
    return _show(request, actor, function, form)


@require_POST
def member_end(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    actor = _keeper(request)
    function = _function(actor, slug)
    member = end_function_member(get_object_or_404(function.memberships.all(), pk=pk), actor=actor)
    announce(request, f"{member.person} does not review for {function} any more.")
    return redirect(function)


def _show(request: HttpRequest, viewer: User, function: ReviewFunction, form: MemberForm) -> HttpResponse:
    held = RoleAssignment.objects.filter(role=function.role or None, person__is_active=True)
    wanted = groups_of(function.rests_on)
    context = {
        "function": function,
        "holders": held.select_related("person", "unit").order_by("person__name"),
        "members": function.memberships.current().select_related("person", "unit").order_by("person__name"),
        "groups": [group.label for group in all_groups() if group.slug in wanted],
        "clock": clocks_in_force().of(function.slug),
        "form": form,
        "history": history_of_function(function, after=request.GET.get("after", "")),
        "may_keep": can_keep_functions(viewer),
    }
    return render(request, "stagegates/function.html", context, status=status_of(form))


def _switch(request: HttpRequest, slug: str, *, is_active: bool) -> HttpResponse:
    actor = _keeper(request)
    function = change_function(_function(actor, slug), actor=actor, is_active=is_active)
    told, back = ("signs off again", "bring_back") if is_active else ("is retired: no new review asks it", "retire")
    undo = "retire" if back == "bring_back" else "bring_back"
    announce(request, f"{function} {told}.", undo=reverse(f"stagegates:function_{undo}", args=[slug]))
    return redirect(function)


def _overseer(request: HttpRequest) -> User:
    viewer = signed_in(request)
    if not can_see_functions(viewer):
        raise PermissionDenied("The office keeps the functions; auditors read them.")
    return viewer


def _keeper(request: HttpRequest) -> User:
    actor = signed_in(request)
    if not can_keep_functions(actor):
        raise PermissionDenied("An office lead for the whole company says who reviews what.")
    return actor


def _function(viewer: User, slug: str) -> ReviewFunction:
    rows = ReviewFunction.objects.visible_to(viewer).select_related("escalates_to")
    function: ReviewFunction = get_object_or_404(rows, slug=slug)
    return function
