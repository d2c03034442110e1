"""Claims: the queue of finance, one entry of the ledger with its answer, and months in a batch."""

from collections.abc import Callable
from functools import wraps

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from aiso.accounts.models import Role, User
from aiso.accounts.signed_in import signed_in
from aiso.web import figures
from aiso.web.attempts import attempt, refused, status_of
from aiso.web.htmx import announce

from ..actions.claims import confirm_claim, confirm_months, correct_claim, reject_claim
from ..actions.shares import agree_shares
from ..claim_queue import ClaimQueue, claim_lines
from ..claim_work import claims_for
from ..forms.ledger import ConfirmClaimForm, CorrectClaimForm, WhyForm
from ..ledger_list import EntryLine, fetched
from ..models import LedgerEntry
from ..permissions import CLAIMING, can_answer_claim, can_reverse
from ..shared_pages import CostTold
from ..shares_page import SharesPage

# States of a claim in which others may overlap with it.
SHARING = ("waiting", "confirmed", "corrected")
# What the page of one entry tells beside what a row does.
OF_ONE = (
    "method__confirmation__confirmed_by",
    "unit_value__metric",
    "shared_part__part",
    "shared_part__shared_cost__version__rule",
)
# What one page of the queue holds, and so the most that come in a batch.
MOST = 50


@require_safe
def claim_queue(request: HttpRequest) -> HttpResponse:
    """What is to be confirmed?"""
    return render(request, "value/claims.html", {"found": ClaimQueue(_controller(request), request.GET)})


@require_http_methods(["GET", "HEAD", "POST"])
def claims_confirm(request: HttpRequest) -> HttpResponse:
    """Confirm those that were ticked."""
    actor = _controller(request)
    if request.method != "POST":
        return redirect("value:claim_queue")
    ids = [int(each) for each in request.POST.getlist("entry") if each.isdecimal() and len(each) < 19][:MOST]
    entries = [*claims_for(actor).filter(pk__in=ids)]
    if not entries:
        announce(request, "Nothing was ticked that waits for you.", level=messages.ERROR)
    elif not refused(request, lambda: confirm_months(entries, actor=actor)):
        announce(request, f"{figures.plural(len(entries), 'claim')} confirmed.")
    return redirect("value:claim_queue")


@require_safe
def ledger_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """What was posted, what does it stand on, and does it count?"""
    return _show(request, _entry(request, pk))


def answering(deed: Callable[[HttpRequest, LedgerEntry, User], HttpResponse]) -> Callable[..., HttpResponse]:
    """What whoever may answer a claim does to it. Whoever only looks is led to its page."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(deed)
    def answer(request: HttpRequest, pk: int) -> HttpResponse:
        entry, actor = _entry(request, pk), signed_in(request)
        if request.method != "POST":
            return redirect(entry)
        if not can_answer_claim(actor, entry):
            raise PermissionDenied(CLAIMING)
        return deed(request, entry, actor)

    return answer


@answering
def claim_confirm(request: HttpRequest, entry: LedgerEntry, actor: User) -> HttpResponse:
    form = ConfirmClaimForm(request.POST)
    if attempt(form, lambda: confirm_claim(entry, actor=actor, **form.cleaned_data)):
        announce(request, "Confirmed. It counts from now on.")
        return redirect(entry)
    return _show(request, entry, confirm=form)


@answering
def claim_correct(request: HttpRequest, entry: LedgerEntry, actor: User) -> HttpResponse:
    form = CorrectClaimForm(entry, request.POST)
    if attempt(form, lambda: correct_claim(entry, actor=actor, **form.cleaned_data)):
        announce(request, f"Corrected. {entry.recorded_by} is told why.")
        return redirect(entry)
    return _show(request, entry, correct=form)


@answering
def claim_share(request: HttpRequest, entry: LedgerEntry, actor: User) -> HttpResponse:
    """Which part of each counts, where they overlap?"""
    form = SharesPage(entry, actor).form(request.POST)
    if attempt(form, lambda: agree_shares(form.shares(), actor=actor, reason=form.cleaned_data["reason"])) is not None:
        announce(request, "Recorded. The authors are told.")
        return redirect(entry)
    return _show(request, entry, shares=form)


@answering
def claim_reject(request: HttpRequest, entry: LedgerEntry, actor: User) -> HttpResponse:
    form = WhyForm(request.POST)
    if attempt(form, lambda: reject_claim(entry, actor=actor, **form.cleaned_data)):
        announce(request, f"Rejected. {entry.recorded_by} is told why.")
        return redirect(entry)
    return _show(request, entry, reject=form)


def _show(request: HttpRequest, entry: LedgerEntry, **said: forms.Form) -> HttpResponse:
    """One entry; `said` is a form that was refused, by what it does."""
    person, line = signed_in(request), EntryLine(entry)
    is_open, shared_part = line.state == "waiting", getattr(entry, "shared_part", None)
    sharing = SharesPage(entry, person) if line.state in SHARING else None
    known = {entry.pk: sharing.overlaps} if sharing else {}
    context = {
        "line": line,
        "entry": entry,
        "initiative": entry.initiative,
        "claim": claim_lines([entry], known)[0] if entry.is_claim else None,
        "may_answer": is_open and can_answer_claim(person, entry),
        "shared_part": shared_part,
        "shared_cost": CostTold(shared_part.shared_cost, person) if shared_part else None,
        "may_reverse": _is_reversible(line, shared_part) and can_reverse(person, entry),
        "confirm": ConfirmClaimForm(),
        "correct": CorrectClaimForm(entry),
        "reject": WhyForm(auto_id="reject_%s"),
        "shares": None,
        "said": [*said],
        "sharing": sharing,
    }
    if entry.is_claim and not is_open and person.has_role(Role.FINANCE_CONTROLLER):
        waiting = claims_for(person).order_by("pk")
        context |= {"next_waiting": waiting.first(), "left": waiting.count()}
    status = next((status_of(form) for form in said.values()), 200)
    return render(request, "value/ledger_entry.html", context | said, status=status)


def _is_reversible(line: EntryLine, shared_part: object) -> bool:
    """Whether it is taken back from here: what came from a tranche or is shared is reversed where it was made."""
    return line.state not in ("reversal", "reversed") and not line.spending and shared_part is None


def _controller(request: HttpRequest) -> User:
    person = signed_in(request)
    if not person.has_role(Role.FINANCE_CONTROLLER):
        raise PermissionDenied("Finance controllers confirm claims.")
    return person


def _entry(request: HttpRequest, pk: int) -> LedgerEntry:
    rows = fetched(LedgerEntry.objects.visible_to(signed_in(request)))
    return get_object_or_404(rows.select_related(*OF_ONE), pk=pk)
