"""The API as people meet it: a token made on the profile, and the pages that explain it."""

import json
import re

import pytest
from django.test import Client
from playwright.sync_api import expect

from aiso.accounts.models import Role
from tests.factories import make_person

from .conftest import LOOKS, axe_findings, overflow

PAGES = ("/api/v1/docs/", "/api/v1/docs/problems/", "/profile/")
# Hundreds of operations and shapes are written alike, and axe takes minutes for all of them: the first tell.
REST = "section:nth-of-type(n+3) > details, .shape:nth-of-type(n+9)"


@pytest.fixture
def lead(transactional_db):
    return make_person("Otto Lead", Role.OFFICE_LEAD)


@pytest.mark.parametrize(("on", "theme"), LOOKS)
def test_its_pages_are_for_everyone(visit, lead, on, theme):
    for address in PAGES:
        page = visit(address, as_=lead, on=on, theme=theme)
        for operation in page.locator("details.op").all()[:3]:
            operation.locator("summary").click()
        assert not overflow(page), address
        page.evaluate("rest => document.querySelectorAll(rest).forEach((each) => each.remove())", REST)
        assert axe_findings(page) == [], address


def test_a_token_is_made_shown_once_and_revoked(visit, lead):
    page = visit("/profile/", as_=lead)
    page.get_by_text("Make a token").click()
    page.get_by_label("Name", exact=False).first.fill("Nightly sync")
    page.get_by_role("button", name="Make this token").click()
    secret = page.locator("#secret").inner_text()
    answer = Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/me/")
    assert json.loads(answer.content)["token"]["name"] == "Nightly sync"

    page.goto("/profile/")
    expect(page.locator("#secret")).to_have_count(0)
    page.get_by_role("button", name=re.compile("Revoke")).click()
    page.get_by_text("“Nightly sync” is revoked").wait_for()
    assert Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/me/").status_code == 401


def test_a_shape_is_a_click_away_from_its_operation(visit, lead):
    page = visit("/api/v1/docs/", as_=lead)
    operation = page.locator("#initiative_retrieve")
    operation.locator("summary").click()
    operation.get_by_role("link", name="Initiative", exact=True).click()
    expect(page.locator("#shape-Initiative h3")).to_be_in_viewport()
