"""The registry through which later apps stand on the page."""

import pytest

from portfolio import gaps, panels
from portfolio.gaps import Gap, register_gaps
from portfolio.models import Comment
from portfolio.panels import Panel, Tab, count_of, register_panel, register_tab
from tests.factories import make_comment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _registries(monkeypatch):
    """Each test registers in copies."""
    monkeypatch.setattr(panels, "_panels", [*panels._panels])
    monkeypatch.setattr(panels, "_tabs", [*panels._tabs])
    monkeypatch.setattr(gaps, "_sources", [*gaps._sources])


def test_a_panel_stands_in_its_place_and_order(client, initiative, stranger):
    register_panel(Panel("money", "card", lambda page: f"<p>Money of {page.initiative.reference}</p>", order=30))
    register_panel(Panel("nothing", "card", lambda page: ""))
    client.force_login(stranger)

    page = client.get(initiative.get_absolute_url()).context["page"]

    drawn = [card for card in page.cards if "Money of" in card]
    assert len(drawn) == 1
    assert page.cards.index(drawn[0]) == 2
    assert len(page.cards) == 4


def test_a_tab_brings_its_count_and_shows_to_those_who_may(client, initiative, stranger, office_lead):
    make_comment(initiative, stranger)
    tab = Tab(
        "talk",
        "Talk",
        "portfolio:initiative_discussion",
        order=5,
        count=count_of(Comment),
        may_see=lambda person: person == office_lead,
    )
    register_tab(tab)
    client.force_login(office_lead)

    shown = client.get(initiative.get_absolute_url()).context["page"].tabs

    assert [(each.tab.label, each.count) for each in shown][:2] == [("Overview", 0), ("Talk", 1)]
    client.force_login(stranger)
    labels = [each.tab.label for each in client.get(initiative.get_absolute_url()).context["page"].tabs]
    assert "Talk" not in labels


def test_a_gap_of_another_app_is_told_with_the_rest(client, initiative, stranger):
    register_gaps(lambda each: [Gap("Fallback plan", "requirement 3", "Answer", "/x/", by="readers")])
    client.force_login(stranger)

    assert "Fallback plan" in client.get(initiative.get_absolute_url()).content.decode()
