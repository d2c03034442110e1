"""Risks in a real browser: for everyone, and accepted by somebody else than their owner."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from aiso import clock
from portfolio.models import Initiative, Risk
from tests.factories import make_acceptance, make_initiative, make_risk

from .conftest import LOOKS, axe_findings, finer_findings, overflow


@pytest.fixture
def initiative(transactional_db, business_owner, technical_owner, office_member, risk_owner) -> Initiative:
    """With a risk accepted for some days, one above appetite that is accepted no longer, and one that is late."""
    initiative = make_initiative("Delivery dates", stage="pilot", owner=business_owner, risk_owner=risk_owner)
    today = clock.today()
    make_acceptance(make_risk(initiative, technical_owner, "Wrong orders"), office_member, today + timedelta(days=9))
    grave = {"likelihood": 5, "impact": 5, "residual_likelihood": 3, "residual_impact": 5}
    lost = make_risk(initiative, technical_owner, "One group is judged worse", **grave)
    make_acceptance(lost, office_member, today - timedelta(days=2))
    make_risk(initiative, technical_owner, "Nobody notices drift", due_on=today - timedelta(days=4))
    return initiative


@pytest.mark.parametrize(("on", "theme"), LOOKS)
def test_their_pages_are_for_everyone(visit, initiative, office_lead, on, theme):
    here = f"{initiative.get_absolute_url()}risks/"
    accepted, lost = Risk.objects.get(title="Wrong orders"), Risk.objects.get(title="One group is judged worse")
    page = visit("/risks/", as_=office_lead, on=on, theme=theme)
    wrong = []
    for address in (
        *("/risks/", "/risks/?basis=inherent&appetite=above", "/risks/?likelihood=3&impact=5", "/risks/?state=closed"),
        *(here, f"{here}new/", f"{here}{accepted.pk}/", f"{here}{lost.pk}/", f"{here}{lost.pk}/edit/"),
        *(f"{here}{lost.pk}/accept/", f"{here}{accepted.pk}/withdraw/", f"{here}{lost.pk}/close/"),
    ):
        page.goto(address)
        wrong += [
            f"{address} {found}" for found in (*axe_findings(page), *finer_findings(page), overflow(page)) if found
        ]
        # The map is whole, without scrolling: Major and Severe are what it is for.
        hidden = "all => all.some(each => each.querySelector('.heat') && each.scrollWidth > each.clientWidth)"
        wrong += [f"{address} cuts the map"] if page.locator(".scroll").evaluate_all(hidden) else []
    assert wrong == []


def test_a_risk_is_raised_accepted_by_another_and_found_in_the_heat_map(
    visit, initiative, business_owner, technical_owner, risk_owner
):
    page = visit(f"{initiative.get_absolute_url()}risks/", as_=business_owner)
    page.get_by_role("link", name="Raise a risk").click()
    page.get_by_label("Title").fill("Few labels")
    page.get_by_label("Because of").fill("Nobody has time")
    page.get_by_label("There may be").fill("too few examples")
    page.get_by_label("Which leads to").fill("wrong answers")
    for label in ("Likelihood before treatment", "Impact before treatment"):
        page.get_by_label(label).select_option("4")
    page.get_by_label("What is done").fill("Two people for three weeks.")
    page.get_by_role("combobox", name="Owner").fill(technical_owner.email)
    for label in ("Likelihood after treatment", "Impact after treatment"):
        page.get_by_label(label).select_option("2")
    page.get_by_role("button", name="Raise risk").click()
    expect(page.locator(".answer")).to_contain_text("After treatment 4, low, within the appetite of 9")
    expect(page.get_by_role("link", name="Accept what is left")).to_have_count(0)

    page = visit(page.url, as_=risk_owner)
    page.get_by_role("link", name="Accept what is left").click()
    expect(page.get_by_role("region", name="What accepting means")).to_contain_text("You answer for it by name")
    page.get_by_label("Why what is left may stay").fill("Users tell us.")
    page.get_by_role("button", name="Accept what is left").click()
    expect(page.locator(".answer")).to_contain_text("accepted until")
    page.goto("/risks/")
    page.get_by_role("table", name="Number of risks").get_by_role("link", name="risk, score 4, low").click()
    expect(page.get_by_role("link", name="Few labels")).to_be_visible()
