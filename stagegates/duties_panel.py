"""What governance asks, on the initiative page: each duty with the rule and the version that ask for it."""

from django.template.loader import render_to_string

from portfolio.page import InitiativePage

from .duties import duties_for, is_asked


def duties_panel(page: InitiativePage) -> str:
    """Five queries; nothing for an initiative of which nothing is asked any more."""
    if not is_asked(page.initiative):
        return ""
    duties = duties_for([page.initiative])[page.initiative.pk]
    return render_to_string("stagegates/_duties.html", {"duties": duties}) if duties else ""
