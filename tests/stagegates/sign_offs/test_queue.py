"""The queue: exactly what one may see, the oldest breach first, for a fixed number of queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aiso import clock
from portfolio.models import Initiative
from stagegates.actions.ask_question import ask_question
from stagegates.actions.sign_offs import refresh_sign_offs
from stagegates.models import SignOff
from stagegates.sign_off_cards import cards_of
from tests.factories import make_initiative, make_unit

from .factories import MONDAY, answered, assessment, make_review, sign_off_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(monday, requester, business_owner, legal_reviewer, security_reviewer):
    """Five reviews, opened on five days, the last of them first."""
    reviews = []
    for day in (4, 3, 2, 1, 0):
        with clock.fixed_at(MONDAY + timedelta(days=day)):
            tier = "low" if day % 2 else "high"
            initiative = make_initiative(f"Case {day}", owner=business_owner, risk_tier=tier)
            reviews.append(make_review(initiative, requester, "legal", "security"))
    return reviews


def names(response) -> list[str]:
    return [row.sign_off.review.initiative.name for row in response.context["queue"].rows]


def at(client, query: str = "", day: int = 4):
    with clock.fixed_at(MONDAY + timedelta(days=day)):
        return client.get(f"/sign-offs/{query}")


def test_the_oldest_breach_comes_first_and_only_ones_own(client, queue, legal_reviewer):
    client.force_login(legal_reviewer)

    response = at(client)

    assert response.status_code == 200
    # Three days at low risk, seven at high.
    assert names(response) == ["Case 1", "Case 3", "Case 0", "Case 2", "Case 4"]
    assert {row.sign_off.function.slug for row in response.context["queue"].rows} == {"legal"}


def test_filters_narrow_and_their_counts_say_how_far(client, queue, legal_reviewer, security_reviewer):
    ask_question(sign_off_of(queue[0], "legal"), actor=legal_reviewer, text="Why?")
    answered(queue[4], "legal", legal_reviewer)
    Initiative.objects.filter(name="Case 4").update(summary="New.")
    client.force_login(legal_reviewer)

    assert names(at(client, "?state=stopped")) == ["Case 4"]
    assert names(at(client, "?state=answered")) == ["Case 0"]
    assert names(at(client, "?tier=low")) == ["Case 1", "Case 3"]
    assert names(at(client, "?due=late", day=7)) == ["Case 1"]
    assert names(at(client, "?due=today", day=4)) == ["Case 1"]
    assert names(at(client, "?function=security")) == []
    assert len(names(at(client, "?whose=all&function=security"))) == 5
    unit = Initiative.objects.get(name="Case 3").unit_id
    assert names(at(client, f"?unit={unit}")) == ["Case 3"]
    assert names(at(client, f"?unit={make_unit().pk}")) == []
    counts = at(client, day=7).context["queue"].counts
    assert counts == {"all": 4, "late": 1, "anew": 0, "stopped": 1}


def test_what_is_outdated_stands_there_to_answer_anew(client, queue, legal_reviewer):
    answered(queue[4], "legal", legal_reviewer)
    Initiative.objects.filter(name="Case 0").update(summary="New.")
    refresh_sign_offs(queue[4])
    client.force_login(legal_reviewer)

    assert names(at(client, "?state=anew")) == ["Case 0"]


def test_waiting_and_closed_ones_are_not_to_answer(client, queue, business_owner, requester, legal_reviewer):
    waiting = make_initiative("Waits", owner=business_owner)
    make_review(waiting, requester, "legal", requirements=(assessment("impact-assessment", "legal"),))
    queue[0].closed_at = clock.now()
    queue[0].save()
    client.force_login(legal_reviewer)

    assert "Waits" not in names(at(client))
    assert "Case 4" not in names(at(client))
    assert names(at(client, "?state=waiting")) == ["Waits"]


def test_confidential_and_own_cases_are_not_there(client, queue, legal_reviewer, stranger):
    Initiative.objects.filter(name="Case 1").update(is_confidential=True)
    client.force_login(legal_reviewer)
    assert "Case 1" not in names(at(client))
    client.force_login(stranger)
    assert "Case 1" not in names(at(client, "?whose=all"))
    assert at(client).context["queue"].chosen["whose"] == "all"


def test_pages_follow_each_other(client, queue, legal_reviewer, monkeypatch):
    monkeypatch.setattr("stagegates.sign_off_queue.PAGE", 2)
    client.force_login(legal_reviewer)
    first = at(client)
    second = at(client, f"?after={first.context['queue'].page.after}")
    third = at(client, f"?after={second.context['queue'].page.after}")

    assert names(first) + names(second) + names(third) == ["Case 1", "Case 3", "Case 0", "Case 2", "Case 4"]
    assert names(at(client, f"?before={third.context['queue'].page.before}")) == names(second)


def test_the_number_of_queries_is_fixed(client, queue, requester, business_owner, legal_reviewer):
    client.force_login(legal_reviewer)
    at(client)
    with CaptureQueriesContext(connection) as few:
        at(client)
    for number in range(20):
        initiative = make_initiative(f"More {number}", owner=business_owner, risk_tier="low")
        make_review(initiative, requester, "legal")
    with CaptureQueriesContext(connection) as many:
        assert len(names(at(client))) == 25
    assert len(many) == len(few)
    assert len(few) <= 20


def test_the_cards_of_a_review_cost_the_same_however_many(initiative, requester, legal_reviewer, office_member):
    review = make_review(initiative, requester, "legal")
    cards_of(review, legal_reviewer)
    answered(review, "legal", legal_reviewer)
    with CaptureQueriesContext(connection) as few:
        cards_of(review, legal_reviewer)
    from stagegates.actions.sign_offs import begin_sign_offs

    from .factories import RULE

    begin_sign_offs(review, {slug: [RULE] for slug in ("legal", "risk", "security", "privacy", "data")})
    with CaptureQueriesContext(connection) as many:
        cards = cards_of(review, legal_reviewer)
    assert [card.sign_off.function.slug for card in cards] == ["legal", "security", "risk", "data", "privacy"]
    assert len(many) <= len(few) + 6


def test_a_row_opens_beside_the_list(client, queue, legal_reviewer):
    client.force_login(legal_reviewer)
    legal = sign_off_of(queue[0], "legal")

    answer = client.get(f"{legal.get_absolute_url()}?in=drawer", headers={"HX-Request": "true"})

    assert b"data-close" in answer.content
    assert b"Record the answer" in answer.content


def test_the_api_lists_the_same(script, queue, legal_reviewer, stranger):
    lawyer = script(legal_reviewer)
    told = lawyer.get("sign-offs/", {"mine": "true", "count": "true"}).json()
    assert told["count"] == 5
    assert [each["function"] for each in told["results"]] == ["legal"] * 5
    assert len(lawyer.get("sign-offs/", {"function": "security"}).json()["results"]) == 5
    assert len(lawyer.get("sign-offs/", {"tier": "low", "mine": "true"}).json()["results"]) == 2
    assert len(lawyer.get("sign-offs/", {"initiative": queue[0].initiative_id}).json()["results"]) == 2
    assert lawyer.get("sign-offs/", {"state": "moon"}).status_code == 400
    assert script(stranger).get("sign-offs/", {"mine": "true"}).json()["results"] == []
    Initiative.objects.filter(pk=queue[0].initiative_id).update(is_confidential=True)
    assert script(stranger).get(f"sign-offs/{SignOff.objects.filter(review=queue[0]).first().pk}/").status_code == 404
