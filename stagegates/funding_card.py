"""The money of an initiative on its page: a card, for those who see its money."""

from django.db.models import QuerySet
from django.template.loader import render_to_string

from portfolio.models import Initiative
from portfolio.page import InitiativePage
from portfolio.panels import Tab, count_of

from .family import family_funding
from .models import Tranche
from .money import totals_of

FUNDING_TAB = Tab("funding", "Money", "stagegates:initiative_funding", order=29, count=count_of(Tranche))


def money_card(page: InitiativePage) -> str:
    """What is released, spent and waits, with what was merged into it. One query; none where there is no money, or none
    to be seen.
    """
    row = page.initiative
    if not (row.funding_count or row.has_merged) or not page.sees_money:  # type: ignore[attr-defined]
        return ""
    funding = family_funding(row.pk, page.person) if row.has_merged else totals_of(_own(row))  # type: ignore[attr-defined]
    if not row.funding_count and not funding.committed and not funding.overspent:  # type: ignore[attr-defined]
        return ""
    context = {"funding": funding, "initiative": page.initiative}
    return render_to_string("stagegates/_money_card.html", context)


def _own(initiative: Initiative) -> "QuerySet[Tranche]":
    return Tranche.objects.filter(initiative=initiative)
