"""The fast lane: its tier confirmed before, its clock, the lane that no longer holds, the audit after."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.utils import DatabaseError

from aiso import clock
from aiso.errors import DomainError
from aiso.events.models import Event, Notification
from forums.models import Forum
from portfolio.actions.answer_questions import answer_questions
from portfolio.actions.edit_initiative import Change, edit_initiative
from portfolio.models import Intake, Stage
from stagegates.actions import record_decision
from stagegates.actions.fast_lane import confirm_tier, record_audit
from stagegates.blocks import Kind, blocks_of, standing_confirmation
from stagegates.decision_reminders import conditions_due, decisions_due
from stagegates.decision_tasks import tell_of_decision
from stagegates.models import FastLaneAudit
from tests.factories import grant, learnt, make_decision, make_initiative, make_ownership, make_person, make_unit

from .conftest import COMBINED, FAST, approve, make_condition, make_review, seat

pytestmark = pytest.mark.django_db
DELEGATE = "fast-lane-delegate"


def kinds(review):
    review.initiative.refresh_from_db()
    return [block.kind for block in blocks_of(review)]


def test_the_delegate_leads_it_to_pilot(fast, delegate, quick):
    decision = approve(fast, delegate)
    quick.refresh_from_db()
    assert (quick.stage, decision.way, decision.is_urgent) == (Stage.PILOT, "delegate", False)
    assert [each["code"] for each in decision.asked_by] == ["fast-lane"]


def test_production_fit_is_a_second_decision_and_value_fit_is_ordinary(fast, delegate, quick, chair):
    approve(fast, delegate)
    quick.refresh_from_db()
    second = make_review(quick, gates=("production-fit",), body=Forum.objects.get(slug=DELEGATE))
    approve(second, delegate)
    quick.refresh_from_db()
    assert quick.stage == Stage.LIMITED_ROLLOUT
    third = make_review(quick, gates=("value-fit",))
    with pytest.raises(PermissionDenied):
        approve(third, delegate)
    assert approve(third, chair).body.slug == "portfolio-review"


def test_the_risk_function_confirms_the_tier_first(quick, delegate, risk_reviewer):
    review = make_review(quick, gates=COMBINED, amount=Decimal(1000), body=Forum.objects.get(slug=DELEGATE))
    with pytest.raises(DomainError, match="The risk function has not confirmed the risk tier"):
        approve(review, delegate)

    confirmation = confirm_tier(review, actor=risk_reviewer, note="Read the answers.")

    assert (confirmation.tier, confirmation.initiative, confirmation.answers) == ("low", quick, {})
    assert Event.objects.get(name="tier.confirmed").actor == risk_reviewer
    assert approve(review, delegate)
    with pytest.raises(DomainError, match="closed"):
        confirm_tier(review, actor=risk_reviewer)


def test_it_is_confirmed_once_and_by_nobody_else(quick, risk_reviewer, delegate, office_lead, auditor, service_account):
    review = make_review(quick, gates=COMBINED)
    elsewhere = make_person("", "risk_reviewer", role_unit=make_unit())
    for person in (delegate, office_lead, auditor, service_account, elsewhere, review.opened_by):
        with pytest.raises(PermissionDenied):
            confirm_tier(review, actor=person)
    with pytest.raises(DomainError, match="changed meanwhile"):
        confirm_tier(review, actor=risk_reviewer, seen="moderate")
    confirm_tier(review, actor=risk_reviewer, seen="low")
    with pytest.raises(DomainError, match="confirmed this tier already"):
        confirm_tier(review, actor=risk_reviewer)


def test_a_confirmation_by_somebody_who_became_a_party_stands_no_more(quick, risk_reviewer):
    review = make_review(quick, gates=COMBINED)
    confirmation = confirm_tier(review, actor=risk_reviewer)
    assert standing_confirmation(quick) == confirmation

    make_ownership(quick, risk_reviewer, "technical", is_deputy=True)

    assert standing_confirmation(quick) is None
    assert confirm_tier(review, actor=make_person("Rena Weigh", "risk_reviewer"))


def test_an_owner_who_reviews_risk_does_not_confirm_their_own(quick, business_owner):
    grant(business_owner, "risk_reviewer")
    with pytest.raises(PermissionDenied):
        confirm_tier(make_review(quick, gates=COMBINED), actor=business_owner)


def test_another_answer_reopens_it(fast, business_owner, quick):
    assert kinds(fast) == []
    from portfolio.models import QuestionSet

    kind = QuestionSet.Kind.RISK_TIER
    question = QuestionSet.objects.in_force(kind).questions.order_by("position").first()
    option = question.options.filter(sets="low").first()
    answer_questions(quick, actor=business_owner, kind=kind, answers={question.code: option.code})

    assert Kind.TIER in kinds(fast)
    assert standing_confirmation(quick) is None


def test_a_lane_that_no_longer_holds_stops_it_and_tells(fast, delegate, quick, business_owner):
    edit_initiative(quick, actor=business_owner, changes={"is_customer_facing": Change(was=False, to=True)})

    assert Kind.LANE in kinds(fast)
    with pytest.raises(DomainError, match="The fast lane no longer holds"):
        approve(fast, delegate)
    event = Event.objects.get(name="initiatives.left_fast_lane")
    assert event.payload == {"initiatives": [quick.pk]}
    tell_of_decision(event.pk)
    tell_of_decision(event.pk)
    told = Notification.objects.filter(event=event)
    assert {each.person for each in told} == {delegate, business_owner}
    assert told.count() == 2


def test_more_money_for_the_workflow_needs_a_higher_body(fast, delegate, quick):
    from portfolio.models import Workflow
    from stagegates.models import Decision
    from tests.factories import make_entry

    workflow = make_entry(Workflow)
    other = make_initiative(workflow=workflow)
    quick.workflow = workflow
    quick.save()
    Decision.objects.create(
        initiative=other, outcome="approve", rationale="Go.", amount=49_500, way="meeting",
        body=Forum.objects.get(slug="portfolio-review"), decided_by=make_person(),
    )  # fmt: skip
    with pytest.raises(DomainError, match="Portfolio review decides this: “Fast lane, more money”"):
        approve(fast, delegate)
    assert approve(fast, delegate, amount=Decimal(500))


# The clock


def test_a_late_delegate_escalates_and_approves_nothing(fast, delegate, sponsor, office_member, quick):
    fast.decide_by = clock.today()
    fast.save()
    [last_day] = decisions_due()
    assert (last_day.step, last_day.kind, {*last_day.people}) == ("last day", "reminder", {delegate})
    with clock.fixed_at(clock.now() + timedelta(days=1)):
        [late] = decisions_due()
    assert (late.step, late.kind) == ("late", "escalation")
    assert {delegate, sponsor, office_member} <= {*late.people}
    quick.refresh_from_db()
    assert quick.stage == Stage.INTAKE


def test_a_condition_is_reminded_of_and_escalates(fast, delegate, business_owner):
    condition = make_condition(approve(fast, delegate), business_owner, due_on=clock.today())
    [soon] = conditions_due()
    assert (soon.step, [*soon.people]) == ("soon", [business_owner])
    with clock.fixed_at(clock.now() + timedelta(days=2)):
        [late] = conditions_due()
    assert (late.kind, [*late.people]) == ("escalation", [condition.owner, condition.set_by])


# The audit


@pytest.mark.parametrize(("drawn", "is_drawn"), [(0, True), (99_999, True), (100_000, False), (999_999, False)])
def test_ten_per_cent_are_drawn_and_the_draw_is_kept(fast, delegate, monkeypatch, drawn, is_drawn):
    monkeypatch.setattr(record_decision.secrets, "randbelow", lambda steps: drawn)
    audit = approve(fast, delegate).fast_lane_audit
    audit.refresh_from_db()
    assert (audit.draw, audit.is_drawn) == (Decimal(drawn) / 1_000_000, is_drawn)


def test_a_requesters_first_is_audited_and_the_next_only_when_drawn(quick, delegate, requester, monkeypatch):
    monkeypatch.setattr(record_decision.secrets, "randbelow", lambda steps: 500_000)
    audits = []
    for name in ("One", "Two"):
        initiative = make_initiative(name, **FAST)
        make_decision(initiative)
        Intake.objects.create(
            initiative=initiative, requester=requester, state="accepted", unit=initiative.unit,
            submitted_at=clock.now(), submitted_answers={}, decided_by=make_person(), decided_at=clock.now(),
        )  # fmt: skip
        review = make_review(initiative, gates=COMBINED, body=Forum.objects.get(slug=DELEGATE))
        confirm_tier(review, actor=make_person("", "risk_reviewer"))
        audits.append(approve(review, delegate).fast_lane_audit)
    assert [(each.requester, each.is_first) for each in audits] == [(requester, True), (requester, False)]
    assert [*FastLaneAudit.objects.waiting()] == [audits[0]]
    with pytest.raises(DomainError, match="not in the sample"):
        record_audit(audits[1], actor=make_person("", "office_member"), finding="in_order")


def test_only_what_a_delegate_lets_through_in_the_fast_lane_is_drawn(review, chair, fast, sponsor):
    approve(review, chair)
    from stagegates.actions.decide import decide_review

    decide_review(fast, actor=sponsor, outcome="terminate", rationale="No use.", **learnt())
    assert not FastLaneAudit.objects.exists()


def test_an_audit_is_recorded_once(fast, delegate, risk_reviewer, office_member, auditor, business_owner):
    audit = approve(fast, delegate).fast_lane_audit
    grant(delegate, "office_member")
    for person in (delegate, auditor, business_owner, make_person()):
        with pytest.raises(PermissionDenied):
            record_audit(audit, actor=person, finding="in_order")
    with pytest.raises(DomainError, match="Say what you found"):
        record_audit(audit, actor=office_member, finding="wrong")
    record_audit(audit, actor=risk_reviewer, finding="remark", note="The data are old.")
    assert Event.objects.get(name="fast_lane.audited").actor == risk_reviewer
    with pytest.raises(DomainError, match="audited before"):
        record_audit(audit, actor=office_member, finding="in_order")
    for statement in ("UPDATE stagegates_fastlaneaudit SET draw = 0.5", "DELETE FROM stagegates_fastlaneaudit"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_seats_of_the_delegate_decide_alone(fast):
    others = [seat(make_person(), DELEGATE) for _ in range(2)]
    assert approve(fast, others[1]).decided_by == others[1]
