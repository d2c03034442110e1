"""The leadership dashboard as it is read: a chart from the page's own values, its table without script, on a phone."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from aiso import clock
from portfolio.models import OutcomeMetric, Workflow
from tests.factories import make_entry, make_initiative, make_person, move_stage
from tests.value.adoption_factories import read
from tests.value.factories import claim, cost_of, post
from value import tasks
from value.actions.claims import confirm_claim
from value.dashboard.figures import FIGURES
from value.kept import asking
from value.kept.look_backs import drop_all
from value.kept.recompute import recompute_marked
from value.weeks import last_week_over

from .conftest import LOOKS, axe_findings, finer_findings, overflow

BARS = "g.barlayer path"


@pytest.fixture
def reader(transactional_db):
    """An executive who reads of one initiative in production, with adoption, benefit and cost."""
    owner, finance = make_person("Olga Owner"), make_person("Fred Count", "finance_controller")
    today, used = clock.today(), make_entry(Workflow, "Handle a claim", is_critical=True)
    live = make_initiative("Claims", owner=owner, workflow=used, stage="pilot", since=today - timedelta(days=160))
    move_stage(live, "limited_rollout", today - timedelta(days=40))
    for back in range(1, 9):
        read(used, owner, last_week_over() - timedelta(weeks=back), active_users=60 - back, repeat_users=20)
    metric = OutcomeMetric.objects.create(initiative=live, name="Stops", unit="stops", direction="down")
    covered = {"first_on": today - timedelta(days=70), "last_on": today - timedelta(days=10)}
    confirm_claim(claim(metric, owner, amount=Decimal(9000), **covered), actor=finance)
    post(live, owner, cost_of(4000, **covered))
    recompute_marked()
    return make_person("Eva Chief", "executive")


@pytest.mark.parametrize(("on", "theme"), LOOKS)
def test_every_figure_is_drawn_and_readable(visit, reader, on, theme):
    page = visit("/dashboard/", as_=reader, on=on, theme=theme)
    for figure in FIGURES:
        page.goto(f"/dashboard/?figure={figure}")
        page.locator("#plot[data-drawn] svg.main-svg").first.wait_for()
        assert (figure, axe_findings(page), overflow(page)) == (figure, [], 0)
        assert (figure, finer_findings(page)) == (figure, [])
    for path in ("rows/net_value/", "rows/stable_owner/", "rows/adoption/"):
        page.goto(f"/dashboard/{path}")
        assert (path, axe_findings(page), overflow(page)) == (path, [], 0)


def test_net_value_shows_its_parts_month_by_month(visit, reader):
    page = visit("/dashboard/", as_=reader)
    page.locator("#plot[data-drawn]").wait_for()
    assert page.locator(BARS).count() >= 4
    for name in ("Confirmed benefit", "Run cost", "Net value", "this window"):
        expect(page.locator("#plot").get_by_text(name, exact=True)).to_have_count(1)
    page.get_by_text("Hide table").click()
    table = page.get_by_role("region", name="Net value after operating costs over time")
    expect(table).to_be_hidden()
    page.get_by_text("Show as table").click()
    expect(table).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_a_wide_table_shows_at_which_edge_there_is_more(visit, reader, theme):
    page = visit("/dashboard/", as_=reader, on="phone", theme=theme)
    page.locator("#plot[data-drawn]").wait_for()
    table = page.get_by_role("region", name="Net value after operating costs over time")
    table.scroll_into_view_if_needed()

    def edges() -> tuple[bytes, bytes]:
        """What stands in the empty row above the heads, at the left and at the right."""
        box = table.bounding_box()
        assert box
        left, right = box["x"], box["x"] + box["width"] - 8
        return tuple(page.screenshot(clip={"x": x, "y": box["y"] + 1, "width": 8, "height": 3}) for x in (left, right))

    plain, shaded = edges()
    assert plain != shaded
    table.evaluate("each => { each.scrollLeft = each.scrollWidth }")
    left, right = edges()
    assert right == plain
    assert left != plain


def test_a_tile_is_one_click_from_its_rows_by_keyboard_too(visit, reader):
    page = visit("/dashboard/", as_=reader)
    tile = page.get_by_role("link", name="Lead time, pilot to production")
    tile.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/dashboard/?figure=lead_time#figure")
    assert tile.get_attribute("aria-current") == "true"
    page.get_by_role("link", name="Rows").click()
    page.wait_for_url("**/dashboard/rows/lead_time/**")
    expect(page.get_by_role("link", name="Claims", exact=True)).to_be_visible()


def test_it_can_be_read_and_asked_without_script(visit, reader):
    page = visit("/dashboard/", as_=reader, script=False)
    expect(page.get_by_role("region", name="Net value after operating costs over time")).to_be_visible()
    expect(page.locator("#plot")).to_be_hidden()
    page.get_by_label("as of").fill((clock.today() - timedelta(days=30)).isoformat())
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/dashboard/?as_of=*")
    page.get_by_role("link", name="Adoption in critical workflows").click()
    expect(page.get_by_role("region", name="Adoption in critical workflows over time")).to_be_visible()


@pytest.fixture
def asked(monkeypatch, transactional_db):
    """Moments that the background is asked for; what is counted of them is dropped at the end."""
    sent: list[list[str]] = []
    monkeypatch.setattr(asking, "AT_ONCE", 0)
    monkeypatch.setattr(tasks.look_back, "apply_async", lambda told, **options: sent.append(told))
    yield sent
    drop_all()


@pytest.mark.parametrize("on", ["laptop", "phone"])
def test_a_page_waits_by_itself_until_it_is_counted(visit, reader, asked, on):
    yesterday = clock.today() - timedelta(days=1)
    page = visit(f"/dashboard/?known_at={yesterday}", as_=reader, on=on)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Counting what was known on")
    assert (axe_findings(page), finer_findings(page), overflow(page)) == ([], [], 0)
    cache.set(asking._key(datetime.fromisoformat(asked[0][0])), 40)
    expect(page.get_by_text("40 % counted")).to_be_visible()
    tasks.look_back(*asked[0])
    expect(page.get_by_role("heading", level=1)).to_contain_text("Is the portfolio turning into value?")


def test_a_file_waits_by_itself_and_is_offered(visit, reader, asked):
    yesterday = clock.today() - timedelta(days=1)
    page = visit(f"/dashboard/rows/closed/export/?known_at={yesterday}&format=csv", as_=reader)
    expect(page.get_by_role("link", name="Take what is known now")).to_be_visible()
    tasks.look_back(*asked[0])
    offered = page.get_by_role("link", name="Download the file")
    expect(offered).to_be_visible()
    with page.expect_download() as download:
        offered.click()
    assert download.value.suggested_filename.startswith("closed-")


def test_without_script_the_page_looks_again(visit, reader, asked):
    yesterday = clock.today() - timedelta(days=1)
    page = visit(f"/dashboard/?known_at={yesterday}", as_=reader, script=False)
    tasks.look_back(*asked[0])
    expect(page.get_by_role("heading", level=1)).to_contain_text("Is the portfolio turning into value?")
