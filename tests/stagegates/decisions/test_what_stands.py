"""What Postgres itself holds: what was demanded, what was asked for, and what became of either."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from aiso import clock
from portfolio.models import Stage
from stagegates.actions.ask_funding import ask_money, decide_request, withdraw_request
from stagegates.actions.conditions import confirm_condition, meet_condition, refuse_condition, waive_condition
from stagegates.actions.expand import ask_expansion
from stagegates.actions.merge import merge_into
from stagegates.models import Condition, Expansion, FundingRequest
from tests.factories import fund, make_decision, make_initiative, make_person

from .conftest import approve, make_condition

pytestmark = pytest.mark.django_db


def refuses(row, **changes) -> None:
    """Neither a change nor the deletion of a row, nor one by a program that goes past the actions."""
    rows = type(row)._default_manager.filter(pk=row.pk)
    for field, value in changes.items():
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            rows.update(**{field: value})
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        rows.delete()


@pytest.fixture
def condition(review, chair, technical_owner) -> Condition:
    return make_condition(approve(review, chair), technical_owner)


def test_what_a_condition_demands_never_changes(condition, chair, technical_owner):
    refuses(condition, text="Nothing.", due_on=clock.today() + timedelta(days=99), set_by=technical_owner)
    meet_condition(condition, actor=technical_owner, note="Drill passed.")
    refuse_condition(condition, actor=chair, reason="Not by night.")
    meet_condition(condition, actor=technical_owner, note="By night, too.")
    assert confirm_condition(condition, actor=chair).state == "confirmed"
    refuses(condition, text="Nothing.", met_note="Nothing.", owner=chair, confirmed_at=None, waived_because="x")


def test_a_condition_that_was_waived_stays_so(condition, chair, initiative):
    waive_condition(condition, actor=chair, reason="Not needed.")
    refuses(condition, waived_because="Other.", waived_at=None, refused_because="x")
    condition.refresh_from_db()
    assert (condition.state, condition.waived_because) == ("waived", "Not needed.")


def test_an_open_condition_goes_on_in_another_initiative(condition, chair, initiative):
    survivor = make_initiative(stage=Stage.BUILD, risk_tier="moderate")
    merge_into(initiative, actor=chair, survivor=survivor, rationale="The same thing twice.")
    condition.refresh_from_db()
    assert condition.initiative == survivor


@pytest.mark.parametrize("outcome", ["approve", "withdrawn", "open"])
def test_what_money_was_asked_for_stands(initiative, business_owner, chair, outcome):
    fund(initiative)
    asked = ask_money(initiative, actor=business_owner, amount=Decimal(45_000), reason="A second region joins.")
    words = {"amount": Decimal(1), "reason": "Other.", "initiative": make_initiative()}
    if outcome == "open":
        refuses(asked, **words)
        return
    if outcome == "withdrawn":
        withdraw_request(asked, actor=business_owner)
    else:
        decide_request(asked, actor=chair, outcome=outcome, rationale="It pays.")
    refuses(asked, **words, closed_at=None, was_withdrawn=outcome != "withdrawn", asked_by=chair)
    assert FundingRequest.objects.get().amount == 45_000


def test_what_growth_was_asked_for_stands(business_owner, chair):
    live = make_initiative(stage=Stage.SCALE, owner=business_owner, risk_tier="moderate")
    fund(live)
    grown = make_decision(live, "Which desk", volume_per_week=400)
    told = {"step": "volume", "what": "All claims", "reason": "It holds.", "decision_class": grown, "volume_after": 900}
    asked = ask_expansion(live, actor=business_owner, amount=Decimal(30_000), **told)
    words = {"amount": Decimal(1), "what": "Other.", "step": "unit", "volume_after": 9_000, "skips": ["unit"]}
    refuses(asked, **words)
    decide_request(asked, actor=chair, outcome="approve", rationale="The readings hold.")
    refuses(asked, **words, closed_at=None, asked_by=make_person())
    # That the class is removed later is no change of what was asked.
    grown.delete()
    assert (Expansion.objects.get().decision_class, Expansion.objects.get().volume_after) == (None, 900)
