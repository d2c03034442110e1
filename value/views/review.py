"""The lists of the value and risk review in full."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from aiso.accounts.signed_in import signed_in
from forums.models import AgendaItem

from ..review.gathered import sight_of
from ..review.outcomes import SOURCE, listed_outcomes

# Rows of one page.
PAGE = 100


@require_safe
def review_outcomes(request: HttpRequest) -> HttpResponse:
    """Which outcomes are off target or unmeasured? Of an item as its reader sees it there, else of today."""
    person = signed_in(request)
    item = AgendaItem(source=SOURCE)
    if asked := _number(request, "item"):
        items = AgendaItem.objects.visible_to(person).select_related("meeting", "forum")
        item = get_object_or_404(items, pk=asked, source=SOURCE)
    page = max(_number(request, "page"), 1)
    listed = listed_outcomes(sight_of(item, person), PAGE * (page - 1), PAGE)
    address = f"?item={item.pk}&page=" if item.pk else "?page="
    context = {
        "listed": listed,
        "item": item,
        "before": f"{address}{page - 1}" if page > 1 else "",
        "after": f"{address}{page + 1}" if listed.has_more else "",
    }
    return render(request, "value/review/outcomes.html", context)


def _number(request: HttpRequest, name: str) -> int:
    """What an address says, of what a database holds; 0 where it says no number."""
    told = request.GET.get(name, "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 10 else 0
