"""What gates read."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aiso import clock
from portfolio.models import Initiative
from standards.actions.answer_checklist import complete_checklist
from standards.models import Standard
from standards.state import copy_of, states_of
from tests.factories import make_decision, make_initiative, make_tool, make_unit

from .conftest import PRIVACY, answered

pytestmark = pytest.mark.django_db


def test_a_state_says_where_it_stands(initiative, privacy, business_owner):
    before = states_of([initiative], [PRIVACY])[initiative.pk, PRIVACY]
    assert (before.status, before.asked, before.answered, before.known, before.minutes) == ("open", 6, 2, 2, 3)
    assert before.missing[0].startswith("Can people type or upload")
    answered(initiative, privacy, business_owner)
    complete_checklist(initiative, privacy, actor=business_owner)
    after = states_of([initiative], [PRIVACY])[initiative.pk, PRIVACY]
    assert after.is_complete
    assert after.is_satisfactory
    assert (after.completed_on, after.completed_by, after.missing) == (clock.today(), "Boris Owen", [])
    assert after.expires_on > clock.today()


def test_a_standard_that_is_not_there_is_left_out(initiative):
    assert states_of([initiative], ["nothing"]) == {}
    assert copy_of(initiative, "nothing") == []


def test_a_copy_reads_as_people_read(initiative, privacy, business_owner):
    answered(initiative, privacy, business_owner, {"retention": "800"})
    told = dict(copy_of(initiative, PRIVACY))
    assert told["After how many days are inputs, outputs and logs deleted?"] == "800 days"
    assert told["Does it use personal data?"] == "No (known from: Data sensitivity)"
    assert told["Is our data kept out of the training of a supplier's models?"] == "Not answered"


def test_many_initiatives_cost_as_many_queries_as_one(initiative, privacy, business_owner):
    slugs = [standard.slug for standard in Standard.objects.all()]
    answered(initiative, privacy, business_owner)
    complete_checklist(initiative, privacy, actor=business_owner)
    with CaptureQueriesContext(connection) as one:
        states_of([initiative], slugs)
    unit, tool = make_unit(), make_tool("Gateway")
    for number in range(6):
        other = make_initiative(f"Other {number}", unit=unit, owner=business_owner, risk_tier="high")
        other.tools.add(tool)
        make_decision(other)
        answered(other, privacy, business_owner, {"in-prompts": "no"})
    with CaptureQueriesContext(connection) as many:
        found = states_of(Initiative.objects.only("pk"), slugs)
    assert len(found) == 7 * 5
    # One more reads the initiatives that were given as a queryset.
    assert len(many) == len(one) + 1 == 15
