"""What an initiative is worth to date, on its page: a card, for those who see its money."""

from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string

from portfolio.gaps import register_gaps
from portfolio.page import InitiativePage
from portfolio.panels import Panel, register_panel
from stagegates.family import family_seen

from .models import LedgerEntry
from .worth import Window, worth_of


def value_card(page: InitiativePage) -> str:
    """Net value to date, with what was merged into it. One query; none where nothing is posted, or none to be seen."""
    row = page.initiative
    if not (row.has_ledger or row.has_merged) or not page.sees_money:  # type: ignore[attr-defined]
        return ""
    family = family_seen(row.pk, page.person).with_money_for(page.person).order_by() if row.has_merged else [row.pk]  # type: ignore[attr-defined]
    worth = worth_of(family, Window.to_date())
    if worth.is_empty:
        return ""
    return render_to_string("value/_value_card.html", {"worth": worth, "initiative": row})


def register_value_card() -> None:
    register_panel(Panel("value", "card", value_card, order=35))
    register_gaps(lambda initiative: (), has_ledger=Exists(LedgerEntry.objects.filter(initiative=OuterRef("pk"))))
