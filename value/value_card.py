"""What an initiative is worth to date, on its page: a card, for those who see its money."""

from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string

from portfolio.gaps import register_gaps
from portfolio.models import StageChange
from portfolio.models.stage import IN_PRODUCTION
from portfolio.page import InitiativePage
from portfolio.panels import Panel, register_panel
from stagegates.family import family_seen

from .cost_coverage import CostCoverage, cost_coverage_of
from .models import LedgerEntry
from .worth import Window, worth_of


def value_card(page: InitiativePage) -> str:
    """Net value to date, with what was merged into it. One query, one more for the run costs of what was in production;
    none where nothing is posted, or none to be seen.
    """
    row = page.initiative
    if not (row.has_ledger or row.has_merged) or not page.sees_money:  # type: ignore[attr-defined]
        return ""
    family = family_seen(row.pk, page.person).with_money_for(page.person).order_by() if row.has_merged else [row.pk]  # type: ignore[attr-defined]
    worth = worth_of(family, Window.to_date())
    if worth.is_empty:
        return ""
    was_live = row.was_live or row.has_merged  # type: ignore[attr-defined]
    coverage = cost_coverage_of(family, Window.to_date()) if was_live else CostCoverage()
    return render_to_string("value/_value_card.html", {"worth": worth, "initiative": row, "coverage": coverage})


def register_value_card() -> None:
    register_panel(Panel("value", "card", value_card, order=35))
    lives = StageChange.objects.filter(initiative=OuterRef("pk"), stage__in=IN_PRODUCTION)
    posted = LedgerEntry.objects.filter(initiative=OuterRef("pk"))
    register_gaps(lambda initiative: (), has_ledger=Exists(posted), was_live=Exists(lives))
