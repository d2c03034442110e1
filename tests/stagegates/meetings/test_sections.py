"""What the page of an item tells, to whom, and at what cost."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aiso import clock
from aiso.web import figures
from forums.item_page import sections_of
from forums.models import Forum
from forums.recusals import recused_from
from portfolio.actions.write_plan import write_plan
from portfolio.models import Bucket, PlanKind
from portfolio.models.initiative import PRIORITY_PARTS
from stagegates.agenda.sections import changed, priority
from stagegates.models import FastLaneAudit
from tests.factories import make_initiative, make_ownership, make_person

from ..decisions.conftest import approve, make_condition, make_requirement, make_review, make_sign_off
from .conftest import make_item, make_meeting

pytestmark = pytest.mark.django_db


def told(item, person):
    return {each.name: each.html for each in sections_of([item], person)[item.pk]}


@pytest.fixture
def full(item, review):
    """With evidence, sign-offs and a priority."""
    review.ask = "Approve limited rollout to 3 depots."
    review.save(update_fields=["ask"])
    make_requirement(review)
    make_sign_off(review, "legal", "approve")
    make_sign_off(review, "security", due_on=clock.today() + timedelta(days=5))
    parts = dict.fromkeys(PRIORITY_PARTS, 4)
    type(review.initiative).objects.filter(pk=review.initiative_id).update(
        bucket=Bucket.objects.first(), priority=Decimal("3.80"), **parts
    )
    return item


def test_what_is_told_of_a_review(full, chair):
    html = told(full, chair)
    assert "Approve limited rollout to 3 depots." in html["asked"]
    assert "0 of 1 met" in html["evidence"]
    assert "A plan" in html["evidence"]
    assert "1 of 2 in" in html["sign_offs"]
    assert "working days left" in html["sign_offs"]
    assert "3.80" in html["priority"]
    assert "rank 1 of 1" in html["priority"]
    # As in the score: what is hard to govern counts less.
    assert 'Governance complexity <span class="mute">counts 6 − 4</span>' in html["priority"]
    assert html["priority"].count('<td class="n">4</td>') == len(PRIORITY_PARTS) - 1
    assert html["priority"].count('<td class="n">2</td>') == 1
    assert "Business owner" in html["changed"] or "Boris Owen" in html["changed"]


def test_money_is_told_to_those_who_may_see_it(full, chair, member, business_owner, stranger, executive):
    for person in (chair, member, business_owner, executive):
        assert "60,000" in told(full, person)["money"]
    html = told(full, stranger)
    assert "money" not in html
    assert "60,000" not in "".join(html.values())


def test_without_a_review_the_next_gate_is_told(meeting, chair):
    item = make_item(meeting, initiative=make_initiative(stage="pilot", risk_tier="moderate"), source="stalled")
    html = told(item, chair)
    assert "for the gate that comes next" in html["evidence"]
    assert "asked" not in html


def test_gathered_rows_are_those_that_the_person_sees(meeting, review, chair, technical_owner, stranger):
    make_condition(approve(review, chair), technical_owner, due_on=clock.today() - timedelta(days=3))
    item = make_item(meeting, source="overdue_conditions")
    assert "Prove the fallback" in told(item, stranger)["gathered"]
    review.initiative.is_confidential = True
    review.initiative.save(update_fields=["is_confidential"])
    make_ownership(review.initiative, technical_owner, is_deputy=True)
    # Not its owner either: the page of an item is shared by all with the same roles.
    for person in (stranger, technical_owner):
        assert "Prove the fallback" not in told(item, person)["gathered"]
    assert "Prove the fallback" in told(item, chair)["gathered"]


def test_members_read_of_confidential_ones_what_is_theirs(meeting, chair, sponsor, technical_owner, office_lead):
    due, sponsors = clock.today() - timedelta(days=3), Forum.objects.get(slug="executive-sponsor")
    secret = {"stage": "pilot", "risk_tier": "moderate", "is_confidential": True}
    heron, ibis = (make_initiative(name, owner=make_person(), **secret) for name in ("Project Heron", "Project Ibis"))
    decision = approve(make_review(heron, body=sponsors), sponsor)
    make_condition(decision, technical_owner, due_on=due)
    FastLaneAudit.objects.create(decision=decision, requester=make_person(), draw=0, share=1, is_first=True)
    # What their own body demanded is theirs, also once a later review is before another one.
    make_condition(approve(make_review(ibis), chair), technical_owner, due_on=due)
    make_review(ibis, gates=("value-fit",), body=sponsors)
    overdue, sample = (make_item(meeting, source=name) for name in ("overdue_conditions", "fast_lane_sample"))
    for item in (overdue, sample):
        assert "Project Heron" in told(item, office_lead)["gathered"]
        assert "Project Heron" not in told(item, chair)["gathered"]
    assert "Project Ibis" in told(overdue, chair)["gathered"]


def test_gathered_rows_are_counted_as_each_sees_them(meeting, review, chair, technical_owner, stranger, requester):
    decision = approve(review, chair)
    due = clock.today() - timedelta(days=3)
    make_condition(decision, technical_owner, due_on=due - timedelta(days=6))
    FastLaneAudit.objects.create(decision=decision, requester=requester, draw=0, share=1, is_first=True)
    review.initiative.is_confidential = True
    review.initiative.save(update_fields=["is_confidential"])
    known = approve(make_review(make_initiative(stage="pilot", owner=make_person(), risk_tier="moderate")), chair)
    make_condition(known, technical_owner, due_on=due)
    overdue, sample = (make_item(meeting, source=name) for name in ("overdue_conditions", "fast_lane_sample"))
    html = told(overdue, chair)["gathered"]
    assert f"2 conditions, the oldest due on {figures.day(due - timedelta(days=6))}." in html
    assert f"1 condition, the oldest due on {figures.day(due)}." in told(overdue, stranger)["gathered"]
    assert "1 decision." in told(sample, chair)["gathered"]
    assert "Nothing any more, or nothing that you may see." in told(sample, stranger)["gathered"]


def test_parties_are_recused_from_items(item, review, member, business_owner):
    make_ownership(review.initiative, member, is_deputy=True)
    assert recused_from([item])[item.pk].keys() >= {member.pk, business_owner.pk}


def test_forty_items_cost_what_four_do(chair, stranger):
    meeting = make_meeting()

    def more(count):
        for number in range(count):
            row = make_initiative(stage="pilot", owner=make_person(), risk_tier="moderate")
            review = make_review(row, amount=Decimal(100 + number))
            make_requirement(review)
            make_sign_off(review, "legal", "approve")
            make_item(meeting, review)
            alone = make_initiative(stage="build", owner=make_person(), risk_tier="moderate")
            make_item(meeting, initiative=alone, source="stalled")

    def cost(person):
        items = [*meeting.items.select_related("meeting", "forum", "initiative")]
        with CaptureQueriesContext(connection) as queries:
            sections_of(items, person)
        return len(queries)

    more(2)
    # These read the office calendar and the roles of each, which are then kept.
    cost(chair), cost(stranger)
    few = [cost(chair), cost(stranger)]
    more(18)
    assert [cost(chair), cost(stranger)] == few
    assert max(few) <= 75


def test_changes_are_told_of_each_by_itself(meeting, chair):
    rows = [
        make_initiative(f"Number {number}", stage="pilot", owner=make_person(f"Owner {number}")) for number in (1, 2)
    ]
    one, other = (make_item(meeting, initiative=row, source="stalled") for row in rows)
    html = changed([one, other], chair)
    assert "Owner 1" in html[one.pk]
    assert "Owner 2" not in html[one.pk]
    assert "Owner 2" in html[other.pk]


def test_changes_count_from_before_the_meeting(meeting, item, review, chair):
    today = f"Since {figures.day(clock.now())}"
    approve(review, chair)
    meeting.started_at = clock.now() + timedelta(hours=1)
    item.meeting = meeting
    assert today in changed([item], chair)[item.pk]
    # What the meeting itself decides is no earlier look.
    meeting.started_at = clock.now() - timedelta(hours=1)
    assert today not in changed([item], chair)[item.pk]


def test_decisions_between_meetings_are_counted_as_they_are_listed(meeting, review, chair):
    item = make_item(meeting, source="decided_between", why="By the chair or in writing.")
    approve(review, chair)
    assert "1 decision." in told(item, chair)["gathered"]


def test_the_approved_plan_stands_against_the_present_one(meeting, review, chair, stranger, office_lead):
    write_plan(review.initiative, actor=office_lead, amounts={(date(2027, 1, 1), PlanKind.RUN_COST): Decimal(900)})
    item = make_item(meeting, initiative=review.initiative, source="stalled")
    assert "approved" not in told(item, chair)
    approve(review, chair)
    assert "As approved" in told(item, chair)["approved"]
    write_plan(
        review.initiative,
        actor=office_lead,
        amounts={(date(2027, 1, 1), PlanKind.RUN_COST): Decimal(1700)},
        reason="The gateway costs more.",
    )
    html = told(item, office_lead)["approved"]
    assert "1 figure changed" in html
    assert "900" in html
    assert "1,700" in html
    assert "The gateway costs more." in html
    assert "1,700" not in told(item, stranger)["approved"]


def test_before_the_first_weights_nothing_is_scored(full, chair):
    with clock.fixed_at(datetime(2025, 6, 1, 9, tzinfo=UTC)):
        html = priority([full], chair)[full.pk]
    assert "No weights hold yet" in html
    assert "Weight %" not in html
    assert "Weight %" in told(full, chair)["priority"]
