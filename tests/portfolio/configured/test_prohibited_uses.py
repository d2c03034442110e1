"""Every initiative is screened for prohibited uses, with reasons; a yes stops it."""

import pytest

from aiso.configuration.actions import edit_draft, publish_draft, start_draft
from aiso.errors import ConflictError, DomainError
from portfolio.actions.answer_questions import answer_questions, current_answers
from portfolio.configured.questions import PROHIBITED
from portfolio.gaps import gaps_of, with_gap_facts
from portfolio.history import history_of_initiative
from portfolio.models import Initiative, QuestionSet
from tests.factories import make_initiative
from tests.portfolio.initiative.forms import htmx, offered_undo

pytestmark = pytest.mark.django_db
USES = QuestionSet.Kind.PROHIBITED_USE


@pytest.fixture
def initiative(business_owner) -> Initiative:
    return make_initiative("Voice analysis", owner=business_owner)


def screen(initiative, actor, reasons=None, was=None, **answers: str) -> Initiative:
    told = {code.replace("_", "-"): option for code, option in answers.items()}
    why = {code.replace("_", "-"): text for code, text in (reasons or {}).items()}
    return answer_questions(initiative, actor=actor, kind=USES, answers=told, reasons=why, was=was)


def post(client, initiative, headers=None, **data: str):
    sent = {name.replace("__", "-").replace("_", "-", 1): value for name, value in data.items()}
    return client.post(f"{initiative.get_absolute_url()}risk/prohibited_use/", sent, headers=headers or {})


def screening_gap(initiative: Initiative) -> str:
    [row] = with_gap_facts(Initiative.objects.filter(pk=initiative.pk))
    return next((gap.why for gap in gaps_of(row) if gap.what.startswith("Screening")), "")


def test_the_shipped_uses_are_there():
    uses = QuestionSet.objects.in_force(USES).questions.all()
    assert len(uses) == 8
    assert all([*use.options.values_list("code", flat=True)] == ["no", "not-sure", "yes"] for use in uses)


def test_yes_stops_the_case_whatever_else_is_answered(initiative, business_owner):
    answer_questions(initiative, actor=business_owner, kind="risk_tier", answers={"safety": "no"})
    screen(initiative, business_owner, {"social_scoring": "It rates tenants."}, social_scoring="yes")
    initiative.refresh_from_db()
    assert (initiative.risk_tier, initiative.risk_tier_set_by.code) == ("prohibited", "social-scoring")

    screen(initiative, business_owner, {"social_scoring": "Only flats."}, social_scoring="no")
    initiative.refresh_from_db()
    assert (initiative.risk_tier, initiative.risk_tier_set_by.code) == ("low", "safety")


@pytest.mark.parametrize("option", ["yes", "not-sure"])
def test_suspicion_needs_a_reason(initiative, business_owner, option):
    with pytest.raises(DomainError, match="needs a reason") as refusal:
        screen(initiative, business_owner, {"social_scoring": " "}, social_scoring=option)
    assert refusal.value.field == "social-scoring"
    assert current_answers(initiative, USES) == {}
    screen(initiative, business_owner, {"social_scoring": "Unclear."}, social_scoring=option)
    with pytest.raises(DomainError, match="needs a reason"):
        screen(initiative, business_owner, {"social_scoring": ""})


def test_no_needs_none_and_a_reason_alone_is_refused(initiative, business_owner):
    screen(initiative, business_owner, social_scoring="no")
    with pytest.raises(DomainError, match="Choose an answer"):
        screen(initiative, business_owner, {"manipulation": "Because."})


def test_screening_leaves_an_imported_tier(initiative, business_owner):
    Initiative.objects.filter(pk=initiative.pk).update(risk_tier="high")
    screen(initiative, business_owner, social_scoring="no")
    initiative.refresh_from_db()
    assert initiative.risk_tier == "high"


def test_what_is_not_settled_is_a_gap(initiative, business_owner):
    assert screening_gap(initiative).startswith("8 prohibited uses are not answered")
    codes = [*QuestionSet.objects.in_force(USES).questions.values_list("code", flat=True)]
    answer_questions(initiative, actor=business_owner, kind=USES, answers=dict.fromkeys(codes, "no"))
    assert screening_gap(initiative) == ""
    screen(initiative, business_owner, {"manipulation": "Unclear."}, manipulation="not-sure")
    assert screening_gap(initiative).startswith("1 prohibited use is")


def test_two_reasons_for_one_answer_are_both_told(initiative, business_owner, office_lead):
    screen(initiative, office_lead, {"manipulation": "Theirs."}, manipulation="yes")
    seen = {"manipulation": "yes", "reason:manipulation": ""}
    with pytest.raises(ConflictError) as conflict:
        screen(initiative, business_owner, {"manipulation": "Mine."}, seen, manipulation="yes")
    assert [*conflict.value.changes] == ["reason:manipulation"]


@pytest.mark.parametrize("headers", [{}, htmx("tab")])
def test_the_page_keeps_what_was_chosen_and_says_what_it_needs(client, initiative, business_owner, headers):
    client.force_login(business_owner)
    response = post(client, initiative, headers, answer_manipulation="yes", seen_manipulation="")
    page = response.content.decode()
    assert response.status_code == 422
    assert "Say why" in page
    uses = response.context["questionnaires"][1]
    asked = next(each for each in uses.questions if each.code == "manipulation")
    assert (asked.chosen.code, asked.seen) == ("yes", "")

    sent = {"answer_manipulation": "yes", "seen_manipulation": "", "reason_manipulation": "It nudges."}
    assert post(client, initiative, headers, **sent).status_code == 302
    initiative.refresh_from_db()
    assert initiative.risk_tier == "prohibited"
    page = client.get(f"{initiative.get_absolute_url()}risk/")
    assert "stops this case" in page.content.decode()
    client.post(offered_undo(page))
    initiative.refresh_from_db()
    assert (initiative.risk_tier, current_answers(initiative, USES)) == ("", {})


def test_the_reason_stands_in_the_history(initiative, business_owner):
    screen(initiative, business_owner, {"manipulation": "It nudges."}, manipulation="yes")
    told = [change.now for line in history_of_initiative(initiative).entries[0].lines for change in line.changes]
    assert "It nudges." in told


def test_answers_and_reasons_come_along_into_a_new_version(initiative, business_owner, office_lead):
    screen(initiative, business_owner, {"manipulation": "It nudges."}, manipulation="yes")
    draft = start_draft(PROHIBITED, actor=office_lead)
    uses = [*draft.content["uses"], {"code": "", "text": "Is it a weapon?", "help_text": ""}]
    edit_draft(draft, actor=office_lead, content={"uses": uses})
    publish_draft(draft, actor=office_lead, reason="Our own rule.")
    answer = initiative.answers.get(question__question_set__version=2)
    assert (answer.option.code, answer.reason) == ("yes", "It nudges.")
    initiative.refresh_from_db()
    assert (initiative.risk_tier, initiative.risk_tier_set_by) == ("prohibited", answer.question)
    assert screening_gap(initiative).startswith("8 prohibited uses")


def test_auditors_see_the_screening_and_change_nothing(client, initiative, auditor):
    client.force_login(auditor)
    assert post(client, initiative, answer_manipulation="no", seen_manipulation="").status_code == 403
    assert "Prohibited uses" in client.get(f"{initiative.get_absolute_url()}risk/").content.decode()
