"""Adoption as people use it: weeks recorded in one go, a trend in words, what is small withheld."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from portfolio.models import Workflow
from tests.factories import make_entry, make_initiative, make_person
from tests.value.adoption_factories import read
from value.models import AdoptionReading
from value.weeks import last_week_over, last_weeks, week_name

from .conftest import LOOKS, axe_findings, finer_findings, overflow


@pytest.fixture
def owner(transactional_db):
    return make_person("Olga Owner")


@pytest.fixture
def workflow(owner) -> Workflow:
    found = make_entry(Workflow, "Handle a claim", is_critical=True)
    make_initiative("Claims", owner=owner, workflow=found, stage="scale")
    for name in ("Claims by phone", "Claims by letter"):
        make_initiative(name, owner=owner, workflow=found, stage="pilot")
    for back in range(2, 9):
        read(found, owner, last_week_over() - timedelta(weeks=back), active_users=60 - back, repeat_users=20)
    read(found, owner, last_week_over() - timedelta(weeks=9), target_users=4, active_users=3)
    return found


@pytest.mark.parametrize(("on", "theme"), LOOKS)
def test_pages(visit, owner, workflow, on, theme):
    here = f"/adoption/workflows/{workflow.pk}/"
    reading = AdoptionReading.objects.first().get_absolute_url()
    page = visit("/adoption/", as_=owner, on=on, theme=theme)
    for path in ("/adoption/", here, f"{here}record/", reading, f"{reading}correct/", "/adoption/files/upload/"):
        page.goto(path)
        assert (path, axe_findings(page), overflow(page)) == (path, [], 0)
        assert (path, finer_findings(page)) == (path, [])


def test_on_a_phone_nothing_of_the_windows_is_cut_and_each_week_has_its_point(visit, owner, workflow):
    page = visit(f"/adoption/workflows/{workflow.pk}/", as_=owner, on="phone")
    cut = "each => each.scrollWidth > each.clientWidth"
    assert not page.get_by_role("region", name="Figures by window").evaluate(cut)
    expect(page.locator(".trend circle")).to_have_count(7)
    expect(page.get_by_text("100\N{NO-BREAK SPACE}%", exact=True)).to_be_visible()


def test_two_missing_weeks_are_recorded_in_one_go(visit, owner, workflow):
    page = visit("/", as_=owner)
    page.get_by_role("link", name="Say how many use “Handle a claim”").first.click()
    page.wait_for_url("**/record/")
    for week, active in zip(last_weeks(2), ("71", "66"), strict=True):
        page.get_by_label(f"Target users in {week_name(week)}").fill("100")
        page.get_by_label(f"Active users in {week_name(week)}").fill(active)
    page.get_by_label("Source").fill("Usage report")
    page.get_by_role("button", name="Record", exact=True).click()
    page.get_by_role("heading", name="Week by week").wait_for()
    newest = f"to 71\N{NO-BREAK SPACE}% in {week_name(last_week_over())}"
    expect(page.get_by_role("img", name=newest)).to_have_count(1)
    expect(page.get_by_text("under 5 people").first).to_be_visible()
    assert AdoptionReading.objects.current().count() == 10
