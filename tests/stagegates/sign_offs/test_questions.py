"""A question stops the clock; the owners' reply lets it go on."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from aiso import clock
from aiso.errors import DomainError
from aiso.events.models import Event
from portfolio.models import OwnerKind
from stagegates.actions.ask_question import ask_question, reply_to_question
from stagegates.models import SignOffQuestion
from stagegates.sign_off_work import questions_due, sign_offs_of
from tests.factories import make_ownership

from .factories import MONDAY, answered, make_review, sign_off_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(initiative, office_member):
    return make_review(initiative, office_member, "risk")


@pytest.fixture
def question(review, risk_reviewer):
    return ask_question(sign_off_of(review, "risk"), actor=risk_reviewer, text="Who looks at the pumps at night?")


def test_a_question_stops_the_clock_and_a_reply_lets_it_go_on(review, question, technical_owner):
    # Seven working days at the tier with most, from Monday on.
    assert sign_off_of(review, "risk").due_on is None

    with clock.fixed_at(MONDAY + timedelta(days=3)):
        reply_to_question(question, actor=technical_owner, text="The control room.")

    # Monday the tenth of February without Monday, Tuesday and Wednesday.
    assert sign_off_of(review, "risk").due_on == date(2027, 2, 15)
    assert {*Event.objects.filter(name__in=["sign_off.asked", "sign_off.replied"]).values_list("name", flat=True)} == {
        "sign_off.asked",
        "sign_off.replied",
    }


def test_deputies_reply_and_others_do_not(review, question, initiative, stranger, office_lead, legal_reviewer):
    make_ownership(initiative, legal_reviewer, OwnerKind.RISK, is_deputy=True)
    for person in (stranger, office_lead):
        with pytest.raises(PermissionDenied):
            reply_to_question(question, actor=person, text="Nobody.")

    reply_to_question(question, actor=legal_reviewer, text="The control room.")


def test_one_question_at_a_time_and_one_reply_each(review, question, risk_reviewer, business_owner):
    with pytest.raises(DomainError, match="open already"):
        ask_question(sign_off_of(review, "risk"), actor=risk_reviewer, text="And who by day?")
    reply_to_question(question, actor=business_owner, text="The control room.")
    with pytest.raises(DomainError, match="has its reply"):
        reply_to_question(question, actor=business_owner, text="Or not.")


def test_nothing_is_asked_after_the_answer_or_without_words(review, risk_reviewer):
    with pytest.raises(DomainError, match="Write something"):
        ask_question(sign_off_of(review, "risk"), actor=risk_reviewer, text=" ")
    answered(review, "risk", risk_reviewer)
    with pytest.raises(DomainError, match="Ask while"):
        ask_question(sign_off_of(review, "risk"), actor=risk_reviewer, text="One more thing?")


def test_a_clock_that_had_run_out_keeps_its_day(review, risk_reviewer):
    with clock.fixed_at(MONDAY + timedelta(days=20)):
        ask_question(sign_off_of(review, "risk"), actor=risk_reviewer, text="Too late?")

    assert sign_off_of(review, "risk").due_on == date(2027, 2, 10)


def test_the_owners_find_it_in_their_work_and_are_told_when_it_is_late(question, business_owner):
    (item,) = [each for each in sign_offs_of(business_owner) if each.verb == "Reply"]
    assert (item.due, item.note) == (date(2027, 2, 3), "Who looks at the pumps at night?")
    assert [*questions_due()] == []

    with clock.fixed_at(MONDAY + timedelta(days=3)):
        (due,) = questions_due()

    assert business_owner in due.people
    assert due.key == f"question:{question.pk}"


def test_page_and_api_ask_and_reply(client, script, review, risk_reviewer, business_owner, stranger):
    risk = sign_off_of(review, "risk")
    client.force_login(risk_reviewer)
    assert client.post(f"/sign-offs/{risk.pk}/ask/", {f"ask-{risk.pk}-text": "Who?"}).status_code == 302
    assert client.post(f"/sign-offs/{risk.pk}/ask/", {f"ask-{risk.pk}-text": ""}).status_code == 422
    question = SignOffQuestion.objects.get()
    reply = f"/sign-offs/{risk.pk}/questions/{question.pk}/reply/"
    assert client.post(reply, {f"reply-{question.pk}-text": "Me."}).status_code == 403
    client.force_login(business_owner)
    assert b"Your reply" in client.get(risk.get_absolute_url()).content
    assert client.post(reply, {f"reply-{question.pk}-text": "The control room."}).status_code == 302

    asked = script(risk_reviewer).post(f"sign-offs/{risk.pk}/ask/", {"text": "And by day?"})
    assert asked.status_code == 201
    assert asked.json()["due_on"] is None
    assert script(stranger).post(f"sign-offs/{risk.pk}/reply/", {"text": "Me."}).status_code == 403
    replied = script(business_owner).post(f"sign-offs/{risk.pk}/reply/", {"text": "All of us."})
    assert replied.json()["questions"][1]["reply"] == "All of us."
    assert replied.json()["due_on"] is not None
    assert script(business_owner).post(f"sign-offs/{risk.pk}/reply/", {"text": "Again."}).status_code == 404
