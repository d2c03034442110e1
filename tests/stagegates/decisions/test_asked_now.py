"""A review asks what its initiative asks on the day of the decision, whatever wrote that past the events."""

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aiso import clock
from aiso.errors import DomainError
from portfolio.models import Initiative, Stage
from stagegates import tasks
from stagegates.actions.ballots import open_ballot
from stagegates.actions.renew_review import behind
from stagegates.models import Decision
from stagegates.rules import GATES, MATRIX
from tests.api.conftest import Script, make_api_token, problem
from tests.factories import make_initiative, make_person

from .conftest import approve, make_review, never_held, quiet, seat

pytestmark = pytest.mark.django_db
ASKED = {"assessment/impact-assessment"}
RULE = {
    "code": "high",
    "name": "High risk",
    "about": "",
    "use_case_types": [],
    "tiers": ["high"],
    "jurisdictions": [],
    "autonomy": [],
    "gates": [],
    "assessments": ["impact-assessment"],
    "documents": "",
    "functions": ["legal"],
    "monitoring": "",
    "body": "",
}


@pytest.fixture
def rules(db):
    """Gates that ask for nothing, and a matrix that asks for an assessment and for legal at high risk."""
    return {"gates_version": quiet(GATES), "matrix_version": never_held(MATRIX, {"rules": [RULE]})}


@pytest.fixture
def review(initiative, rules):
    """Submitted while its risk was moderate; since then it is high, and no event told."""
    made = make_review(initiative, **rules)
    Initiative.objects.filter(pk=initiative.pk).update(risk_tier="high")
    return made


def asked(review) -> set[str]:
    return {*review.requirements.values_list("code", flat=True)}


def functions(review) -> set[str]:
    return {*review.sign_offs.values_list("function__slug", flat=True)}


def test_it_is_not_approved_without_what_is_asked_since(review, chair):
    with pytest.raises(DomainError, match=r"Impact assessment: .*Legal has not signed off"):
        approve(review, chair)

    # What was refused stands in the checklist, where somebody can mend it.
    assert (asked(review), functions(review)) == (ASKED, {"legal"})
    assert not Decision.objects.exists()


def test_nor_put_to_the_vote(review, chair, member):
    for _ in range(3):
        seat(make_person(), "portfolio-review")
    with pytest.raises(DomainError, match="Impact assessment"):
        open_ballot(review, actor=chair, outcome="approve", rationale="Go.", closes_on=clock.today())
    assert asked(review) == ASKED


def test_by_the_page_and_by_the_api(client, review, chair):
    body = {"review": review.pk, "outcome": "approve", "rationale": "Go."}
    detail = problem(Script(make_api_token(chair)[1]).post("decisions/", body), 409)["detail"]
    assert "Impact assessment" in detail

    client.force_login(chair)
    answer = client.post(reverse("stagegates:review_decide", args=[review.pk]), body)
    assert answer.status_code == 422
    assert "Impact assessment" in answer.content.decode()


def test_the_night_renews_all_open_reviews_page_by_page(review, rules, business_owner, monkeypatch):
    others = [make_initiative(stage=Stage.PILOT, owner=business_owner, risk_tier="high") for _ in range(2)]
    reviews = [review, *(make_review(each, **rules) for each in others)]
    closed = make_review(make_initiative(stage=Stage.PILOT, owner=business_owner, risk_tier="high"), **rules)
    closed.closed_at = closed.submitted_at
    closed.save()
    monkeypatch.setattr(tasks, "PAGE", 2)

    for _ in range(2):
        tasks.renew_reviews_of_the_night()

    assert [(asked(each), functions(each)) for each in reviews] == [(ASKED, {"legal"})] * 3
    assert not asked(closed)
    assert behind(reviews) == []


def test_the_night_costs_the_same_however_many_are_up_to_date(rules, business_owner):
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            tasks.renew_reviews_of_the_night()
        return len(captured)

    make_review(make_initiative(stage=Stage.PILOT, owner=business_owner, risk_tier="low"), **rules)
    one = cost()
    for _ in range(3):
        make_review(make_initiative(stage=Stage.PILOT, owner=business_owner, risk_tier="low"), **rules)
    assert cost() == one


def test_the_night_has_its_hour():
    assert settings.CELERY_BEAT_SCHEDULE["renew-reviews"]["task"] == tasks.renew_reviews_of_the_night.name
