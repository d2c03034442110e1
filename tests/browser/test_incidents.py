"""Incidents in a real browser: from the report to the action that follows from them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import expect

from aiso import clock
from portfolio.actions.handle_incidents import judge_incident
from portfolio.actions.report_incidents import add_initiative, report_incident
from portfolio.actions.review_incidents import give_action, write_review
from portfolio.actions.tell_of_incidents import add_escalation, send_message
from portfolio.models import Asset, Incident, Initiative
from tests.factories import make_decision, make_initiative
from value.actions.cost_incidents import post_incident_cost

from .conftest import LOOKS, axe_findings, overflow


@pytest.fixture
def initiative(transactional_db, business_owner, technical_owner) -> Initiative:
    found = make_initiative("Invoice routing", stage="pilot", owner=business_owner, technical_owner=technical_owner)
    make_decision(found, "Which team gets an invoice")
    return found


@pytest.fixture
def incident(initiative, business_owner, technical_owner, office_member) -> Incident:
    """With something of everything that its page shows."""
    moment = clock.now() - timedelta(hours=30)
    told: dict[str, Any] = {"happened_at": moment, "detected_at": moment, "detection": "user"}
    told |= {"title": "Invoices went astray", "what_happened": "One in five.", "support_owner": technical_owner}
    decisions = [*initiative.decision_classes.all()]
    found = report_incident(initiative, actor=business_owner, severity="major", decisions=decisions, **told)
    second = make_initiative("Reminders to customers", stage="pilot")
    add_initiative(found, actor=office_member, initiative=second, what="Late by a week.")
    judge_incident(found, actor=office_member, severity="severe", reason="Two at once.")
    add_escalation(found, actor=office_member, person=office_member, function="Head of service")
    add_escalation(found, actor=office_member, function="Supplier hotline")
    send_message(found, actor=office_member, subject="{incident}", body="{what}", recipients=[technical_owner])
    write_review(found, actor=office_member, what_failed="The test set.")
    due = clock.today() + timedelta(days=3)
    give_action(found, actor=office_member, text="Add an alarm", owner=technical_owner, due_on=due)
    amounts = {initiative: Decimal(900)}
    post_incident_cost(found, actor=office_member, amounts=amounts, evidence="Credit note", key="k")
    asset = Asset.objects.create(name="Router", kind="model", description="Version 3")
    asset.initiatives.add(initiative)
    Incident.objects.filter(pk=found.pk).update(asset=asset)
    return found


@pytest.mark.parametrize(("on", "theme"), LOOKS)
def test_its_pages_are_for_everyone(visit, incident, initiative, office_lead, on, theme):
    here, one, asset = initiative.get_absolute_url(), incident.get_absolute_url(), Asset.objects.get()
    page = visit("/incidents/", as_=office_lead, on=on, theme=theme)
    wrong = []
    for address in (
        *("/incidents/", "/incidents/?state=closed", "/incidents/?severity=severe&order=-reported", "/incidents/new/"),
        *(here, f"{here}incidents/", f"{here}incidents/new/", one, f"{one}edit/", f"{one}contain/", f"{one}severity/"),
        *(f"{one}message/?template=1", f"{one}review/", f"{one}actions/new/", f"{one}escalation/new/"),
        *(f"{one}initiatives/new/", f"{one}initiatives/{initiative.reference}/", f"{one}costs/new/"),
        *("/assets/", "/assets/?kind=data_set", asset.get_absolute_url(), f"{asset.get_absolute_url()}edit/"),
        *("/administration/message-templates/", "/administration/message-templates/new/"),
    ):
        page.goto(address)
        wrong += [f"{address} {found}" for found in (*axe_findings(page), overflow(page)) if found]
    assert wrong == []


@pytest.mark.parametrize(("on", "theme"), LOOKS)
def test_a_coordinated_one_can_be_read_and_tapped(visit, incident, office_lead, on, theme):
    page = visit(incident.get_absolute_url(), as_=office_lead, on=on, theme=theme)
    small = Axe().run(page, options={"runOnly": {"type": "rule", "values": ["target-size"]}}).response["violations"]
    assert [node["target"] for each in small for node in each["nodes"]] == []
    expect(page.get_by_role("link", name="Say more")).to_have_count(2)
    # Each initiative has the width of its part and the height of what is said of it.
    section = page.locator("section", has=page.get_by_role("heading", name="Coordinated over"))
    for part in section.locator("li").all():
        assert section.bounding_box()["width"] == part.bounding_box()["width"]
        assert part.bounding_box()["height"] >= 32
    # Where there is room for it, what can be done stands beside its heading.
    for heading in ("What happened", "Coordinated over", "Post-incident review", "Timeline") if on == "laptop" else ():
        title = page.get_by_role("heading", name=heading).bounding_box()
        row = page.get_by_role("heading", name=heading).locator("..")
        button = row.get_by_role("link").last.bounding_box()
        assert title["x"] + title["width"] <= button["x"], heading
        assert title["y"] < button["y"] + button["height"] / 2 < title["y"] + title["height"], heading


@pytest.mark.parametrize("script", [True, False])
def test_from_the_report_to_the_action_that_follows(visit, initiative, business_owner, technical_owner, script):
    page = visit(f"{initiative.get_absolute_url()}incidents/", as_=business_owner, script=script)
    page.get_by_role("link", name="Report an incident").click()
    page.get_by_label("What went wrong, in a few words").fill("Invoices lost")
    page.get_by_label("Severity").select_option("severe")
    page.get_by_label("What happened", exact=True).fill("A hundred of them.")
    page.get_by_label("It happened").fill("2026-01-05T08:00")
    page.locator("#id_detection").select_option("monitoring")
    page.get_by_label("Which team gets an invoice").check()
    page.get_by_role("button", name="Report the incident").click()
    expect(page.get_by_text("stepped down to delegate with audit").first).to_be_visible()

    page.get_by_role("link", name="Contain", exact=True).click()
    page.get_by_label("How", exact=True).fill("Switched off.")
    page.get_by_role("button", name="Mark as contained").click()
    page.get_by_role("link", name="Resolve", exact=True).click()
    page.get_by_label("How", exact=True).fill("Retrained.")
    page.get_by_role("button", name="Mark as resolved").click()
    page.locator(".head").get_by_role("link", name="Write the review").click()
    page.get_by_label("What failed").fill("The test set had no credit notes.")
    page.get_by_label("Why detection was late").fill("Nobody counted.")
    page.get_by_label("Which control to add").fill("A daily count with an alarm.")
    page.get_by_role("button", name="Save the review").click()
    page.get_by_role("link", name="Add an action").click()
    page.get_by_label("What is to be done").fill("Add the alarm")
    page.locator("#id_owner").fill(technical_owner.email)
    page.get_by_role("button", name="Give the action").click()
    expect(page.get_by_role("rowheader", name="Add the alarm")).to_be_visible()
    page.get_by_role("button", name="Conclude the review").click()
    expect(page.locator(".answer")).to_contain_text("Reviewed")

    other = visit("/", as_=technical_owner, script=script)
    other.get_by_role("link", name="Add the alarm").first.click()
    other.get_by_role("link", name="Finish Add the alarm").click()
    other.get_by_label("What was done").fill("It rings.")
    other.get_by_role("button", name="Mark as done").click()
    expect(other.get_by_text("It rings.").first).to_be_visible()
    assert Incident.objects.get().state == "reviewed"
