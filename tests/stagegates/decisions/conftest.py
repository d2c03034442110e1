"""Reviews that wait for a decision, and the people who decide them."""

from collections.abc import Callable
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Max

from aiso import clock
from aiso.accounts.models import User
from aiso.configuration.models import ConfigurationVersion
from forums.models import Forum, Membership
from portfolio.models import Initiative, Lane, Stage
from stagegates.actions.decide import decide_review
from stagegates.askings import lane_to
from stagegates.blocks import answers_of_tier
from stagegates.models import (
    Condition,
    Decision,
    GateReview,
    Requirement,
    ReviewFunction,
    SignOff,
    SignOffAnswer,
    TierConfirmation,
)
from stagegates.rules import GATES, MATRIX, gates_in_force, gates_of, rights_in_force
from stagegates.scopes import copies_of, scope_of
from stagegates.seals import seal_of
from tests.factories import fund, make_initiative, make_person

type MakeReview = Callable[..., GateReview]


def seat(person: User, forum: str, role: str = "member") -> User:
    Membership.objects.create(
        forum=Forum.objects.get(slug=forum), person=person, role=role, started_on=clock.today() - timedelta(days=30)
    )
    return person


@pytest.fixture
def delegate(db) -> User:
    return seat(make_person("Dora Swift"), "fast-lane-delegate")


@pytest.fixture
def chair(db) -> User:
    return seat(make_person("Carla Chair"), "portfolio-review", "chair")


@pytest.fixture
def member(db) -> User:
    return seat(make_person("Mario Vote"), "portfolio-review")


@pytest.fixture
def secretary(db) -> User:
    return seat(make_person("Selma Minutes"), "portfolio-review", "secretary")


@pytest.fixture
def sponsor(db) -> User:
    return seat(make_person("Sofia Prime"), "executive-sponsor", "sponsor")


def never_held(kind: str, content: Any) -> ConfigurationVersion:
    """A version that only the reviews go by which began under it."""
    latest = ConfigurationVersion.objects.filter(kind=kind).aggregate(number=Max("number"))["number"]
    told = {"kind": kind, "number": latest + 1, "published_at": clock.now(), "effective_from": date(2999, 1, 1)}
    gone = {"withdrawn_at": clock.now(), "withdrawn_because": "For a test."}
    return ConfigurationVersion.objects.create(content=content, **told | gone)


def quiet(kind: str, *functions: str) -> ConfigurationVersion:
    """Gates or a matrix as they are, but asking for nothing except these sign-offs."""
    content = deepcopy(ConfigurationVersion.objects.in_force(kind).content)
    for gate in content.get("gates", ()):
        gate |= {"requirements": [], "functions": [*functions]}
    for rule in content.get("rules", ()):
        rule |= {"assessments": [], "documents": "", "functions": []}
    return never_held(kind, content)


def make_review(
    initiative: Initiative, *, gates: tuple[str, ...] = ("production-fit",), submitted: bool = True, **fields: Any
) -> GateReview:
    """A review whose gates ask for nothing, submitted by its owner, before the portfolio review. Where it asks for
    money, its bucket has some.
    """
    if fields.get("amount"):
        fund(initiative)
    configured = gates_in_force()
    last = configured.gate(gates[-1])
    assert last is not None
    opened_by = fields.pop("opened_by", None) or initiative.business_owner or make_person()
    told = {
        "initiative": initiative,
        "gates": [*gates],
        "lane": lane_to(last.moves_to, initiative),
        "to_stage": last.moves_to,
        "gates_version": quiet(GATES),
        "matrix_version": quiet(MATRIX),
        "rights_version": rights_in_force().version,
        "opened_by": opened_by,
        "body": Forum.objects.get(slug="portfolio-review"),
    }
    if submitted:
        told |= {"submitted_by": opened_by, "submitted_at": clock.now()}
    return GateReview.objects.create(**told | fields)


@pytest.fixture
def initiative(business_owner, technical_owner, risk_owner) -> Initiative:
    """In pilot, of moderate risk, so that the portfolio review decides."""
    return make_initiative(
        "Predictive maintenance",
        stage=Stage.PILOT,
        since=clock.today() - timedelta(days=74),
        owner=business_owner,
        technical_owner=technical_owner,
        risk_owner=risk_owner,
        risk_tier="moderate",
    )


@pytest.fixture
def review(initiative) -> GateReview:
    return make_review(initiative, amount=Decimal(60_000))


FAST = {
    "risk_tier": "low",
    "employee_effect": "none",
    "data_sensitivity": "internal",
    "is_customer_facing": False,
    "is_rights_impacting": False,
    "is_safety_impacting": False,
    "requested_amount": Decimal(1000),
    "lane": Lane.FAST,
}
COMBINED = ("workflow-fit", "data-fit", "autonomy-fit")


@pytest.fixture
def quick(business_owner) -> Initiative:
    """One that takes the fast lane by its facts."""
    from tests.factories import make_decision

    initiative = make_initiative("Sort the mail", owner=business_owner, **FAST)
    make_decision(initiative)
    return initiative


@pytest.fixture
def fast(quick) -> GateReview:
    """The combined review of the fast lane, its tier confirmed."""
    review = make_review(quick, gates=COMBINED, amount=Decimal(1000), body=Forum.objects.get(slug="fast-lane-delegate"))
    confirm(review)
    return review


def confirm(review: GateReview) -> TierConfirmation:
    return TierConfirmation.objects.create(
        initiative=review.initiative,
        review=review,
        tier=review.initiative.risk_tier,
        answers=answers_of_tier(review.initiative),
        confirmed_by=make_person("Risk Confirmer"),
    )


def make_requirement(review: GateReview, **fields: Any) -> Requirement:
    told = {"code": "production-fit/plan", "gate": "production-fit", "text": "A plan", "evidence": "statement"}
    return Requirement.objects.create(review=review, **told | fields)


def make_sign_off(review: GateReview, function: str, verdict: str = "", **fields: Any) -> SignOff:
    """Open, or answered with a verdict. The gates of the review ask for it."""
    asked = {slug for gate in gates_of(review.gates_version).gates for slug in gate.functions}
    review.gates_version = quiet(GATES, *asked, function)
    review.save(update_fields=["gates_version"])
    told = {"state": "answered" if verdict else "open", "clock_days": 5, "started_at": clock.now()}
    sign_off = SignOff.objects.create(
        review=review, function=ReviewFunction.objects.get(slug=function), **told | fields
    )
    if verdict:
        groups = scope_of(sign_off)
        # What was sealed of an outdated one is true no more.
        gone = [{"key": "case/gone", "label": "Gone", "value": "Yes"}] if sign_off.state == "outdated" else []
        copy = [*copies_of([(sign_off, groups)])[sign_off.pk], *gone]
        sign_off.answer = SignOffAnswer.objects.create(
            sign_off=sign_off,
            initiative=review.initiative,
            verdict=verdict,
            reason="Looked at.",
            answered_by=make_person(),
            groups=groups,
            seal=seal_of(copy),
            copy=copy,
        )
        sign_off.save()
    return sign_off


def make_condition(decision: Decision, owner: User, **fields: Any) -> Condition:
    told = {"text": "Prove the fallback", "due_on": clock.today() + timedelta(days=30), "set_by": decision.decided_by}
    return Condition.objects.create(initiative=decision.initiative, decision=decision, owner=owner, **told | fields)


def approve(review: GateReview, actor: User, **more: Any) -> Decision:
    return decide_review(review, actor=actor, outcome="approve", rationale="Accuracy holds.", **more)
