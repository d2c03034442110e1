"""From a draft to a version in force, as the office does it."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from aiso.accounts.models import Role
from aiso.configuration.actions import edit_draft, publish_draft, start_draft
from aiso.configuration.models import ConfigurationVersion
from portfolio.configured.lane import KIND as LANE
from portfolio.configured.questions import PROHIBITED, TIER
from tests.factories import make_initiative, make_person

from .conftest import LOOKS, axe_findings, overflow


@pytest.fixture
def lead(transactional_db):
    return make_person("Otto Lead", Role.OFFICE_LEAD)


@pytest.fixture
def world(lead):
    """A published version, and drafts that change something."""
    draft = start_draft(LANE, actor=lead)
    edit_draft(draft, actor=lead, content={"threshold": "60000"})
    publish_draft(draft, actor=lead, reason="Prices rose, and small pilots waited for nothing.")
    questions = start_draft(TIER, actor=lead)
    content = questions.content
    content["questions"][0]["text"] = "Does it decide, or help to decide, about anybody’s rights or chances?"
    content["questions"][1]["options"][1]["sets"] = "high"
    content["questions"].append(content["questions"].pop(2))
    edit_draft(questions, actor=lead, content=content)
    start_draft(PROHIBITED, actor=lead)
    return make_initiative("Voice analysis", owner=lead)


def addresses(world) -> list[str]:
    pages = [reverse("configuration:index"), reverse("configuration:version_detail", args=["lane", 2])]
    for slug in ("risk-tier-questions", "lane", "priority-weights", "objectives", "prohibited-uses"):
        pages.append(reverse("configuration:kind_detail", args=[slug]))
    for slug in ("risk-tier-questions", "prohibited-uses"):
        pages += [reverse(f"configuration:{name}", args=[slug]) for name in ("draft_edit", "draft_publish")]
    return [*pages, f"{world.get_absolute_url()}risk/"]


@pytest.mark.parametrize(("on", "theme"), LOOKS)
def test_pages(visit, lead, world, on, theme):
    page = visit(reverse("web:home"), as_=lead, on=on, theme=theme)
    wrong: list[str] = []
    for address in addresses(world):
        page.goto(address)
        wrong += [f"{address} {found}" for found in (*axe_findings(page), overflow(page)) if found]
    assert wrong == []


@pytest.mark.parametrize("script", [True, False])
def test_from_a_draft_to_a_version(visit, lead, script):
    page = visit(reverse("configuration:kind_detail", args=["risk-tier-questions"]), as_=lead, script=script)
    page.get_by_role("button", name="Start a draft").click()
    page.get_by_role("button", name="Add question").click()
    page.get_by_label("Question", exact=True).nth(7).fill("Is it a toy?")
    for number, (text, tier) in enumerate([("No", "low"), ("Yes", "high")]):
        page.get_by_role("button", name="Add answer").last.click()
        row = page.get_by_role("group", name="Question 8").get_by_role("group", name=f"Answer {number + 1}")
        row.get_by_label("Answer", exact=True).fill(text)
        row.get_by_label("Sets").select_option(tier)
    page.get_by_role("button", name="Move question Is it a toy? up").click()
    expect(page.get_by_label("Question", exact=True).nth(6)).to_have_value("Is it a toy?")
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    page.get_by_role("button", name="Save the draft").click()
    expect(page.locator("#changes")).to_contain_text("Added")
    page.get_by_role("link", name="See what publishing does").click()
    expect(page.locator(".conseq")).to_contain_text("1 question is new")
    page.get_by_label("Why").fill("Toys are regulated.")
    page.get_by_role("button", name="Publish version 2").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Risk tier questions")
    expect(page.get_by_text("Toys are regulated.").first).to_be_visible()
    version = ConfigurationVersion.objects.in_force("risk-tier-questions")
    assert [each["code"] for each in version.content["questions"]][6] == "is-it-a-toy"


def test_screening_asks_for_the_reason_where_it_is_needed(visit, lead, world):
    page = visit(f"{world.get_absolute_url()}risk/", as_=lead)
    use = page.locator("#q-prohibited_use-manipulation")
    use.get_by_label("Yes").check()
    expect(use.get_by_role("alert")).to_contain_text("Say why")
    expect(use.get_by_label("Yes")).to_be_checked()
    use.get_by_label("Why").fill("It nudges.")
    use.get_by_label("Why").blur()
    expect(page.get_by_text("stops this case")).to_be_visible()
    world.refresh_from_db()
    assert world.risk_tier == "prohibited"
