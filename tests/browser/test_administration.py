"""People, units, lists and notifications as the office uses them."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from aiso.accounts.actions import grant_role
from aiso.accounts.models import Role, User
from aiso.events.models import Event, Notification
from portfolio.models import Tag
from tests.factories import make_entry, make_initiative, make_person, make_unit

from .conftest import LOOKS, axe_findings, overflow


@pytest.fixture
def lead(transactional_db):
    return make_person("Otto Lead", Role.OFFICE_LEAD)


@pytest.fixture
def company(lead):
    unit = make_unit("Department of Rather Long Names and Their Administration")
    below = make_unit("Motor claims", parent=unit)
    person = make_person("Anna Berg", Role.BUSINESS_OWNER, unit=below, role_unit=unit, job_title="Head of claims")
    make_initiative("Fraud detection", unit=below, owner=person)
    grant_role(person, actor=lead, role=Role.EXECUTIVE)
    event = Event.objects.create(name="comment.added")
    Notification.objects.create(person=lead, event=event, text="Anna Berg mentioned you on AI-0001", path="/profile/")
    return {"person": person, "unit": below, "tag": make_entry(Tag, "fraud")}


def addresses(company: dict) -> list[str]:
    person, unit, tag = (company[name].pk for name in ("person", "unit", "tag"))
    people, units = reverse("accounts:people_list"), reverse("accounts:unit_list")
    return [
        reverse("web:administration"),
        people,
        f"{people}?q=nobody",
        *(f"{people}{each}/" for each in ("invite", "service-accounts/add", person)),
        *(f"{people}{person}/{each}/" for each in ("edit", "deactivate", "history")),
        units,
        *(f"{units}{each}/" for each in ("add", unit, f"{unit}/rename", f"{unit}/move", f"{unit}/history")),
        reverse("portfolio:list_index"),
        reverse("portfolio:list_detail", args=["workflows"]),
        reverse("portfolio:list_detail", args=["tags"]),
        reverse("portfolio:list_entry", args=["tags", tag]),
        reverse("events:notification_list"),
        reverse("accounts:profile"),
    ]


@pytest.mark.parametrize(("on", "theme"), LOOKS)
def test_pages(visit, lead, company, on, theme):
    page = visit(reverse("web:home"), as_=lead, on=on, theme=theme)
    wrong: list[str] = []
    for address in addresses(company):
        page.goto(address)
        wrong += [f"{address} {found}" for found in (*axe_findings(page), overflow(page)) if found]
    assert wrong == []


def test_find_somebody_by_typing(visit, lead, company):
    page = visit(reverse("accounts:people_list"), as_=lead)
    page.get_by_label("Name or e-mail address").fill("anna")
    page.wait_for_url("**q=anna**")
    expect(page.locator("#people tbody tr")).to_have_count(1)


@pytest.mark.parametrize("script", [True, False])
def test_give_a_role_with_and_without_script(visit, lead, company, script):
    page = visit(reverse("accounts:person_detail", args=[company["person"].pk]), as_=lead, script=script)
    page.get_by_text("Give a role").click()
    page.get_by_label("Role", exact=True).select_option("auditor")
    page.get_by_role("button", name="Give this role").click()
    page.get_by_text("holds other roles").first.wait_for()
    page.get_by_label("Role", exact=True).select_option("requester")
    page.get_by_role("button", name="Give this role").click()
    page.get_by_text("Role given to Anna Berg").first.wait_for()
    assert Role.REQUESTER in User.objects.get(pk=company["person"].pk).role_units


def test_the_bell_leads_to_what_happened(visit, lead, company):
    page = visit(reverse("web:home"), as_=lead)
    page.locator("a.push", has_text="1").click()
    page.get_by_role("button", name="Open").click()
    page.wait_for_url("**/profile/")
    assert not Notification.objects.unread().exists()
