"""The risk tab: the questions that set the tier and the EU AI Act class, and their answers."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.errors import ConflictError, DomainError
from aiso.web.htmx import announce

from ..actions.answer_questions import REASON, answer_questions, split_reasons
from ..facts import label_of
from ..gaps import EFFECTS
from ..models import QuestionSet
from ..overview import fact_row
from ..page import InitiativePage, page_for, visible_initiative
from ..permissions import can_edit
from ..questionnaire import Told, questionnaires_of
from ..undo import Answered, offer_undo
from .initiative_tab import go_on, show_tab

# How the form's controls begin, before the question's code.
ANSWER, SEEN = "answer-", "seen-"
REASONING, SEEN_REASON = "reason-", "seen_reason-"


@require_safe
def initiative_risk(request: HttpRequest, pk: int) -> HttpResponse:
    return _risk_tab(request, page_for(request, pk, "risk"))


@require_POST
def questions_answer(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Answer questions of one kind: all of them, or with the page's script each as it is chosen."""
    initiative, actor = visible_initiative(request, pk), signed_in(request)
    if kind not in QuestionSet.Kind.values:
        raise Http404("No such questions.")
    if not can_edit(actor, initiative):
        raise PermissionDenied("Its owners and the office answer for this initiative.")
    was, to = _changed(request)
    answers, reasons = split_reasons(to)
    try:
        answer_questions(initiative, actor=actor, kind=kind, answers=answers, reasons=reasons, was=was)
    except ConflictError as conflict:
        theirs = {code: str(difference.now) for code, difference in conflict.changes.items()}
        return _risk_tab(request, page_for(request, pk, "risk"), Told(to, theirs), status=409)
    except DomainError as error:
        told = Told(to, problems={error.field or "": str(error)})
        return _risk_tab(request, page_for(request, pk, "risk"), told, problem=str(error), status=422)
    if to:
        announce(request, "Answer saved.", undo=offer_undo(initiative, actor, Answered(kind, was, to)))
    return go_on(request, initiative, "portfolio:initiative_risk")


def _changed(request: HttpRequest) -> tuple[dict[str, str], dict[str, str]]:
    """The answers and reasons that the person saw and gave, as far as they differ; reasons by `reason:` and code."""
    given, seen = {}, {}
    for beginning, before, mark in ((ANSWER, SEEN, ""), (REASONING, SEEN_REASON, REASON)):
        for name, value in request.POST.items():
            if name.startswith(beginning):
                code = name.removeprefix(beginning)
                given[f"{mark}{code}"] = one_line_end(str(value))
                seen[f"{mark}{code}"] = one_line_end(request.POST.get(f"{before}{code}", ""))
    changed = [name for name in given if given[name] != seen[name]]
    return {name: seen[name] for name in changed}, {name: given[name] for name in changed}


def one_line_end(text: str) -> str:
    """Browsers send line breaks as two characters."""
    return text.replace("\r\n", "\n").strip()


def _risk_tab(
    request: HttpRequest, page: InitiativePage, told: Told | None = None, *, problem: str = "", status: int = 200
) -> HttpResponse:
    questionnaires = questionnaires_of(page.initiative, told or Told())
    stands_beside = any(asked.problem for sheet in questionnaires for asked in sheet.questions)
    context = {
        "questionnaires": questionnaires,
        "problem": "" if stands_beside else problem,
        "flags": [(label_of(field), fact_row(page, field)) for field in EFFECTS],
    }
    return show_tab(request, page, "portfolio/initiative_risk.html", context, status)
