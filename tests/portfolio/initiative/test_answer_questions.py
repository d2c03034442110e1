"""The questions behind tier and class, answered where they stand."""

import pytest

from aiso import clock
from portfolio.models import AnswerOption, Initiative, Question, QuestionSet

from .forms import events, htmx, offered_undo

pytestmark = pytest.mark.django_db


def answer(client, initiative, kind="risk_tier", headers=None, **answers):
    """Answer as the page's script does: each with what was seen. `(was, to)` by question."""
    data: dict[str, str] = {}
    for code, (was, to) in answers.items():
        code = code.replace("_", "-")
        data |= {f"seen-{code}": was, f"answer-{code}": to}
    return client.post(f"{initiative.get_absolute_url()}risk/{kind}/", data, headers=headers or {})


def risk_page(client, initiative, **headers):
    return client.get(f"{initiative.get_absolute_url()}risk/", headers=headers)


@pytest.mark.parametrize("headers", [{}, htmx("tab")])
def test_the_tier_follows_at_once_and_says_what_set_it(client, initiative, business_owner, headers):
    client.force_login(business_owner)

    response = answer(client, initiative, headers=headers, safety=("", "indirect"), cost_of_error=("", "much"))

    assert response.status_code == 302
    initiative.refresh_from_db()
    assert (initiative.risk_tier, initiative.risk_tier_set_by.code) == ("high", "cost-of-error")
    tier, _, act = risk_page(client, initiative).context["questionnaires"]
    assert (tier.set_by.code, tier.set_by.stored_text, tier.open) == (
        "cost-of-error",
        "Serious loss, or breach of law",
        5,
    )
    assert (act.set_by, act.open) == (None, 4)
    assert events("initiative.questions_answered")[0].payload["questions"] == ["cost-of-error", "safety"]


def test_the_class_has_its_own_questions(client, initiative, office_member):
    client.force_login(office_member)

    answer(client, initiative, "ai_act", article_50=("", "yes"))

    initiative.refresh_from_db()
    assert (initiative.ai_act_class, initiative.risk_tier) == ("limited", "")
    page = risk_page(client, initiative).content.decode()
    assert "Not assessed" in page
    assert "Transparency duties" in page


def test_an_answer_taken_back_lowers_it_again(client, initiative, office_member):
    client.force_login(office_member)
    answer(client, initiative, safety=("", "direct"))

    answer(client, initiative, safety=("direct", ""))

    initiative.refresh_from_db()
    assert (initiative.risk_tier, initiative.risk_tier_set_by) == ("", None)


def test_only_what_was_changed_is_sent_on(client, initiative, office_member):
    client.force_login(office_member)

    answer(client, initiative, safety=("", "no"), audience=("", ""))

    assert events("initiative.questions_answered")[0].payload["questions"] == ["safety"]


@pytest.mark.parametrize("headers", [{}, htmx("tab")])
def test_two_answers_to_one_question_are_both_shown(client, initiative, office_member, headers):
    client.force_login(office_member)
    answer(client, initiative, safety=("", "direct"))

    response = answer(client, initiative, headers=headers, safety=("", "no"))

    assert response.status_code == 409
    asked = next(each for each in response.context["questionnaires"][0].questions if each.code == "safety")
    assert (asked.theirs, asked.seen, asked.chosen.code) == ("Yes, directly", "direct", "no")
    initiative.refresh_from_db()
    assert initiative.risk_tier == "critical"


def test_undo_takes_the_answer_back(client, initiative, office_member):
    client.force_login(office_member)
    answer(client, initiative, safety=("", "direct"))
    undo = offered_undo(risk_page(client, initiative))

    client.post(undo)

    initiative.refresh_from_db()
    assert initiative.risk_tier == ""


@pytest.mark.parametrize("sent", [{"nothing": ("", "no")}, {"safety": ("", "perhaps")}])
def test_what_is_not_asked_is_refused(client, initiative, office_member, sent):
    client.force_login(office_member)

    response = answer(client, initiative, **sent)

    assert response.status_code == 422
    assert "not in the version in force" in response.content.decode()


@pytest.mark.parametrize("who", ["stranger", "auditor", "risk_reviewer"])
def test_others_read_the_answers_and_give_none(client, initiative, request, who):
    client.force_login(request.getfixturevalue(who))

    assert answer(client, initiative, safety=("", "no")).status_code == 403
    assert "disabled" in risk_page(client, initiative).content.decode()
    initiative.refresh_from_db()
    assert initiative.risk_tier == ""


def test_who_does_not_see_it_finds_nothing(client, secret, stranger, office_member):
    client.force_login(stranger)
    assert answer(client, secret, safety=("", "no")).status_code == 404
    client.force_login(office_member)
    assert answer(client, secret, "other", safety=("", "no")).status_code == 404


def test_a_new_version_asks_its_own_questions(client, initiative, office_member):
    client.force_login(office_member)
    answer(client, initiative, safety=("", "direct"))
    version = QuestionSet.objects.create(kind="risk_tier", version=2, published_at=clock.now())
    question = Question.objects.create(question_set=version, code="harm", text="Can it harm?", position=0)
    AnswerOption.objects.create(question=question, code="no", text="No", sets="low", position=0)

    tier, *_ = risk_page(client, initiative).context["questionnaires"]

    assert (tier.version, [asked.code for asked in tier.questions], tier.open) == (2, ["harm"], 1)
    assert Initiative.objects.get(pk=initiative.pk).risk_tier == "critical"
