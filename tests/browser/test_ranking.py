"""The ranking as people use it: the map under the policy with the figures of its tables, and what if without script."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from aiso.accounts.models import Role
from portfolio.models import Bucket
from tests.factories import make_envelope, make_initiative, make_person, make_unit

from .conftest import LOOKS, axe_findings, overflow


@pytest.fixture
def lead(transactional_db):
    return make_person("Lea Lead", Role.OFFICE_LEAD)


@pytest.fixture
def portfolio(lead):
    unit = make_unit("Service")
    buckets = [*Bucket.objects.order_by("name")]
    make_envelope(buckets[0], 100_000, set_by=lead)
    scores = [(5, 5, "4.80", 60_000), (4, 4, "4.20", 50_000), (2, 5, "3.10", 30_000), (1, 1, "1.40", None)]
    return [
        make_initiative(
            f"Initiative {place}", unit=unit, bucket=buckets[place % 2 if amount is None else 0],
            value=value, feasibility=feasibility, priority=Decimal(priority), requested_amount=amount,
        )
        for place, (value, feasibility, priority, amount) in enumerate(scores, start=1)
    ]  # fmt: skip


@pytest.mark.parametrize(("on", "theme"), LOOKS)
@pytest.mark.parametrize("path", ["/portfolio/", "/portfolio/map/", "/portfolio/what-if/?amount=50k&held=anew"])
def test_pages(visit, lead, portfolio, path, on, theme):
    page = visit(path, as_=lead, on=on, theme=theme)

    assert axe_findings(page) == []
    assert overflow(page) == 0


def test_the_map_draws_what_its_tables_say_and_leads_on(visit, lead, portfolio):
    page = visit("/portfolio/map/", as_=lead)

    marks = page.locator("svg.scatter .mark")
    table = page.locator("table.tight tbody tr")
    expect(marks).to_have_count(4)
    assert sum(int(text) for text in table.locator("td:last-child").all_inner_texts()) == 4
    # Drawn where it belongs, in the colour of its bucket, and told on hover.
    best = marks.first
    assert best.locator("title").text_content().startswith(f"{portfolio[0].reference} Initiative 1: value 5")
    assert page.evaluate("() => getComputedStyle(document.querySelector('.mark path')).fill") != "rgb(0, 0, 0)"
    assert page.locator(".best-list li").first.inner_text().startswith(portfolio[0].reference)

    best.click()
    page.wait_for_url(f"**/initiatives/{portfolio[0].reference}/")


def test_filter_the_list_and_go_on_to_the_map(visit, lead, portfolio):
    page = visit("/portfolio/", as_=lead)
    page.locator("summary.add").click()
    page.locator(".drop-menu").get_by_role("link", name="Priority", exact=True).click()
    page.locator("#editor input").first.fill("4")
    page.locator("#editor").get_by_role("button", name="Filter").click()
    page.wait_for_url("**priority_min=4**")
    expect(page.locator("table.ranked tbody tr")).to_have_count(2)

    page.get_by_role("link", name="Map", exact=True).click()
    page.wait_for_url("**/portfolio/map/?**priority_min=4**")
    expect(page.locator("svg.scatter .mark")).to_have_count(2)


def test_what_if_without_script(visit, lead, portfolio):
    page = visit("/portfolio/what-if/", as_=lead, script=False)
    assert page.locator(".answer").first.inner_text().startswith("2 of 3 that ask for money are funded")

    page.get_by_label("Envelope", exact=True).fill("110k")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="Against today")).to_be_visible()
    second = page.locator("table.ranked tbody").first.locator("th").nth(1)
    expect(second).to_contain_text(f"{portfolio[1].reference} Initiative 2")

    page.get_by_role("link", name=f"Leave out: {portfolio[0].reference}").click()
    page.wait_for_url("**without=**")
    page.wait_for_url("**amount=110k**")
    expect(page.get_by_text("Left out by hand")).to_be_visible()

    page.get_by_text("stop there").click()
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**then=stop**")
    assert f"without={portfolio[0].reference}" in page.url

    page.get_by_role("link", name="As it is today").click()
    expect(page.get_by_role("heading", name="Against today")).to_have_count(0)
