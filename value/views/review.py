"""The lists of the value and risk review in full."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from aiso.accounts.signed_in import signed_in
from forums.models import AgendaItem
from portfolio.views.files import asked_file

from ..review.outcome_list import OutcomeList
from ..review.outcomes import SOURCE


@require_safe
def review_outcomes(request: HttpRequest) -> HttpResponse:
    """Which outcomes are off target or unmeasured? Of an item as its reader sees it there, else of today."""
    return render(request, "value/review/outcomes.html", {"found": _outcomes(request)})


@require_safe
def review_outcomes_export(request: HttpRequest) -> HttpResponseBase:
    """The same as a file."""
    found = _outcomes(request)
    return asked_file(request, found, lambda: found.count, found.address(), refused=found.refused)


def _outcomes(request: HttpRequest) -> OutcomeList:
    person, asked = signed_in(request), request.GET.get("item", "")
    item = AgendaItem(source=SOURCE)
    # What an address says, of what a database holds.
    if asked.isascii() and asked.isdigit() and len(asked) < 10:
        items = AgendaItem.objects.visible_to(person).select_related("meeting", "forum")
        item = get_object_or_404(items, pk=asked, source=SOURCE)
    return OutcomeList(person, request.GET, item)
