"""What minutes say of decisions: outcome, rationale, conditions and money, to those who may see each."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aiso import clock
from forums.actions.minutes import close_meeting
from forums.minutes_page import Holding, MinutesPage
from forums.minutes_parts import facts_of
from portfolio.models import OwnerKind, Stage
from stagegates.actions.decide_in_meeting import decide_item, said_of
from stagegates.actions.ruling import NewCondition, Ruling
from tests.factories import LEARNT, make_initiative, make_ownership, make_person

from ..decisions.conftest import approve, make_review
from .conftest import make_item, vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def decided(item, voters, chair, technical_owner):
    """Approved with a condition, half of the money now; one member is a party and recused."""
    party = make_person("Pia Party")
    make_ownership(item.initiative, party, OwnerKind.RISK, is_deputy=True)
    condition = NewCondition("Try the fallback", technical_owner, clock.today() + timedelta(days=30))
    ruling = Ruling("conditions", "Accuracy holds.", [condition], release_now=Decimal(20_000))
    for person, choice in zip(voters, ("for", "for", "against"), strict=True):
        vote(item, person, choice, on=said_of(ruling))
    return decide_item(item, ruling, actor=chair)


def facts(item, minutes, person, **holding):
    page = MinutesPage(minutes, person, Holding(**holding))
    return next({each["label"]: each["text"] for each in told["facts"]} for told in page.items if told["id"] == item.pk)


def test_the_decision_stands_in_the_minutes(item, decided, meeting, chair, business_owner, stranger):
    minutes = close_meeting(meeting, actor=chair)
    told = facts(item, minutes, chair)
    assert told["Decision"] == "Production fit: approved with conditions, on to limited rollout"
    assert told["Rationale"] == "Accuracy holds."
    assert told["Conditions"].startswith("Try the fallback (")
    money = {label: text.replace("\xa0", " ") for label, text in facts(item, minutes, business_owner).items()}
    assert money["Money approved"] == "60,000 € of 60,000 € asked for"
    assert money["Money moved"] == "60,000 € committed, 20,000 € released"
    assert not facts(item, minutes, stranger).keys() & {"Money approved", "Money moved"}
    assert facts(item, minutes, stranger)["Rationale"] == "Accuracy holds."
    [held] = MinutesPage(minutes, chair, Holding()).told["items"]
    assert held["tally"] == "2 for, 1 against"
    assert held["result"] == "Approved with conditions, 2 for, 1 against, 0 abstained"


def test_confidential_ones_are_left_out_unless_chosen(item, decided, meeting, chair, stranger):
    item.initiative.is_confidential = True
    item.initiative.save(update_fields=["is_confidential"])
    minutes = close_meeting(meeting, actor=chair)
    assert MinutesPage(minutes, chair, Holding()).items == []
    assert facts(item, minutes, chair, confidential=True)["Rationale"] == "Accuracy holds."
    assert MinutesPage(minutes, stranger, Holding(confidential=True)).items == []


def test_an_end_tells_what_money_came_back(meeting, voters, chair, technical_owner, review):
    approve(review, chair, amount=Decimal(60_000))
    item = make_item(meeting, initiative=review.initiative, source="stalled")
    decide_item(item, Ruling("terminate", "No value path.", closing=LEARNT), actor=chair, by_consent=True)
    told = {each["label"]: each["text"] for each in facts_of([item])[item.pk]}
    assert told["Decision"] == "Terminated"
    assert told["Money moved"] == "60,000\xa0€ returned unspent"
    assert told["What was learnt"] == LEARNT.lessons
    assert told["Closed for"] == "No value path"


def test_forty_cost_what_two_do(meeting, voters, chair):
    def more(count):
        for _ in range(count):
            row = make_initiative(stage=Stage.PILOT, owner=make_person(), risk_tier="moderate")
            found = make_item(meeting, make_review(row, amount=Decimal(100)))
            decide_item(found, Ruling("approve", "It holds."), actor=chair, by_consent=True)

    def cost():
        items = [*meeting.items.all()]
        with CaptureQueriesContext(connection) as queries:
            assert len(facts_of(items)) == len(items)
        return len(queries)

    more(2)
    before = cost()
    more(6)
    assert cost() == before
