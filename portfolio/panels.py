"""What stands on the initiative page. Later apps add theirs in AppConfig.ready().

    register_panel(Panel("money", place="card", draw=money_card, order=30))
    register_tab(Tab("value", "Value", "value:initiative_value", order=25, count=count_of(LedgerEntry)))

A tab is a page of the app that registers it: its view reads `portfolio.page.page_for` with the tab's name
and answers with `portfolio.views.initiative_tab.show_tab` and a template of what stands below the tabs. A
count comes with the query that reads the initiative, so that more tabs are not more queries.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.db.models import Count, IntegerField, Model, OuterRef, Subquery
from django.db.models.functions import Coalesce

from aiso.accounts.models import User

if TYPE_CHECKING:
    from .page import InitiativePage

# Buttons of the head stand beside the title, notes below it, cards above the missing list, outcome on the card of the
# first outcome metric; main and aside are the two columns of the overview.
type Place = Literal["head", "note", "card", "outcome", "main", "aside"]


@dataclass(frozen=True)
class Panel:
    """A part of the page. `draw` returns its HTML, or nothing to leave it out."""

    name: str
    place: Place
    draw: "Callable[[InitiativePage], str]"
    order: int = 50


def everybody(person: User) -> bool:
    return True


@dataclass(frozen=True)
class Tab:
    """A tab of the initiative page; `count` is an expression on the initiative, shown when it is not 0."""

    name: str
    label: str
    url_name: str
    order: int = 50
    count: Any = None
    may_see: Callable[[User], bool] = everybody
    # Shown only to those who see the initiative's money.
    is_money: bool = False


_panels: list[Panel] = []
_tabs: list[Tab] = []


def register_panel(panel: Panel) -> None:
    _panels.append(panel)
    _panels.sort(key=lambda each: each.order)


def register_tab(tab: Tab) -> None:
    _tabs.append(tab)
    _tabs.sort(key=lambda each: each.order)


def panels_at(place: Place) -> list[Panel]:
    return [panel for panel in _panels if panel.place == place]


def tabs_for(person: User) -> list[Tab]:
    return [tab for tab in _tabs if tab.may_see(person)]


def tab_counts() -> dict[str, Any]:
    """The counts of all tabs, to annotate an initiative with."""
    return {f"{tab.name}_count": tab.count for tab in _tabs if tab.count is not None}


def count_of(model: type[Model], **conditions: Any) -> Coalesce:
    """How many rows of `model` belong to an initiative, as an expression."""
    rows = model._default_manager.filter(initiative=OuterRef("pk"), **conditions).order_by()
    count = rows.values("initiative").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(count, output_field=IntegerField()), 0)
