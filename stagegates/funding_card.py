"""The money of an initiative on its page: a card, for those who see its money."""

from django.template.loader import render_to_string

from portfolio.page import InitiativePage
from portfolio.panels import Tab

from .money import funding_of

FUNDING_TAB = Tab("funding", "Money", "stagegates:initiative_funding", order=29)


def money_card(page: InitiativePage) -> str:
    """What is released, spent and waits. Three queries; nothing where there is no money, or none to be seen."""
    if not page.sees_money:
        return ""
    funding = funding_of([page.initiative])[page.initiative.pk]
    if funding.is_empty:
        return ""
    context = {"funding": funding, "initiative": page.initiative}
    return render_to_string("stagegates/_money_card.html", context)
