"""What the page of an initiative that ended says of its end."""

from django.template.loader import render_to_string

from portfolio.models import Stage
from portfolio.page import InitiativePage

from .closing_lists import fetched
from .models import Closure


def closing_panel(page: InitiativePage) -> str:
    """Why it was closed, what was learnt, what came back and what is left to do; no query while it runs."""
    if page.initiative.stage != Stage.CLOSED:
        return ""
    rows = fetched(Closure.objects.with_handed_back().filter(initiative=page.initiative.pk))
    context = {"closure": rows.first(), "initiative": page.initiative, "sees_money": page.sees_money}
    return render_to_string("stagegates/_closing.html", context)
