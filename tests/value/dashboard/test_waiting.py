"""Waiting until what was known at a moment is counted: the pages of the dashboard, its files and its API."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.cache import cache

from tests.value.conftest import NOON
from tests.value.look_backs import counted, nothing, schemas
from value import tasks
from value.dashboard.asked import Asked
from value.dashboard.reading import dashboard_of
from value.kept import asking
from value.kept.look_backs import make

from .test_api import script_of
from .test_page import table_of, text_of

pytestmark = pytest.mark.django_db
PATHS = ("", "rows/lead_time/", "rows/stable_owner/")
FILES = ("table/lead_time/", "rows/lead_time/export/", "rows/closed/export/")
ASKS_AGAIN = {"HX-Request": "true", "HX-Target": "look-back"}


def test_a_dashboard_is_told_alike(small, executive, office_lead, chief_of_retail):
    moments = [NOON - timedelta(days=20), NOON]
    for moment in moments:
        asked = Asked(90, date(2026, 6, 15), known_at=moment)
        people = (executive, office_lead, chief_of_retail)
        in_place = [dashboard_of(person, asked) for person in people]
        assert make(moment, nothing)
        assert [dashboard_of(person, asked) for person in people] == in_place
        assert counted(lambda asked=asked: dashboard_of(executive, asked)) == 0
    assert len(schemas()) == 2
    assert in_place[0] != in_place[2]


@pytest.mark.parametrize("path", PATHS)
def test_a_page_waits_and_is_there_when_it_is_counted(client, small, executive, asked, path):
    client.force_login(executive)
    address = f"/dashboard/{path}?days=30&known_at=2026-06-01T12:00:00Z"
    for _ in range(2):
        waiting = client.get(address)
        assert waiting.status_code == 200
        page = text_of(waiting)
        assert "Counting what was known on 1 Jun 2026, 12:00" in page
        assert "0 % counted" in page
    shown = waiting.content.decode()
    assert f'hx-get="{address.replace("&", "&amp;")}"' in shown
    assert '<noscript><meta http-equiv="refresh"' in shown
    assert f'href="/dashboard/{path}?days=30"' in shown
    assert asked == [["2026-06-01T12:00:00+00:00"]]
    # Asked again it answers with the part that changes, and once it is there with the page anew.
    part = client.get(address, headers=ASKS_AGAIN)
    assert part.content.decode().strip().startswith('<div id="look-back"')
    tasks.look_back(*asked[0])
    assert client.get(address, headers=ASKS_AGAIN)["HX-Refresh"] == "true"
    shown = client.get(address)
    assert counted(lambda: client.get(address)) == 0
    assert "Counting" not in text_of(shown)
    assert "as known on" in text_of(shown).lower()
    assert len(asked) == 1


@pytest.mark.parametrize("path", FILES)
def test_a_file_waits_and_is_offered_when_it_is_counted(client, small, executive, asked, path):
    client.force_login(executive)
    address = f"/dashboard/{path}?known_at=2026-06-15&format=csv"
    waiting = client.get(address)
    assert (waiting.status_code, "Content-Disposition" in waiting) == (202, False)
    assert "Take what is known now" in text_of(waiting)
    tasks.look_back(*asked[0])
    part = client.get(address, headers=ASKS_AGAIN)
    assert "HX-Refresh" not in part
    assert f'href="{address.replace("&", "&amp;")}"' in part.content.decode()
    assert "hx-get" not in part.content.decode()
    assert len(table_of(client.get(address))) > 1


def test_how_far_it_is_is_told(client, small, executive, asked):
    client.force_login(executive)
    client.get("/dashboard/?known_at=2026-06-10T12:00:00Z")
    cache.set(asking._key(datetime(2026, 6, 10, 12, tzinfo=UTC)), 40)
    page = client.get("/dashboard/?known_at=2026-06-10T12:00:00Z")
    assert '<progress class="meter" max="100" value="40"' in page.content.decode()


def test_only_what_was_known_is_waited_for(client, small, executive, asked):
    client.force_login(executive)
    for query in ("", "?known_at=soon", "?known_at=2027-01-01"):
        page = text_of(client.get(f"/dashboard/{query}"))
        assert "600 €" in page
        assert ("and is left out" in page) == bool(query)
    assert client.get("/dashboard/rows/profit/?known_at=2026-06-10").status_code == 404
    assert client.get("/dashboard/table/profit/?known_at=2026-06-10").status_code == 404
    assert client.get("/dashboard/rows/profit/export/?known_at=2026-06-10").status_code == 404
    client.logout()
    assert client.get("/dashboard/?known_at=2026-06-10").status_code == 302
    assert asked == []


def test_few_facts_are_counted_at_once(client, small, executive):
    client.force_login(executive)
    assert "600 €" in text_of(client.get("/dashboard/?known_at=2026-06-15"))
    assert schemas() == []


def test_it_holds_all_and_shows_each_what_is_theirs(client, small, executive, stranger, chief_of_retail, asked):
    query = "known_at=2026-06-15&figure=net_value"
    client.force_login(stranger)
    client.get(f"/dashboard/?{query}")
    tasks.look_back(*asked[0])
    assert "€" not in text_of(client.get(f"/dashboard/?{query}")).partition("Board packs")[0]
    assert client.get(f"/dashboard/table/net_value/?{query}").status_code == 403
    client.force_login(chief_of_retail)
    assert "600 €" not in text_of(client.get(f"/dashboard/?{query}"))
    client.force_login(executive)
    assert "600 €" in text_of(client.get(f"/dashboard/?{query}"))
    assert len(asked) == 1


def test_the_api_asks_to_come_again(small, executive, stranger, asked):
    script, query = script_of(executive), {"known_at": "2026-06-15", "as_of": "2026-06-15"}
    for _ in range(2):
        waiting = script.get("dashboard/", query)
        assert (waiting.status_code, waiting["Retry-After"], waiting.content) == (202, "2", b"")
    assert len(asked) == 1
    tasks.look_back(*asked[0])
    told = script.get("dashboard/", query)
    assert (told.status_code, told.json()["net_value"]["amount"]) == (200, "600.00")
    assert script_of(stranger).get("dashboard/", query).json()["net_value"] is None
    assert script.get("dashboard/", {"known_at": "soon"}).status_code == 400
    assert script.get("dashboard/").status_code == 200
    assert len(asked) == 1
