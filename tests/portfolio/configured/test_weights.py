"""Priority weights: the same formula for one initiative and for all."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiso.configuration import tasks
from aiso.configuration.actions import edit_draft, publish_draft, start_draft
from aiso.events.models import Event
from portfolio.actions import whole_register
from portfolio.actions.reweigh import reweigh
from portfolio.configured.weights import KIND
from portfolio.history import history_of_initiative
from portfolio.models import Initiative
from portfolio.models.initiative import PRIORITY_PARTS
from portfolio.priority import priority_of, weights_in_force
from tests.factories import make_initiative

pytestmark = pytest.mark.django_db
EVEN = dict.fromkeys(PRIORITY_PARTS, "1")


def parts(*values: int | None) -> dict[str, int | None]:
    return dict(zip(PRIORITY_PARTS, values, strict=True))


def publish(lead, **weights: str):
    draft = start_draft(KIND, actor=lead)
    edit_draft(draft, actor=lead, content={**EVEN, **weights})
    return publish_draft(draft, actor=lead, reason="Value first.")


def test_the_shipped_weights_are_even():
    assert weights_in_force() == dict.fromkeys(PRIORITY_PARTS, Decimal(1))


def test_all_priorities_follow_and_the_history_says_why(office_lead):
    scored = make_initiative(**parts(5, 1, 1, 1, 5), priority=Decimal("1.80"))
    unscored = make_initiative(**parts(5, 1, None, 1, 5))
    same = make_initiative(**parts(3, 3, 3, 3, 3), priority=Decimal("3.00"))
    changed_at = same.changed_at

    publish(office_lead, value="3")

    for each in (scored, unscored, same):
        each.refresh_from_db()
    assert (scored.priority, unscored.priority, same.priority) == (Decimal("2.71"), None, Decimal("3.00"))
    assert same.changed_at == changed_at
    because = "Priority weights, version 2: Value first."
    entry = next(each for each in history_of_initiative(scored).entries if each.reason == because)
    assert entry.person == office_lead
    assert [(change.label, change.now) for line in entry.lines for change in line.changes] == [("Priority", "2.71")]
    assert weights_in_force()["value"] == 3


def test_large_registers_are_weighed_in_the_background(office_lead, monkeypatch):
    monkeypatch.setattr(whole_register, "AT_ONCE", -1)
    monkeypatch.setattr(whole_register, "BATCH", 2)
    rows = [make_initiative(**parts(5, 1, 1, 1, 5), priority=Decimal("1.80")) for _ in range(5)]
    publish(office_lead, value="3")
    assert {each.priority for each in Initiative.objects.all()} == {Decimal("1.80")}
    for _ in range(2):
        tasks.follow_published(Event.objects.get(name="configuration.published").pk)
    assert {each.priority for each in Initiative.objects.filter(pk__in=[row.pk for row in rows])} == {Decimal("2.71")}


def test_consequences_are_foreseen(office_lead):
    make_initiative(**parts(5, 1, 1, 1, 5), priority=Decimal("1.80"))
    make_initiative(**parts(3, 3, 3, 3, 3), priority=Decimal("3.00"))
    make_initiative()
    told = KIND.consequences(EVEN, {**EVEN, "value": "3"})
    assert told == ["The priorities of 2 initiatives are worked out anew.", "1 of them change, by 0.91 at most."]
    assert KIND.consequences(EVEN, {**EVEN})[1] == "None of them changes."


@pytest.mark.parametrize(
    "weights",
    [dict.fromkeys(PRIORITY_PARTS, "0"), {**EVEN, "value": "-1"}, {**EVEN, "value": "100"}, {**EVEN, "value": ""}],
)
def test_weights_that_weigh_nothing_are_refused(office_lead, weights):
    draft = start_draft(KIND, actor=office_lead)
    with pytest.raises(ValidationError):
        edit_draft(draft, actor=office_lead, content=weights)


weight = st.decimals(0, Decimal("99.99"), places=2) | st.integers(0, 99).map(Decimal)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    weights=st.fixed_dictionaries(dict.fromkeys(PRIORITY_PARTS, weight)).filter(lambda drawn: any(drawn.values())),
    rows=st.lists(st.tuples(*[st.none() | st.integers(1, 5)] * 5), min_size=1, max_size=8),
)
def test_the_database_weighs_as_the_function_does(office_lead, monkeypatch, weights, rows):
    monkeypatch.setattr("portfolio.actions.reweigh.weights_in_force", lambda: weights)
    made = [make_initiative(**parts(*row)) for row in rows]
    reweigh()
    for each in Initiative.objects.filter(pk__in=[one.pk for one in made]):
        assert each.priority == priority_of({part: getattr(each, part) for part in PRIORITY_PARTS}, weights)
