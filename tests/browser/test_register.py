"""The register as people use it: narrow it, mend an owner in the row, change several, take it back."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from aiso import clock
from aiso.accounts.models import Role
from portfolio.models import Bucket, Initiative, SearchWord, Stage
from tests.factories import make_initiative, make_person, make_unit

from .conftest import LOOKS, WIDE, axe_findings, overflow


@pytest.fixture
def office(transactional_db):
    return make_person("Olga Member", Role.OFFICE_MEMBER)


@pytest.fixture
def portfolio(office):
    unit = make_unit("Service")
    bucket = Bucket.objects.get(name="Customer operations")
    since = clock.today() - timedelta(days=60)
    rows = [
        make_initiative("Fraud detection", unit=unit, stage=Stage.PILOT, since=since, bucket=bucket, risk_tier="high"),
        make_initiative("Pump maintenance", unit=unit, stage=Stage.SCALE, since=since, value=5, feasibility=4),
        make_initiative("Contract search", unit=unit, stage=Stage.PILOT, since=since, summary="Finds clauses."),
    ]
    SearchWord.objects.refresh()
    return rows


@pytest.mark.parametrize(("on", "theme"), [*LOOKS, ("tablet", "light")])
@pytest.mark.parametrize(
    "path", ["/register/", "/register/board/", "/register/map/", "/register/?stage=pilot&edit=risk"]
)
def test_pages(visit, office, portfolio, path, on, theme):
    page = visit(path, as_=office, on=on, theme=theme)
    assert axe_findings(page) == []
    assert overflow(page) == 0


def test_narrow_by_a_filter_and_by_a_mistyped_word(visit, office, portfolio):
    page = visit("/register/", as_=office)
    page.locator("summary.add").click()
    page.locator(".drop-menu").get_by_role("link", name="Stage", exact=True).click()
    page.locator("#editor").get_by_text("Pilot", exact=True).click()
    page.locator("#editor").get_by_role("button", name="Filter").click()
    page.wait_for_url("**/register/?stage=pilot")
    expect(page.locator("tbody tr")).to_have_count(2)

    page.locator("#q").fill("fruad detecton")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=fruad**")
    expect(page.locator("tbody .name")).to_have_text(["Fraud detection"])
    expect(page.locator(".corrected")).to_contain_text("fraud")


def test_mend_an_owner_in_the_row_and_take_it_back(visit, office, portfolio):
    owner = make_person("Tara Nichols", Role.BUSINESS_OWNER)
    page = visit("/register/?order=ref", as_=office)
    row = page.locator(f"#row-{portfolio[0].pk}")
    row.get_by_role("link", name="3 missing").click()
    row.get_by_role("combobox", name="Business owner").fill("Tara")
    page.get_by_role("option", name="Tara Nichols").click()
    row.get_by_role("button", name="Save").click()

    row.get_by_text("2 missing").wait_for()
    portfolio[0].refresh_from_db()
    assert portfolio[0].business_owner == owner

    page.get_by_role("button", name="Undo").click()
    page.locator(f"#row-{portfolio[0].pk}").get_by_text("3 missing").wait_for()


def test_two_people_change_the_same_cell(visit, office, portfolio):
    page = visit("/register/?order=ref", as_=office)
    page.set_viewport_size(WIDE)
    cell = page.locator(f"#row-{portfolio[0].pk} td").filter(has_text="Customer operations")
    cell.locator("a.ed").click()
    cell.locator("select").wait_for()
    theirs = Bucket.objects.get(name="Software engineering")
    Initiative.objects.filter(pk=portfolio[0].pk).update(bucket=theirs)

    cell = page.locator(f"#row-{portfolio[0].pk} td").filter(has=page.locator("select"))
    cell.locator("select").select_option(label="Knowledge retrieval")
    cell.get_by_role("button", name="Save").click()

    page.locator(f"#row-{portfolio[0].pk}").get_by_text("Software engineering").first.wait_for()
    portfolio[0].refresh_from_db()
    assert portfolio[0].bucket == theirs


def test_change_several_and_take_it_back(visit, office, portfolio):
    page = visit("/register/?order=ref", as_=office)
    page.get_by_label("Select all on this page").check()
    expect(page.locator(".selbar")).to_contain_text("3 selected")
    page.locator(".selbar summary").click()
    page.get_by_role("button", name="Bucket", exact=True).click()
    page.get_by_label("Bucket").select_option(label="Knowledge retrieval")
    page.get_by_role("button", name="Change 3 initiatives").click()
    page.get_by_text("Bucket changed on 3 initiatives.").wait_for()
    assert {*Initiative.objects.values_list("bucket__name", flat=True)} == {"Knowledge retrieval"}

    page.get_by_role("button", name="Undo").click()
    page.get_by_text("3 initiatives as before").wait_for()
    assert Initiative.objects.filter(bucket__name="Knowledge retrieval").count() == 0


def test_without_script_it_works_all_the_same(visit, office, portfolio):
    page = visit("/register/?edit=stage", as_=office, script=False)
    page.locator("#editor").get_by_text("Scale", exact=True).click()
    page.locator("#editor").get_by_role("button", name="Filter").click()
    expect(page.locator("tbody .name")).to_have_text(["Pump maintenance"])
    page.locator("tbody a.ed").first.click()
    expect(page.get_by_role("button", name="Save")).to_be_visible()


def test_rows_by_key(visit, office, portfolio):
    page = visit("/register/?order=ref", as_=office)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/initiatives/{portfolio[1].reference}/")
    expect(page.get_by_role("heading", name="Pump maintenance")).to_be_visible()
