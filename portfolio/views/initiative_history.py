from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ..history import history_of_initiative
from ..page import page_for
from .initiative_tab import show_tab


@require_safe
def initiative_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Who changed what, when and why, newest first."""
    page = page_for(request, pk, "history")
    after = request.GET.get("after", "")
    history = history_of_initiative(page.initiative, sees_money=page.sees_money, after=after)
    return show_tab(request, page, "portfolio/initiative_history.html", {"history": history})
