"""Value as people use it: from a claim to what counts, by another person's key; the waterfall with its table."""

from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from aiso.accounts.models import Role
from portfolio.models import OutcomeMetric
from tests.factories import make_initiative, make_person
from tests.value.factories import claim, cost_of, post
from value.actions.claims import confirm_claim
from value.actions.measure import confirm_measurement, record_measurement
from value.actions.yearly_rate import record_yearly_rate

from .conftest import LOOKS, axe_findings, overflow


@pytest.fixture
def owner(transactional_db):
    return make_person("Olga Owner", Role.FINANCE_CONTROLLER)


@pytest.fixture
def finance(transactional_db):
    return make_person("Fina Controller", Role.FINANCE_CONTROLLER)


@pytest.fixture
def metric(owner):
    initiative = make_initiative("Pump forecasts", owner=owner, stage="pilot")
    return OutcomeMetric.objects.create(initiative=initiative, name="Stops a month", unit="stops", direction="down")


@pytest.fixture
def waiting(metric, owner, finance):
    """A claim that counts, one by the same method that waits, and what it costs."""
    april = {"first_on": date(2026, 4, 1), "last_on": date(2026, 4, 30)}
    confirm_claim(claim(metric, owner, amount=Decimal(5000), **april), actor=finance)
    post(metric.initiative, finance, cost_of(1200, happened_on=date(2026, 5, 4)))
    return claim(metric, owner)


@pytest.mark.parametrize(("on", "theme"), LOOKS)
@pytest.mark.parametrize("path", ["/ledger/", "/claims/", "{initiative}value/", "{entry}", "{initiative}value/claim/"])
def test_pages(visit, finance, waiting, path, on, theme):
    where = {"initiative": waiting.initiative.get_absolute_url(), "entry": waiting.get_absolute_url()}
    page = visit(path.format(**where), as_=finance, on=on, theme=theme)

    assert axe_findings(page) == []
    assert overflow(page) == 0


@pytest.fixture
def lasting(owner, finance):
    """An initiative in production for a year, whose confirmed benefit was measured again once, and faded."""
    initiative = make_initiative("Stock forecasts", owner=owner, stage="scale", since=date(2025, 1, 15))
    told = {"baseline": Decimal(10), "baseline_on": date(2025, 1, 2), "baseline_source": "Time sheets"}
    metric = OutcomeMetric.objects.create(initiative=initiative, name="Hours", unit="hours", direction="up", **told)
    january = {"first_on": date(2025, 1, 1), "last_on": date(2025, 1, 31)}
    confirm_claim(claim(metric, owner, amount=Decimal(5000), **january), actor=finance)
    for day, value in ((date(2025, 2, 1), 20), (date(2025, 4, 20), 15)):
        measured = record_measurement(metric, actor=owner, value=Decimal(value), measured_on=day, method="Time sheets")
        confirm_measurement(measured, actor=finance)
    record_yearly_rate(actor=finance, per_cent=Decimal(8), starts_on=date(2020, 1, 1), source="Cost of capital")
    post(initiative, finance, cost_of(1200, happened_on=date(2025, 1, 4)))
    return initiative


@pytest.mark.parametrize(("on", "theme"), LOOKS)
@pytest.mark.parametrize("tab", ["value", "measurements"])
def test_what_lasted_and_what_it_paid_back(visit, finance, lasting, tab, on, theme):
    page = visit(f"{lasting.get_absolute_url()}{tab}/", as_=finance, on=on, theme=theme)

    assert axe_findings(page) == []
    assert overflow(page) == 0
    assert page.get_by_text("50 %").first.is_visible() or tab == "value"


@pytest.mark.parametrize(
    "path",
    [
        *("/catalogue/", "/ledger/rates/", "/ledger/months/", "/ledger/files/new/", "/ledger/yearly-rate/"),
        *("/measurements/", "/measurements/files/upload/", "/baselines/", "/ledger/months/close/"),
    ],
)
def test_what_finance_keeps(visit, finance, path):
    assert axe_findings(visit(path, as_=finance)) == []


def test_the_queue_shows_all_that_overlaps_on_a_laptop(visit, owner, finance, metric, waiting):
    OutcomeMetric.objects.filter(pk=metric.pk).update(name="Unplanned stops of the filling line a month")
    claim(metric, owner, amount=Decimal(400))
    page = visit("/claims/", as_=finance, on="laptop")
    assert overflow(page) == 0
    inside = "() => { const found = document.querySelector('.scroll'); return found.scrollWidth - found.clientWidth }"
    assert page.evaluate(inside) == 0


def test_what_overlaps_is_shared_and_confirmed(visit, owner, finance, waiting):
    other = claim(waiting.metric, owner, amount=Decimal(400))
    page = visit("/claims/", as_=finance)
    assert axe_findings(page) == []
    expect(page.get_by_role("checkbox")).to_have_count(0)

    page = visit(waiting.get_absolute_url(), as_=finance)
    assert axe_findings(page) == []
    expect(page.get_by_role("button", name="Confirm", exact=True)).to_have_count(0)
    page.locator(f"[name=share_{waiting.pk}]").fill("70")
    page.locator(f"[name=share_{other.pk}]").fill("30")
    page.get_by_label("What was agreed, and by whom").fill("Both owners, on Monday.")
    page.get_by_role("button", name="Record shares").click()
    page.get_by_role("heading", name="of which 70").wait_for()
    page.get_by_role("button", name="Confirm", exact=True).click()
    page.get_by_text("confirmed it on").wait_for()

    page = visit("/claims/", as_=finance, on="phone")
    assert axe_findings(page) == []
    assert overflow(page) == 0
    expect(page.get_by_role("checkbox")).to_have_count(1)


def test_the_waterfall_draws_what_its_table_says(visit, finance, waiting):
    page = visit(f"{waiting.initiative.get_absolute_url()}value/", as_=finance)
    page.wait_for_load_state("networkidle")

    bars = [text.replace("\N{NO-BREAK SPACE}", " ") for text in page.locator("svg.waterfall rect").all_text_contents()]
    sums = [text.replace("\N{NO-BREAK SPACE}", " ") for text in page.locator(".split table td").all_inner_texts()]
    assert (bars[0], bars[-1]) == ("Confirmed benefit: 5,000 €", "Net value: 3,800 €")
    assert [bar.partition(": ")[2] for bar in bars] == sums[: len(bars)]
    fill = "() => getComputedStyle(document.querySelector('svg.waterfall rect')).fill"
    assert page.evaluate(fill) != "rgb(0, 0, 0)"


def test_the_value_tab_fits_a_phone(visit, finance, waiting):
    page = visit(f"{waiting.initiative.get_absolute_url()}value/", as_=finance, on="phone")
    page.wait_for_load_state("networkidle")
    assert axe_findings(page) == []
    assert overflow(page) == 0
    expect(page.locator("svg.waterfall")).to_be_hidden()
    chart = page.locator("svg.lying").bounding_box()
    assert chart["x"] >= 0
    assert chart["x"] + chart["width"] <= page.viewport_size["width"]
    tall = page.evaluate("() => document.querySelector('svg.lying text').getBoundingClientRect().height")
    assert tall >= 11
    decayed = page.locator("td[data-l=Decayed]").first.bounding_box()
    assert decayed["x"] + decayed["width"] <= page.viewport_size["width"]


def test_claimed_corrected_and_counted_by_another_person(visit, owner, finance, metric):
    page = visit(f"{metric.initiative.get_absolute_url()}value/", as_=owner)
    page.get_by_role("link", name="Claim a benefit").click()
    page.get_by_label("Outcome metric").select_option("Stops a month")
    page.get_by_label("Amount", exact=False).first.fill("8,000")
    page.get_by_label("Kind of benefit").select_option("cost_avoidance")
    page.get_by_label("How it is valued").fill("Stops avoided times the cost of one.")
    page.get_by_label("Evidence").fill("Maintenance log")
    page.get_by_role("button", name="Post the benefit").click()
    page.wait_for_url("**/ledger/entries/**")
    # The owner holds the role of finance, too, and is not asked.
    expect(page.get_by_text("A finance controller who neither claimed it")).to_be_visible()
    expect(page.get_by_role("button", name="Confirm claim and method")).to_have_count(0)

    page = visit("/claims/", as_=finance)
    page.get_by_role("link", name="Stops a month").click()
    page.wait_for_url("**/ledger/entries/**")
    page.get_by_text("Correct", exact=True).click()
    page.get_by_label("Amount that counts").fill("6,500")
    page.get_by_label("Why").first.fill("One stop had another cause.")
    page.get_by_role("button", name="Confirm the corrected amount").click()
    page.get_by_text("corrected it to").wait_for()

    page = visit(f"{metric.initiative.get_absolute_url()}value/", as_=owner)
    expect(page.get_by_role("heading", name="Of 6.5 k€ confirmed benefit")).to_be_visible()
