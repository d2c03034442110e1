"""What governance asks, on the initiative page: each duty with the rule and the version that ask for it."""

from django.template.loader import render_to_string

from portfolio.models import Initiative
from portfolio.page import InitiativePage

from .duties import duties_for, is_asked
from .kept import kept


def duties_panel(page: InitiativePage) -> str:
    """Nothing for an initiative of which nothing is asked any more. Five queries, after a change of it."""
    if not is_asked(page.initiative):
        return ""
    return kept("duties", page.initiative, lambda: _drawn(page.initiative))


def _drawn(initiative: Initiative) -> str:
    duties = duties_for([initiative])[initiative.pk]
    return render_to_string("stagegates/_duties.html", {"duties": duties}) if duties else ""
