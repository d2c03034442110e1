"""Opening a gate review: which gates, what it asks, and when it cannot be opened."""

import pytest
from django.core.exceptions import PermissionDenied

from aiso.errors import DomainError
from aiso.events.models import Event
from portfolio.models import Jurisdiction, Lane, Stage
from portfolio.models.risk import RiskTier
from stagegates.actions.open_review import open_review
from stagegates.models import GateReview

from ..factories import make_initiative, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def initiative(business_owner, technical_owner, risk_owner):
    return make_initiative(
        stage=Stage.PILOT,
        owner=business_owner,
        technical_owner=technical_owner,
        risk_owner=risk_owner,
        risk_tier=RiskTier.HIGH,
    )


def codes(review):
    return [requirement.code for requirement in review.requirements.all()]


def test_the_next_gate_is_asked_with_its_requirements_and_those_of_the_matrix(initiative, business_owner):
    initiative.jurisdictions.add(Jurisdiction.objects.get(name="EU"))

    review = open_review(initiative, actor=business_owner, ask="Go live in two plants", amount=120_000)

    assert review.gates == ["production-fit"]
    assert review.to_stage == Stage.LIMITED_ROLLOUT
    assert review.attempt == 1
    assert codes(review) == [
        "assessment/model-evaluation",
        "assessment/fallback-and-rollback",
        "production-fit/release",
        "production-fit/audit-logs",
        "production-fit/support",
        "production-fit/tools",
        "assessment/impact-assessment",
        "assessment/security-assessment",
        "assessment/privacy-assessment",
        "document/technical-documentation",
        "document/instructions-for-use-and-human-oversight",
        "money/plan",
    ]
    logs = review.requirements.get(code="document/technical-documentation")
    assert [rule["code"] for rule in logs.asked_by] == ["eu-high"]
    assert logs.functions == ["legal"]
    event = Event.objects.get(name="review.opened")
    assert event.payload == {"initiative": initiative.pk, "review": review.pk}
    assert event.actor == business_owner


def test_the_fast_lane_attests_three_gates_in_one_review(business_owner):
    initiative = make_initiative(owner=business_owner, risk_tier=RiskTier.LOW, lane=Lane.FAST)

    review = open_review(initiative, actor=business_owner)

    assert review.gates == ["workflow-fit", "data-fit", "autonomy-fit"]
    assert review.to_stage == Stage.PILOT
    assert {requirement.gate for requirement in review.requirements.all()} == {*review.gates}


def test_the_fast_lane_has_an_ordinary_review_from_pilot_on(business_owner):
    initiative = make_initiative(stage=Stage.PILOT, owner=business_owner, risk_tier=RiskTier.LOW, lane=Lane.FAST)

    assert open_review(initiative, actor=business_owner).gates == ["production-fit"]


def test_another_attempt_is_counted_for_its_gate(initiative, business_owner):
    first = open_review(initiative, actor=business_owner)
    GateReview.objects.filter(pk=first.pk).update(closed_at=first.opened_at, was_withdrawn=True)

    assert open_review(initiative, actor=business_owner).attempt == 2


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"risk_tier": ""}, "Answer the questions on the risk tier first"),
        ({"risk_tier": RiskTier.PROHIBITED}, "A prohibited use stops it"),
        ({"risk_tier": RiskTier.LOW, "is_off_register": True}, "not on the register"),
        ({"risk_tier": RiskTier.LOW, "stage": Stage.CLOSED}, "no gate comes any more"),
        ({"risk_tier": RiskTier.LOW, "stage": Stage.PAUSED}, "A decision to resume comes first"),
        ({"risk_tier": RiskTier.LOW, "stage": Stage.SCALE}, "where the last gate leads"),
    ],
)
def test_what_cannot_be_opened_says_why(business_owner, fields, told):
    initiative = make_initiative(owner=business_owner, **fields)

    with pytest.raises(DomainError, match=told):
        open_review(initiative, actor=business_owner)

    assert not GateReview.objects.exists()


def test_one_review_is_open_at_a_time(initiative, business_owner):
    open_review(initiative, actor=business_owner)

    with pytest.raises(DomainError, match="A review is open already: production fit, attempt 1"):
        open_review(initiative, actor=business_owner)


def test_only_owners_and_the_office_open_a_review(initiative, office_lead, reviewer, auditor):
    for person in (reviewer, auditor, make_person()):
        with pytest.raises(PermissionDenied):
            open_review(initiative, actor=person)

    assert open_review(initiative, actor=office_lead).opened_by == office_lead
