"""Forums, barriers and releases in a real browser."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from aiso import clock
from portfolio.models import Barrier, Initiative
from tests.factories import make_barrier, make_criterion, make_initiative, make_ownership, make_release, make_seat

from .conftest import LOOKS, axe_findings, overflow


@pytest.fixture
def initiative(transactional_db, business_owner, technical_owner, office_member) -> Initiative:
    """Held up late by one thing and soon by another, with one release out and one that falls short."""
    initiative = make_initiative("Delivery dates", stage="pilot", owner=business_owner)
    today = clock.today()
    waiting: dict[str, Any] = {"waiting_on": "Platform team", "raised_at": clock.now() - timedelta(days=40)}
    make_barrier(initiative, technical_owner, "No access to the log", wanted_by=today - timedelta(days=9), **waiting)
    make_barrier(initiative, office_member, "Nobody has time to label examples")
    lifted = {"lifted_at": clock.now(), "lifted_by": office_member, "how": "A second lot was called."}
    make_barrier(initiative, office_member, "The frame contract is used up", **lifted)
    out = make_release(initiative, office_member, "1.0", released_on=today, released_by=office_member)
    make_criterion(out, result=95)
    planned = make_release(initiative, office_member, "1.1", planned_on=today + timedelta(days=12), volume_share=35)
    make_criterion(planned, "Right answers on the test set", result=85)
    make_criterion(planned, "Attacks withstood", category="red_team", demand="yes", threshold=None, unit="")
    make_ownership(initiative, office_member, "risk")
    return initiative


@pytest.mark.parametrize(("on", "theme"), LOOKS)
def test_their_pages_are_for_everyone(visit, initiative, office_lead, office_member, executive, on, theme):
    seat = make_seat("portfolio-review", executive, "chair")
    make_seat("portfolio-review", office_member, "secretary")
    here, barrier = initiative.get_absolute_url(), Barrier.objects.filter(lifted_at=None).first()
    planned = initiative.releases.get(name="1.1")
    criterion = planned.criteria.first()
    page = visit("/forums/", as_=office_lead, on=on, theme=theme)
    forum = "/administration/forums/portfolio-review/"
    wrong = []
    for address in (
        *("/forums/", "/administration/forums/", forum, f"{forum}edit/", f"{forum}history/"),
        *(f"{forum}members/{seat.pk}/end/", "/barriers/", "/barriers/?state=lifted", "/barriers/?state=late&order=age"),
        *(f"/barriers/?owner={office_lead.pk}", here, f"{here}barriers/", f"{here}barriers/new/"),
        *(f"{here}barriers/{barrier.pk}/", f"{here}barriers/{barrier.pk}/lift/", f"{here}releases/"),
        *(f"{here}releases/new/", f"{here}releases/{planned.pk}/", f"{here}releases/{planned.pk}/out/"),
        *(f"{here}releases/{planned.pk}/criteria/new/", f"{here}releases/{planned.pk}/criteria/{criterion.pk}/result/"),
        "/register/?edit=barrier",
    ):
        page.goto(address)
        wrong += [f"{address} {found}" for found in (*axe_findings(page), overflow(page)) if found]
    assert wrong == []


@pytest.mark.parametrize("script", [True, False])
def test_a_barrier_is_lifted(visit, initiative, technical_owner, script):
    page = visit(f"{initiative.get_absolute_url()}barriers/", as_=technical_owner, script=script)
    page.get_by_role("link", name="Lift No access to the log").click()
    page.get_by_label("How it was lifted").fill("Read access for six months.")
    page.get_by_role("button", name="Lift barrier").click()

    expect(page.get_by_role("cell", name="Read access for six months.")).to_be_visible()
    assert Barrier.objects.get(what="No access to the log").lifted_by == technical_owner


@pytest.mark.parametrize("script", [True, False])
def test_only_a_reason_of_the_risk_owner_lets_a_release_out(visit, initiative, office_member, script):
    page = visit(f"{initiative.get_absolute_url()}releases/", as_=office_member, script=script)
    page.get_by_role("link", name="1.1", exact=True).click()
    page.get_by_role("link", name="Mark as released").click()
    expect(page.locator(".answer")).to_contain_text("2 required criteria are not met")
    page.get_by_role("button", name="Mark as released").click()
    expect(page.locator("form.form-narrow")).to_contain_text("Say why it goes out anyway.")
    page.get_by_label("Why it goes out anyway").fill("Watched by hand for two weeks.")
    page.get_by_role("button", name="Mark as released").click()

    expect(page.get_by_text("Watched by hand for two weeks.").first).to_be_visible()
    assert initiative.releases.get(name="1.1").is_out
