"""Whom the sponsor named decides for one body; a higher one that is asked for later is another matter."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from portfolio.models import Initiative, Stage, Workflow
from stagegates.actions.name_decider import name_decider
from stagegates.decision_panel import panel_of
from stagegates.decision_work import decisions_waiting
from stagegates.models import GateReview
from stagegates.permissions import can_decide
from tests.api.conftest import Script, kind, make_api_token
from tests.factories import make_entry, make_initiative, make_ownership, make_person

from .conftest import approve, make_requirement, make_review, seat

pytestmark = pytest.mark.django_db


@pytest.fixture
def named(review, sponsor, executive, business_owner):
    """Named in place of the portfolio review, whose only member owns the initiative."""
    seat(business_owner, "portfolio-review", "chair")
    return name_decider(review, actor=sponsor, person=executive, reason="Knows the plant.")


def risen(review, tier="critical") -> GateReview:
    Initiative.objects.filter(pk=review.initiative_id).update(risk_tier=tier)
    return GateReview.objects.get(pk=review.pk)


def test_it_holds_while_the_body_is_the_same(named, review, executive):
    assert named.body.slug == "portfolio-review"
    assert [each.url for each in decisions_waiting(executive)] == [
        reverse("stagegates:review_decide", args=[review.pk])
    ]
    assert panel_of(review, executive).may_decide
    assert approve(review, executive).body == named.body


@pytest.mark.parametrize("outcome", ["approve", "terminate"])
def test_it_lapses_when_the_risk_rises(client, named, review, executive, outcome):
    review = risen(review)

    assert not can_decide(executive, review)
    assert [*decisions_waiting(executive)] == []
    with pytest.raises(PermissionDenied):
        approve(review, executive)
    body = {"review": review.pk, "outcome": outcome, "rationale": "Go."}
    assert kind(Script(make_api_token(executive)[1]).post("decisions/", body), 403) == "forbidden"
    client.force_login(executive)
    address = reverse("stagegates:review_decide", args=[review.pk])
    assert client.post(address, body).status_code == 403
    assert "That holds no more: Executive sponsor is asked now." in client.get(address).content.decode()


def test_it_lapses_when_the_money_of_the_workflow_rises(review, initiative, sponsor, executive, business_owner):
    workflow = make_entry(Workflow)
    other = make_initiative(stage=Stage.PILOT, workflow=workflow, risk_tier="high")
    Initiative.objects.filter(pk=initiative.pk).update(workflow=workflow, risk_tier="high")
    seat(business_owner, "portfolio-review", "chair")
    review = GateReview.objects.get(pk=review.pk)
    name_decider(review, actor=sponsor, person=executive, reason="Knows the plant.")

    approve(make_review(other, amount=Decimal(980_000)), sponsor)

    with pytest.raises(PermissionDenied):
        approve(review, executive)


def test_after_it_lapsed_the_higher_body_decides_or_one_is_named_for_it(named, review, sponsor, initiative):
    review = risen(review)
    outsider = make_person()
    # The sponsor may decide it, so that nobody is named.
    with pytest.raises(PermissionDenied):
        name_decider(review, actor=sponsor, person=outsider, reason="Has time.")

    make_ownership(initiative, sponsor, is_deputy=True)
    again = name_decider(review, actor=sponsor, person=outsider, reason="Nobody else is left.")

    assert again.body.slug == "executive-sponsor"
    with pytest.raises(DomainError, match="was named already"):
        name_decider(review, actor=sponsor, person=make_person(), reason="Another.")
    decision = approve(review, outsider)
    assert (decision.way, decision.body.slug) == ("named", "executive-sponsor")


def test_it_holds_again_when_what_rose_falls(named, review, executive):
    risen(review)
    assert approve(risen(review, "moderate"), executive).way == "named"


def _left(review, person):
    User.objects.filter(pk=person.pk).update(is_active=False, deactivated_at=clock.now())


def _became_a_party(review, person):
    make_ownership(review.initiative, person, is_deputy=True)


def _waived(review, person):
    make_requirement(review, waived_by=person, waived_because="Shown in the audit.")


@pytest.mark.parametrize("become", [_left, _became_a_party, _waived])
def test_another_is_named_when_the_first_may_not_decide_any_more(client, named, review, sponsor, executive, become):
    outsider = make_person("Nora Next")
    become(review, executive)
    executive = User.objects.get(pk=executive.pk)
    assert [*decisions_waiting(executive)] == []
    client.force_login(sponsor)
    shown = client.get(review.get_absolute_url()).content.decode()
    assert f"That holds no more: {executive} may not decide any more." in shown
    assert "Name who decides" in shown
    body = {"review": review.pk, "person": outsider.pk, "reason": "Knows the plant too."}

    assert Script(make_api_token(sponsor)[1]).post("named-deciders/", body).status_code == 201

    assert not can_decide(executive, review)
    assert approve(review, outsider).way == "named"


def test_the_first_stays_lapsed_when_they_come_back(named, review, sponsor, executive):
    _left(review, executive)
    second = name_decider(review, actor=sponsor, person=make_person(), reason="Instead.")
    User.objects.filter(pk=executive.pk).update(is_active=True, deactivated_at=None)

    assert not can_decide(User.objects.get(pk=executive.pk), review)
    assert can_decide(second.person, review)
    with pytest.raises(DomainError, match="was named already"):
        name_decider(review, actor=sponsor, person=executive, reason="Back.")
