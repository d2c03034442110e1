"""Who is told what was decided, and in which words."""

from decimal import Decimal

import pytest

from aiso.accounts.models import Role
from aiso.events.models import Event, Notification
from portfolio.models import Initiative, Intake
from stagegates.decision_tasks import tell_of_decision
from tests.factories import make_person

from .conftest import approve

pytestmark = pytest.mark.django_db
WITHOUT = "Portfolio review decided on {}: approved. Accuracy holds."
WITH = "Portfolio review decided on {}: approved, 40,000 € of 60,000 €. Accuracy holds."


def told_of(review, chair) -> dict[str, str]:
    """By the name of each who is told; told twice it stays the same."""
    approve(review, chair, amount=Decimal(40_000))
    event = Event.objects.get(name="decision.made")
    for _ in range(2):
        tell_of_decision(event.pk)
    return {each.person.name: each.text for each in Notification.objects.filter(event=event)}


@pytest.fixture
def asked_by(initiative, requester):
    """Two who asked for it: one whose request it was made from, one whose request was joined to it."""
    joined = make_person("Jona Second", Role.REQUESTER)
    Intake.objects.create(requester=requester, initiative=initiative, state=Intake.State.ACCEPTED)
    Intake.objects.create(requester=joined, joined_to=initiative, state=Intake.State.JOINED)
    other = make_person("Nora Nobody", Role.REQUESTER)
    Intake.objects.create(requester=other)
    return requester, joined


def test_requesters_are_told_like_owners_but_without_sums(review, initiative, asked_by, chair, business_owner):
    told = told_of(review, chair)
    assert {name: told[name] for name in ("Rita Quest", "Jona Second")} == dict.fromkeys(
        ("Rita Quest", "Jona Second"), WITHOUT.format(initiative.reference)
    )
    assert told[business_owner.name] == WITH.format(initiative.reference)
    assert "Nora Nobody" not in told


def test_of_a_confidential_one_only_those_who_see_it(review, initiative, asked_by, chair, business_owner):
    Initiative.objects.filter(pk=initiative.pk).update(is_confidential=True)
    told = told_of(review, chair)
    assert business_owner.name in told
    assert not {"Rita Quest", "Jona Second"} & told.keys()
