"""The configuration's pages as the office, auditors and everybody else use them."""

import json

import pytest
from django.urls import reverse

from aiso.configuration.actions import edit_draft, publish_draft, start_draft
from aiso.configuration.models import ConfigurationVersion
from portfolio.configured.lane import KIND as LANE
from portfolio.configured.questions import TIER
from tests.portfolio.initiative.forms import filled_in

pytestmark = pytest.mark.django_db
LANE_PAGES = ("kind_detail", "draft_edit", "draft_publish")


def address(name: str, slug: str = "lane", *parts: object) -> str:
    return reverse(f"configuration:{name}", args=[slug, *parts])


def form_of(client, slug: str) -> dict:
    return filled_in(client.get(address("draft_edit", slug)).content.decode())


def sent(opened: dict, **changes: str) -> dict:
    return {**opened, "do": "save", **changes}


@pytest.fixture
def draft(office_lead) -> ConfigurationVersion:
    return start_draft(LANE, actor=office_lead)


@pytest.fixture
def questions(office_lead) -> ConfigurationVersion:
    return start_draft(TIER, actor=office_lead)


def test_everybody_reads_what_is_in_force_and_no_draft(client, stranger, draft, office_lead):
    edit_draft(draft, actor=office_lead, content={"threshold": "77000"})
    client.force_login(stranger)
    index = client.get(reverse("configuration:index")).content.decode()
    assert "Lane threshold" in index
    assert "Draft" not in index
    page = client.get(address("kind_detail")).content.decode()
    assert "50,000" in page
    assert "77,000" not in page
    assert "Start a draft" not in page
    assert client.get(address("version_detail", "lane", 1)).status_code == 200
    for name in ("draft_edit", "draft_publish"):
        assert client.get(address(name)).status_code == 403


def test_auditors_read_drafts_and_change_nothing(client, auditor, draft, office_lead):
    edit_draft(draft, actor=office_lead, content={"threshold": "77000"})
    client.force_login(auditor)
    page = client.get(address("draft_edit")).content.decode()
    assert "77,000" in page
    assert 'name="threshold"' not in page
    assert "Otto Lead" in client.get(address("draft_publish")).content.decode()
    for name in ("draft_start", "draft_edit", "draft_discard", "draft_publish"):
        assert client.post(address(name), {"threshold": "1", "reason": "x"}).status_code == 403


def test_what_does_not_exist_is_not_there(client, office_lead):
    client.force_login(office_lead)
    assert client.get(address("kind_detail", "kings")).status_code == 404
    assert client.get(address("version_detail", "lane", 9)).status_code == 404
    for name in ("draft_edit", "draft_publish"):
        assert client.get(address(name)).url == address("kind_detail")
    for name in ("draft_edit", "draft_discard", "draft_publish"):
        assert client.post(address(name), {"reason": "x"}).url == address("kind_detail")


def test_from_a_draft_to_a_version(client, office_lead):
    client.force_login(office_lead)
    assert client.post(address("draft_start")).url == address("draft_edit")
    opened = form_of(client, "lane")
    assert client.post(address("draft_edit"), sent(opened, threshold="60 000")).status_code == 302
    page = client.get(address("draft_publish")).content.decode()
    for told in ("50,000", "60,000", "can take the fast lane"):
        assert told in page
    opened = filled_in(page)
    assert client.post(address("draft_publish"), opened | {"reason": ""}).status_code == 422
    assert client.post(address("draft_publish"), opened | {"reason": "Prices rose."}).url == address("kind_detail")
    page = client.get(address("kind_detail")).content.decode()
    for told in ("Version 2", "Otto Lead", "Prices rose.", "60,000"):
        assert told in page
    version = client.get(address("version_detail", "lane", 2)).content.decode()
    assert "What it changed" in version
    assert "Version 1" in version


def test_errors_stand_beside_the_fields_and_nothing_typed_is_lost(client, office_lead, questions):
    client.force_login(office_lead)
    wrong = sent(form_of(client, TIER.slug), **{"questions-0-text": "", "questions-1-options-0-text": "y" * 201})
    response = client.post(address("draft_edit", TIER.slug), wrong)
    page = response.content.decode()
    assert response.status_code == 422
    assert "2 answers need another look" in page
    assert "y" * 201 in page
    assert 'href="#id_questions-1-options-0-text"' in page


def test_rows_are_added_and_moved_without_saving(client, office_lead, questions):
    client.force_login(office_lead)
    opened = form_of(client, TIER.slug)
    response = client.post(address("draft_edit", TIER.slug), {**opened, "do": "add questions"})
    assert "Not saved yet" in response.content.decode()
    added = filled_in(response.content.decode())
    assert added["questions-7-code"] == ""
    added |= {"questions-7-text": "New?", "do": "add questions-7-options"}
    added = filled_in(client.post(address("draft_edit", TIER.slug), added).content.decode())
    added |= {"questions-7-options-0-text": "No", "questions-7-options-0-sets": "low", "do": "add questions-7-options"}
    added = filled_in(client.post(address("draft_edit", TIER.slug), added).content.decode())
    added |= {"questions-7-options-1-text": "Yes", "questions-7-options-1-sets": "high", "do": "up questions-7"}
    added = filled_in(client.post(address("draft_edit", TIER.slug), added).content.decode())
    assert ConfigurationVersion.objects.get(pk=questions.pk).content == questions.content
    assert client.post(address("draft_edit", TIER.slug), sent(added)).status_code == 302
    questions.refresh_from_db()
    row = questions.content["questions"][6]
    assert (row["code"], row["text"]) == ("new", "New?")
    assert [(each["code"], each["sets"]) for each in row["options"]] == [("no", "low"), ("yes", "high")]


def test_saving_what_was_opened_changes_nothing(client, office_lead, questions):
    client.force_login(office_lead)
    assert client.post(address("draft_edit", TIER.slug), sent(form_of(client, TIER.slug))).status_code == 302
    assert ConfigurationVersion.objects.get(pk=questions.pk).content == questions.content
    assert "Nothing differs" in client.get(address("draft_publish", TIER.slug)).content.decode()


def test_a_conflict_shows_both_and_keeps_what_else_each_did(client, office_lead, office_member, questions):
    client.force_login(office_lead)
    opened = form_of(client, TIER.slug)
    theirs = json.loads(json.dumps(questions.content))
    theirs["questions"][0]["text"] = "Theirs?"
    theirs["questions"][2]["text"] = "Theirs alone?"
    edit_draft(questions, actor=office_member, content=theirs, seen=questions.content)

    mine = sent(opened, **{"questions-0-text": "Mine?", "questions-1-text": "Mine alone?"})
    response = client.post(address("draft_edit", TIER.slug), mine)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Theirs?" in page
    assert "Mine?" in page
    again = filled_in(page)
    assert again["conflict"] == "questions.decides-about-people.text"
    undecided = client.post(address("draft_edit", TIER.slug), sent(again))
    assert (undecided.status_code, "Choose which value stays" in undecided.content.decode()) == (422, True)
    choice = {"choice-questions.decides-about-people.text": "theirs"}
    assert client.post(address("draft_edit", TIER.slug), sent(again, **choice)).status_code == 302
    questions.refresh_from_db()
    texts = [each["text"] for each in questions.content["questions"][:3]]
    assert texts == ["Theirs?", "Mine alone?", "Theirs alone?"]


@pytest.mark.parametrize("seen", ["", "nonsense", "[1]", '{"questions": 5}', "[" * 5000])
def test_a_page_that_does_not_say_what_it_saw_is_saved_or_asked(client, office_lead, draft, seen):
    client.force_login(office_lead)
    response = client.post(address("draft_edit"), {"threshold": "1", "seen": seen, "conflict": "x", "choice-x": "mine"})
    assert response.status_code in {302, 409}


def test_publishing_what_somebody_changed_meanwhile_asks_to_look_again(client, office_lead, office_member, draft):
    client.force_login(office_lead)
    edit_draft(draft, actor=office_lead, content={"threshold": "1"})
    opened = filled_in(client.get(address("draft_publish")).content.decode())
    edit_draft(draft, actor=office_member, content={"threshold": "2"})
    response = client.post(address("draft_publish"), opened | {"reason": "Less."})
    assert response.status_code == 422
    assert "changed the draft meanwhile" in response.content.decode()


def test_pages_cost_the_same_however_many_versions(client, office_lead, django_assert_max_num_queries):
    client.force_login(office_lead)
    for number in range(6):
        draft = start_draft(LANE, actor=office_lead)
        edit_draft(draft, actor=office_lead, content={"threshold": str(number)})
        publish_draft(draft, actor=office_lead, reason="Again.")
    start_draft(LANE, actor=office_lead)
    client.get(address("kind_detail"))
    for page, most in ((reverse("configuration:index"), 6), *((address(name), 8) for name in LANE_PAGES)):
        with django_assert_max_num_queries(most):
            assert client.get(page).status_code == 200
