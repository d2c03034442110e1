"""Initiatives for the picker of one, as its script reads them."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from aiso.accounts.signed_in import signed_in

from ..models import Initiative
from ..models.stage import ENDED
from ..register import LONGEST_TEXT
from ..search import REFERENCE, search_for

# Suggestions shown at once.
SHOWN = 10


@require_safe
def initiative_search(request: HttpRequest) -> HttpResponse:
    """Those that go on, the best match first; nothing until something is typed."""
    text = request.GET.get("q", "")[:LONGEST_TEXT].strip()
    seen = Initiative.objects.visible_to(signed_in(request)).on_register().exclude(stage__in=ENDED)
    if named := REFERENCE.fullmatch(text):
        found = seen.filter(pk=int(named[1]))
    elif text:
        asked = search_for(text)
        found = asked.rank(asked.narrow(seen))
    else:
        found = seen.none()
    rows = found.select_related("unit").only("pk", "name", "stage", "unit__name")[:SHOWN]
    results = [
        {"value": str(row), "label": str(row), "note": f"{row.get_stage_display()}, {row.unit.name}"} for row in rows
    ]
    return JsonResponse({"results": results})
