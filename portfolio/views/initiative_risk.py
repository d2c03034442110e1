"""The risk tab: the questions that set the tier and the EU AI Act class, and their answers."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.errors import ConflictError, DomainError
from aiso.web.htmx import announce

from ..actions.answer_questions import answer_questions
from ..facts import label_of
from ..gaps import EFFECTS
from ..models import QuestionSet
from ..overview import fact_row
from ..page import InitiativePage, page_for, visible_initiative
from ..permissions import can_edit
from ..questionnaire import questionnaires_of
from ..undo import Answered, offer_undo
from .initiative_tab import go_on, show_tab

ANSWER, SEEN = "answer-", "seen-"


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
    try:
        answer_questions(initiative, actor=actor, kind=kind, answers=to, was=was)
    except ConflictError as conflict:
        theirs = {code: str(difference.now) for code, difference in conflict.changes.items()}
        return _risk_tab(request, page_for(request, pk, "risk"), {"mine": to, "theirs": theirs}, 409)
    except DomainError as error:
        return _risk_tab(request, page_for(request, pk, "risk"), {"problem": str(error)}, 422)
    if to:
        announce(request, "Answer saved.", undo=offer_undo(initiative, actor, Answered(kind, was, to)))
    return go_on(request, initiative, "portfolio:initiative_risk")


def _changed(request: HttpRequest) -> tuple[dict[str, str], dict[str, str]]:
    """The answers that the person saw and gave, by question, as far as they differ."""
    given = {name.removeprefix(ANSWER): str(value) for name, value in request.POST.items() if name.startswith(ANSWER)}
    seen = {code: request.POST.get(f"{SEEN}{code}", "") for code in given}
    changed = [code for code in given if given[code] != seen[code]]
    return {code: seen[code] for code in changed}, {code: given[code] for code in changed}


def _risk_tab(
    request: HttpRequest, page: InitiativePage, told: dict[str, object] | None = None, status: int = 200
) -> HttpResponse:
    mine: dict[str, str] = (told or {}).get("mine", {})  # type: ignore[assignment]
    theirs: dict[str, str] = (told or {}).get("theirs", {})  # type: ignore[assignment]
    context = {
        "questionnaires": questionnaires_of(page.initiative, mine, theirs),
        "problem": (told or {}).get("problem", ""),
        "flags": [(label_of(field), fact_row(page, field)) for field in EFFECTS],
    }
    return show_tab(request, page, "portfolio/initiative_risk.html", context, status)
