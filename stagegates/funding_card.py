"""The money of an initiative on its page: a card, for those who see its money."""

from django.template.loader import render_to_string

from portfolio.page import InitiativePage
from portfolio.panels import Tab, count_of

from .models import Tranche
from .money import totals_of

FUNDING_TAB = Tab("funding", "Money", "stagegates:initiative_funding", order=29, count=count_of(Tranche))


def money_card(page: InitiativePage) -> str:
    """What is released, spent and waits. One query; none where there is no money, or none to be seen."""
    if not page.initiative.funding_count or not page.sees_money:  # type: ignore[attr-defined]
        return ""
    funding = totals_of(Tranche.objects.filter(initiative=page.initiative))
    context = {"funding": funding, "initiative": page.initiative}
    return render_to_string("stagegates/_money_card.html", context)
