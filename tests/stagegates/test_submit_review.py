"""From opening to submission: editing the ask, submitting, withdrawing, waiving."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied

from aiso import clock
from aiso.errors import ConflictError, DomainError
from aiso.events.models import Event
from aiso.events.outbox import publish
from portfolio.lane_threshold import lane_threshold
from portfolio.models import Lane, Stage
from portfolio.models.risk import RiskTier
from stagegates.actions.give_evidence import give_evidence
from stagegates.actions.open_review import open_review
from stagegates.actions.submit_review import edit_review, submit_review, withdraw_review
from stagegates.actions.waive_requirement import ask_again, waive_requirement
from stagegates.blocks import blocks_of
from stagegates.models import Requirement
from stagegates.tasks import renew_reviews

from ..api.conftest import Script, make_api_token
from ..factories import grant, make_initiative, make_ownership, make_person

pytestmark = pytest.mark.django_db


def waive_all(review, person):
    review.requirements.update(waived_because="Shown in a test", waived_by=person)


def test_a_review_is_submitted_once_every_requirement_is_settled(review, initiative, business_owner, office_lead):
    give_evidence(initiative, actor=business_owner, code="data-fit/lineage", link="https://example.org/l")
    give_evidence(initiative, actor=business_owner, code="data-fit/data-owners", text="Kim owns the logs.")
    with pytest.raises(DomainError, match="1 requirement is not met: Enough clean production data"):
        submit_review(review, actor=business_owner)

    waive_requirement(review.requirements.get(code="data-fit/production-data"), actor=office_lead, reason="Profiled")
    submitted = submit_review(review, actor=business_owner)

    assert submitted.is_ready
    assert submitted.submitted_by == business_owner
    assert submitted.decide_by is None
    assert Event.objects.get(name="review.submitted").actor == business_owner
    with pytest.raises(DomainError, match="submitted before"):
        submit_review(review, actor=business_owner)


def test_the_delegates_clock_starts_with_the_submission(business_owner, office_lead):
    initiative = make_initiative(owner=business_owner, risk_tier=RiskTier.LOW, lane=Lane.FAST)
    review = open_review(initiative, actor=business_owner)
    waive_all(review, office_lead)

    with clock.fixed_at(datetime(2031, 6, 6, 15, tzinfo=ZoneInfo("UTC"))):
        assert submit_review(review, actor=business_owner).decide_by == date(2031, 6, 10)


def test_value_fit_of_the_fast_lane_is_ordinary(business_owner, office_lead, client):
    told = {"owner": business_owner, "risk_tier": RiskTier.LOW, "stage": Stage.LIMITED_ROLLOUT, "lane": Lane.FAST}
    review = open_review(make_initiative(**told), actor=business_owner)
    waive_all(review, office_lead)

    submitted = submit_review(review, actor=business_owner)

    assert (submitted.gates, submitted.lane, submitted.decide_by) == (["value-fit"], Lane.FULL, None)
    assert submitted.body.slug == "portfolio-review"
    assert not [block for block in blocks_of(submitted) if block.kind in ("tier", "lane")]
    script = Script(make_api_token(business_owner)[1])
    assert script.get(f"reviews/{review.pk}/").json()["lane"] == "full"
    client.force_login(business_owner)
    assert "risk tier" not in client.get(f"/reviews/{review.pk}/decide/").content.decode().lower()


def test_a_fast_lane_that_no_longer_holds_stops_it(business_owner, office_lead):
    initiative = make_initiative(owner=business_owner, risk_tier=RiskTier.LOW, lane=Lane.FAST)
    review = open_review(initiative, actor=business_owner)
    waive_all(review, office_lead)
    type(initiative).objects.filter(pk=initiative.pk).update(lane=Lane.FULL)

    with pytest.raises(DomainError, match="The fast lane no longer holds"):
        submit_review(review, actor=business_owner)


def test_the_fast_lane_is_not_for_more_money_than_it_takes(business_owner, office_lead):
    initiative = make_initiative(owner=business_owner, risk_tier=RiskTier.LOW, lane=Lane.FAST)
    review = open_review(initiative, actor=business_owner, amount=lane_threshold())
    waive_all(review, office_lead)

    with pytest.raises(DomainError, match="The fast lane is for less than"):
        submit_review(review, actor=business_owner)

    edit_review(review, actor=business_owner, amount=lane_threshold() - 1)
    assert submit_review(review, actor=business_owner).is_ready


def test_a_service_account_never_submits(review, initiative, office_lead):
    account = make_person("Pump Sync", is_service_account=True)
    make_ownership(initiative, account, "technical", is_deputy=True)
    waive_all(review, office_lead)

    with pytest.raises(PermissionDenied, match="A person submits"):
        submit_review(review, actor=account)


def test_others_may_not_submit_withdraw_or_edit(review, data_reviewer, auditor):
    for person in (data_reviewer, auditor):
        with pytest.raises(PermissionDenied):
            submit_review(review, actor=person)
        with pytest.raises(PermissionDenied):
            withdraw_review(review, actor=person, reason="No")
        with pytest.raises(PermissionDenied):
            edit_review(review, actor=person, ask="More")


def test_a_tier_that_rises_adds_what_it_asks(owned, business_owner, office_lead):
    initiative = owned(Stage.BUILD, RiskTier.LOW)
    review = open_review(initiative, actor=business_owner)
    waive_all(review, office_lead)
    type(initiative).objects.filter(pk=initiative.pk).update(risk_tier=RiskTier.HIGH)

    with pytest.raises(DomainError, match="Impact assessment; Security assessment"):
        submit_review(review, actor=business_owner)


def test_withdrawing_takes_a_reason_and_happens_once(review, initiative, business_owner):
    with pytest.raises(DomainError, match="Say why"):
        withdraw_review(review, actor=business_owner, reason="")

    withdrawn = withdraw_review(review, actor=business_owner, reason="The line moves to another plant")

    assert withdrawn.was_withdrawn
    assert not withdrawn.is_open
    assert Event.objects.get(name="review.withdrawn").payload["reason"] == "The line moves to another plant"
    with pytest.raises(DomainError, match="This review was withdrawn"):
        withdraw_review(review, actor=business_owner, reason="Again")
    assert open_review(initiative, actor=business_owner).attempt == 2


def test_the_ask_is_edited_until_it_is_submitted(review, business_owner, office_lead):
    edited = edit_review(review, actor=business_owner, ask="Build two lines", amount=90_000)
    assert (edited.ask, edited.amount) == ("Build two lines", 90_000)
    assert Event.objects.get(name="review.edited").payload["fields"] == ["amount", "ask"]

    with pytest.raises(ConflictError):
        edit_review(review, actor=office_lead, seen={"ask": "Build it"}, ask="Build three lines")

    waive_all(review, office_lead)
    submit_review(review, actor=business_owner)
    with pytest.raises(DomainError, match="It was submitted"):
        edit_review(review, actor=business_owner, ask="More")


def test_the_office_waives_with_a_reason_and_asks_again(review, office_lead):
    requirement = review.requirements.get(code="data-fit/lineage")
    with pytest.raises(DomainError, match="Say why"):
        waive_requirement(requirement, actor=office_lead, reason=" ")

    waived = waive_requirement(requirement, actor=office_lead, reason="One table, one owner")

    assert (waived.waived_by, waived.waived_because) == (office_lead, "One table, one owner")
    assert Event.objects.filter(name="requirement.waived").exists()
    with pytest.raises(DomainError, match="waived before"):
        waive_requirement(requirement, actor=office_lead, reason="Again")

    ask_again(requirement, actor=office_lead)
    assert Requirement.objects.get(pk=requirement.pk).waived_because == ""
    with pytest.raises(DomainError, match="It was not waived"):
        ask_again(requirement, actor=office_lead)


def test_a_party_waives_nothing(initiative, business_owner, office_lead, office_member):
    review = open_review(initiative, actor=office_lead)
    requirement = review.requirements.get(code="data-fit/lineage")
    grant(business_owner, "office_member")

    for person in (office_lead, business_owner):
        with pytest.raises(PermissionDenied):
            waive_requirement(requirement, actor=person, reason="Mine")

    assert waive_requirement(requirement, actor=office_member, reason="Looked at it").waived_by == office_member


def test_what_is_met_is_not_waived(review, initiative, business_owner, office_lead):
    give_evidence(initiative, actor=business_owner, code="data-fit/lineage", link="https://example.org/l")

    with pytest.raises(DomainError, match="It is met"):
        waive_requirement(review.requirements.get(code="data-fit/lineage"), actor=office_lead, reason="Why not")


def test_an_open_review_follows_its_initiative_when_an_event_tells(owned, business_owner):
    initiative = owned(Stage.BUILD, RiskTier.LOW)
    review = open_review(initiative, actor=business_owner)
    before = {*review.sign_offs.values_list("function__slug", flat=True)}
    type(initiative).objects.filter(pk=initiative.pk).update(risk_tier=RiskTier.HIGH)
    event = publish("initiative.questions_answered", actor=business_owner, initiative=initiative)

    for _ in range(2):
        renew_reviews(event.pk)

    assert review.requirements.filter(code="assessment/impact-assessment").count() == 1
    assert {*review.sign_offs.values_list("function__slug", flat=True)} == before | {"legal", "security"}
