"""The discussion: remarks in Markdown, with @mentions."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.errors import DomainError

from ..actions.discuss import add_comment, edit_comment, withdraw_comment
from ..forms.discussion import CommentForm
from ..models import Comment
from ..page import InitiativePage, page_for, visible_initiative
from ..permissions import can_comment
from ..remarks import remarks_of
from .initiative_tab import show_tab


@require_safe
def initiative_discussion(request: HttpRequest, pk: int) -> HttpResponse:
    """All remarks, or without `?earlier` the latest of many."""
    return _discussion_tab(request, page_for(request, pk, "discussion"))


@require_POST
def comment_add(request: HttpRequest, pk: int) -> HttpResponse:
    initiative = visible_initiative(request, pk)
    _check_may_comment(request)
    form = CommentForm(request.POST)
    if form.is_valid():
        try:
            comment = add_comment(initiative, actor=signed_in(request), text=form.cleaned_data["text"])
        except DomainError as error:
            form.add_error("text", str(error))
        else:
            return redirect(_place_of(comment))
    return _discussion_tab(request, page_for(request, pk, "discussion"), form=form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def comment_edit(request: HttpRequest, pk: int, comment: int) -> HttpResponse:
    """Correct one's own remark where it stands."""
    found = _own_comment(request, pk, comment)
    form = CommentForm(request.POST if request.method == "POST" else None, initial={"text": found.text})
    if form.is_valid():
        try:
            edit_comment(found, actor=signed_in(request), text=form.cleaned_data["text"])
        except DomainError as error:
            return _refused(request, pk, error)
        return redirect(_place_of(found))
    page = page_for(request, pk, "discussion")
    return _discussion_tab(request, page, editing=(found.pk, form), status=422 if form.errors else 200)


@require_POST
def comment_withdraw(request: HttpRequest, pk: int, comment: int) -> HttpResponse:
    found = _own_comment(request, pk, comment)
    try:
        withdraw_comment(found, actor=signed_in(request))
    except DomainError as error:
        return _refused(request, pk, error)
    messages.success(request, "Your comment is withdrawn.")
    return redirect(_place_of(found))


def _refused(request: HttpRequest, pk: int, error: DomainError) -> HttpResponse:
    """The discussion as it is now, with why nothing was done."""
    return _discussion_tab(request, page_for(request, pk, "discussion"), problem=str(error), status=409)


def _discussion_tab(
    request: HttpRequest,
    page: InitiativePage,
    *,
    form: CommentForm | None = None,
    editing: tuple[int, CommentForm] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    remarks = remarks_of(page.initiative, page.person, all_of_them="earlier" in request.GET)
    context = {
        "remarks": remarks,
        "form": form or CommentForm(),
        "problem": problem,
        "editing_pk": editing[0] if editing else None,
        "edit_form": editing[1] if editing else None,
    }
    return show_tab(request, page, "portfolio/initiative_discussion.html", context, status)


def _own_comment(request: HttpRequest, pk: int, comment: int) -> Comment:
    initiative = visible_initiative(request, pk)
    found = get_object_or_404(initiative.comments.select_related("initiative"), pk=comment)
    if found.author_id != signed_in(request).pk:
        raise PermissionDenied("Only its author changes a comment.")
    return found


def _check_may_comment(request: HttpRequest) -> None:
    if not can_comment(signed_in(request)):
        raise PermissionDenied("Auditors read the discussion and do not join it.")


def _place_of(comment: Comment) -> str:
    address = reverse("portfolio:initiative_discussion", args=[comment.initiative.reference])
    return f"{address}#comment-{comment.pk}"
