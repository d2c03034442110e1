"""The standards of one initiative: where each checklist stands, and answering one."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.errors import DomainError
from aiso.web.htmx import announce
from portfolio.models import Initiative
from portfolio.page import page_for, visible_initiative
from portfolio.views.initiative_tab import show_tab

from ..actions.answer_checklist import complete_checklist
from ..models import Standard
from ..page import ChecklistPage, Taken, standing, take
from ..permissions import can_answer
from ..sheets import Sheet, sheet_of, sheets_of

REFUSAL = "Its owners, the office and the reviewers answer for this initiative."


@require_safe
def initiative_standards(request: HttpRequest, pk: int) -> HttpResponse:
    """Which checklists are there, and where does each stand?"""
    page = page_for(request, pk, "standards")
    sheets = sheets_of([page.initiative], Standard.objects.checklists())
    context = {
        "rows": [(sheet, standing(sheet)) for sheet in sheets.values()],
        "may_answer": can_answer(page.person, page.initiative),
    }
    return show_tab(request, page, "standards/initiative_standards.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def checklist_answer(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """The questions with their answers. Sending them saves, and completes where the person says so."""
    initiative, standard, sheet = _found(request, pk, slug)
    if request.method == "POST":
        return _send(request, initiative, standard, sheet)
    page = ChecklistPage(signed_in(request), sheet)
    template = "standards/checklist.html" if page.may_answer else "standards/checklist_read.html"
    return render(request, template, {"page": page})


@require_POST
def checklist_save(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Keep what was answered so far, and show where it stands."""
    initiative, standard, sheet = _found(request, pk, slug)
    taken = _take(request, initiative, standard, sheet)
    page = ChecklistPage(signed_in(request), _again(initiative, standard), taken)
    return render(request, "standards/checklist.html#progress", {"page": page})


@require_safe
def checklist_read(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """All questions and answers, to read and to print."""
    _, _, sheet = _found(request, pk, slug)
    return render(request, "standards/checklist_read.html", {"page": ChecklistPage(signed_in(request), sheet)})


def _send(request: HttpRequest, initiative: Initiative, standard: Standard, sheet: Sheet) -> HttpResponse:
    taken = _take(request, initiative, standard, sheet)
    problem = ""
    if taken.is_whole and "complete" in request.POST:
        try:
            complete_checklist(initiative, standard, actor=signed_in(request))
        except DomainError as error:
            problem = str(error)
        else:
            announce(request, f"{standard} completed.")
            return redirect("standards:initiative_standards", initiative.reference)
    elif taken.is_whole:
        announce(request, "Answers saved.")
        return redirect(request.path)
    page = ChecklistPage(signed_in(request), _again(initiative, standard), taken)
    status = 409 if any(code in taken.theirs for code, _ in taken.mine) else 422
    return render(request, "standards/checklist.html", {"page": page, "problem": problem}, status=status)


def _take(request: HttpRequest, initiative: Initiative, standard: Standard, sheet: Sheet) -> Taken:
    actor = signed_in(request)
    if not can_answer(actor, initiative):
        raise PermissionDenied(REFUSAL)
    return take(initiative, standard, sheet, request.POST, actor=actor)


def _found(request: HttpRequest, pk: int, slug: str) -> tuple[Initiative, Standard, Sheet]:
    initiative = visible_initiative(request, pk)
    standard = Standard.objects.visible_to(signed_in(request)).active().filter(slug=slug).first()
    sheet = sheet_of(initiative, standard) if standard and standard.kind == Standard.Kind.CHECKLIST else None
    if standard is None or sheet is None:
        raise Http404("No such checklist in force.")
    return initiative, standard, sheet


def _again(initiative: Initiative, standard: Standard) -> Sheet:
    sheet = sheet_of(initiative, standard)
    assert sheet is not None  # it was there a moment ago
    return sheet
