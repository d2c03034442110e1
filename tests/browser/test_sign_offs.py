"""Two functions sign off, an answer changes, and only the sign-off that rested on it reopens."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from aiso import clock
from aiso.accounts.models import Role
from aiso.events.models import Event
from portfolio.models import OwnerKind, Stage
from stagegates.models import SignOff
from stagegates.sign_off_tasks import follow_changes
from standards.actions.answer_checklist import answer_checklist
from standards.models import Standard
from tests.factories import make_initiative, make_ownership, make_person
from tests.stagegates.sign_offs.factories import answer_all, assessment, make_review, sign_off_of

from .conftest import LOOKS, Visit, axe_findings, overflow

SECURITY = "security-assessment"


@pytest.fixture
def ground(transactional_db):
    """A review that legal and security are to sign off; security rests on its assessment."""
    owner = make_person("Boris Owen", Role.BUSINESS_OWNER)
    people = {"owner": owner, "opener": make_person("Olga Member", Role.OFFICE_MEMBER)}
    people["legal"] = make_person("Lena Lex", Role.LEGAL_REVIEWER)
    people["security"] = make_person("Sven Lock", Role.SECURITY_REVIEWER)
    initiative = make_initiative(
        "Predictive maintenance",
        stage=Stage.PILOT,
        owner=owner,
        summary="Finds pumps that will fail.",
        risk_tier="high",
    )
    make_ownership(initiative, make_person("Tessa Owen"), OwnerKind.TECHNICAL)
    answer_all(initiative, owner, SECURITY)
    review = make_review(
        initiative, people["opener"], "legal", "security", requirements=(assessment(SECURITY, "security"),)
    )
    return initiative, review, people


def sign(page: Page, reason: str) -> None:
    page.get_by_label("Approve", exact=True).check()
    page.get_by_label("Reason").fill(reason)
    page.get_by_role("button", name="Record the answer").click()
    expect(page.locator(".sign-off .panel-h")).to_contain_text("Approve")


def test_two_functions_sign_and_a_changed_answer_reopens_one(visit: Visit, ground):
    initiative, review, people = ground
    for function in ("legal", "security"):
        page = visit("/sign-offs/", as_=people[function])
        expect(page.locator(".answer")).to_contain_text("1 to answer by you")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        expect(page.locator("#drawer .sign-off")).to_be_visible()
        sign(page, f"Looked at by {function}.")
        expect(page.locator("#queue .answer")).to_contain_text("Nothing waits")

    standard = Standard.objects.get(slug=SECURITY)
    item = initiative.checklist_answers.filter(standard=standard).order_by("pk").first().item
    answer_checklist(initiative, standard, actor=people["owner"], answers={(item, "note"): "Not any more."})
    follow_changes(Event.objects.filter(name="checklist.answered").latest("pk").pk)

    assert sign_off_of(review, "legal").state == SignOff.State.ANSWERED
    assert sign_off_of(review, "security").state == SignOff.State.OUTDATED
    page = visit(sign_off_of(review, "security").get_absolute_url(), as_=people["security"])
    expect(page.locator(".sign-off .note")).to_contain_text("Outdated")
    expect(page.locator(".sign-off .note")).to_contain_text("Not any more.")
    page.get_by_role("link", name="What was sealed").click()
    expect(page.locator("h1")).to_contain_text("What Security signed")
    expect(page.locator("main .panel-h")).to_contain_text("Intact")
    expect(page.locator("tr.is-changed")).to_have_count(1)
    assert axe_findings(page) == []
    page = visit(sign_off_of(review, "legal").get_absolute_url(), as_=people["legal"])
    expect(page.locator(".sign-off .note")).to_have_count(0)


@pytest.mark.parametrize(("on", "theme"), LOOKS)
def test_pages_are_clean_everywhere(visit: Visit, ground, tmp_path, on, theme):
    _, review, people = ground
    SignOff.objects.filter(function__slug="legal").update(due_on=clock.today() - timedelta(days=3))
    lead = make_person("Otto Lead", Role.OFFICE_LEAD)
    legal = sign_off_of(review, "legal").get_absolute_url()
    pages = {
        "/sign-offs/?whose=all": people["legal"],
        legal: people["legal"],
        "/administration/functions/": lead,
        "/administration/functions/legal/": lead,
        "/administration/functions/legal/edit/": lead,
    }
    for number, (address, person) in enumerate(pages.items()):
        page = visit(address, as_=person, on=on, theme=theme)
        assert axe_findings(page) == []
        assert overflow(page) <= 0
        page.screenshot(path=tmp_path / f"{number}-{on}-{theme}.png", full_page=True)


def test_without_script_it_works_too(visit: Visit, ground):
    _, review, people = ground
    page = visit(sign_off_of(review, "legal").get_absolute_url(), as_=people["legal"], script=False)

    sign(page, "Read without script.")

    assert sign_off_of(review, "legal").answer.reason == "Read without script."
