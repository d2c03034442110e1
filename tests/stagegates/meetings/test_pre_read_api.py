"""The pre-read as data: what its page tells, to whom it tells it, and at what cost."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aiso import clock
from forums.item_page import sections_told
from portfolio.actions.write_plan import write_plan
from portfolio.models import Bucket, PlanKind
from portfolio.models.initiative import PRIORITY_PARTS
from tests.api.conftest import Script, make_api_token
from tests.factories import make_initiative, make_person

from ..decisions.conftest import approve, make_condition, make_requirement, make_review, make_sign_off
from .conftest import make_item, make_meeting

pytestmark = pytest.mark.django_db


def script(person) -> Script:
    return Script(make_api_token(person)[1])


def sections(item, person):
    told = script(person).get(f"meetings/{item.meeting_id}/pre-read/{item.pk}/")
    assert told.status_code == 200, told.content
    return told.json()["sections"]


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


def test_what_is_told_of_a_review(full, review, chair):
    told = sections(full, chair)
    assert [*told] == [each.name for each in sections_told()]
    assert (told["standing"]["stage"], told["standing"]["business_owner"]["name"]) == (
        review.initiative.stage, str(review.initiative.business_owner),
    )  # fmt: skip
    assert (told["asked"]["review"], told["asked"]["text"], told["asked"]["amount"], told["asked"]["to_stage"]) == (
        review.pk, "Approve limited rollout to 3 depots.", "60000.00", review.to_stage,
    )  # fmt: skip
    evidence = told["evidence"]
    assert (evidence["settled"], evidence["requirements"], len(evidence["unmet"])) == (0, 1, 1)
    assert [(each["function"], each["verdict"]) for each in told["sign_offs"]] == [
        ("legal", "approve"), ("security", None),
    ]  # fmt: skip
    assert (told["money"]["asked"], told["money"]["is_open"]) == ("60000.00", True)
    priority = told["priority"]
    assert (priority["priority"], priority["place"], priority["among"], len(priority["parts"])) == (
        "3.80", 1, 1, len(PRIORITY_PARTS),
    )  # fmt: skip
    assert told["changed"]["entries"]
    assert (told["gathered"], told["approved"]) == (None, None)


def test_sums_are_told_to_those_who_may_see_them(full, chair, executive, stranger, service_account):
    for person in (chair, executive):
        assert sections(full, person)["money"]["asked"] == "60000.00"
    for person in (stranger, service_account):
        told = sections(full, person)
        assert (told["money"], told["asked"]["amount"]) == (None, None)
        assert "60000" not in str(told)


def test_an_item_that_one_may_not_see_keeps_its_place_alone(meeting, review, chair, stranger):
    make_item(meeting, title="Open")
    review.initiative.is_confidential = True
    review.initiative.save(update_fields=["is_confidential"])
    secret = make_item(meeting, review, position=7)
    lines = script(stranger).get(f"meetings/{meeting.pk}/pre-read/").json()["results"]
    assert [(each["number"], each["item"]["title"], each["sections"] is None) for each in lines] == [
        (1, "Open", False), (2, "Confidential item", True),
    ]  # fmt: skip
    assert review.initiative.name not in str(lines)
    one = f"meetings/{meeting.pk}/pre-read/{secret.pk}/"
    assert script(stranger).get(one).status_code == 404
    assert script(chair).get(one).json()["sections"]["asked"]["review"] == review.pk
    assert script(stranger).get("meetings/999999/pre-read/").status_code == 404


def test_gathered_rows_are_those_that_the_person_sees(meeting, review, chair, technical_owner, stranger):
    condition = make_condition(approve(review, chair), technical_owner, due_on=clock.today() - timedelta(days=3))
    item = make_item(meeting, source="overdue_conditions")
    gathered = sections(item, stranger)["gathered"]
    assert (gathered["kind"], gathered["has_more"]) == ("overdue_conditions", False)
    [row] = gathered["rows"]
    assert (row["id"], row["what"], row["person"]["name"]) == (condition.pk, condition.text, str(technical_owner))
    review.initiative.is_confidential = True
    review.initiative.save(update_fields=["is_confidential"])
    assert sections(item, stranger)["gathered"]["rows"] == []
    assert len(sections(item, chair)["gathered"]["rows"]) == 1


def test_decisions_between_meetings(meeting, review, chair):
    decision = approve(review, chair)
    item = make_item(meeting, source="decided_between")
    [row] = sections(item, chair)["gathered"]["rows"]
    assert (row["id"], row["what"], row["initiative"]) == (
        decision.pk, decision.rationale, review.initiative.reference,
    )  # fmt: skip


def test_as_approved_against_now(meeting, review, chair, stranger, office_lead):
    cost = {(date(2027, 1, 1), PlanKind.RUN_COST): Decimal(900)}
    write_plan(review.initiative, actor=office_lead, amounts=cost)
    item = make_item(meeting, initiative=review.initiative, source="stalled")
    approve(review, chair)
    more = {(date(2027, 1, 1), PlanKind.RUN_COST): Decimal(1700)}
    write_plan(review.initiative, actor=office_lead, amounts=more, reason="The gateway costs more.")
    told = sections(item, office_lead)["approved"]
    changed = [(each["approved"], each["now"]) for each in told["figures"] if each["is_changed"]]
    assert changed == [("900.00", "1700.00")]
    assert [each["reason"] for each in told["later"]] == ["The gateway costs more."]
    assert not any(each["is_money"] for each in sections(item, stranger)["approved"]["figures"])


def test_forty_items_cost_what_four_do(chair, executive):
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

    asks = {person: script(person) for person in (chair, executive)}

    def cost(person):
        with CaptureQueriesContext(connection) as queries:
            told = asks[person].get(f"meetings/{meeting.pk}/pre-read/")
        assert len(told.json()["results"]) == meeting.items.count()
        return len(queries)

    more(2)
    cost(chair), cost(executive)
    few = [cost(chair), cost(executive)]
    more(18)
    assert [cost(chair), cost(executive)] == few
    assert max(few) <= 85
