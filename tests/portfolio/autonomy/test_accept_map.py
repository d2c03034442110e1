"""Business owner and risk owner accept the map; what changes it reopens both."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aiso.errors import DomainError
from aiso.events.models import Event, Notification
from portfolio import tasks
from portfolio.actions.accept_map import accept_map
from portfolio.actions.assign_owners import (
    add_deputy,
    assign_owner,
    end_ownerships_of,
    remove_deputy,
    take_back_assignment,
)
from portfolio.actions.keep_decisions import add_decision_class, edit_decision_class, remove_decision_class
from portfolio.actions.step_down import answer_step_down, step_down
from portfolio.autonomy_map import fingerprint_of, map_of, standing_of, standings_of
from portfolio.autonomy_work import autonomy_of
from portfolio.models import AutonomyAcceptance, OwnerKind, Ownership
from tests.api.conftest import Script, make_api_token
from tests.factories import make_decision, make_initiative, make_ownership, make_person
from tests.portfolio.initiative.forms import events

pytestmark = pytest.mark.django_db
SORT = {
    "name": "Sort the mail",
    "cost_of_error": "low",
    "reversibility": "easy",
    "confidence": "high",
    "review_capacity": "ample",
}


@pytest.fixture
def accepted(initiative, delegated, surfaced, business_owner, risk_owner):
    accept_map(initiative, actor=business_owner, role="business")
    accept_map(initiative, actor=risk_owner, role="risk")
    return initiative


def test_both_accept_it_with_a_copy(accepted, delegated, business_owner, risk_owner):
    standing = standing_of(accepted)

    assert standing.is_accepted
    assert (standing.business.person, standing.risk.person) == (business_owner, risk_owner)
    assert standing.accepted_at == standing.risk.accepted_at
    assert standing.business.copy[1] == {"decision": "Sort the mail", "level": "delegate", "says": "Delegate"}
    assert [each.payload["role"] for each in events("autonomy.accepted")] == ["business", "risk"]


def test_one_of_them_is_not_enough(initiative, delegated, business_owner):
    accept_map(initiative, actor=business_owner, role="business")
    standing = standing_of(initiative)
    assert not standing.is_accepted
    assert [*standing.missing] == ["risk"]
    assert standing.accepted_at is None


def test_it_takes_two_people(initiative, delegated, business_owner):
    make_ownership(initiative, business_owner, OwnerKind.RISK, is_deputy=True)
    accept_map(initiative, actor=business_owner, role="business")
    with pytest.raises(DomainError, match="two people"):
        accept_map(initiative, actor=business_owner, role="risk")


def test_who_accepts(initiative, delegated, business_owner, risk_owner, office_member, stranger, technical_owner):
    for person, role in (
        (office_member, "business"),
        (stranger, "risk"),
        (technical_owner, "business"),
        (risk_owner, "business"),
        (business_owner, "risk"),
        (technical_owner, "technical"),
    ):
        with pytest.raises(PermissionDenied):
            accept_map(initiative, actor=person, role=role)
    program = make_person("Program", "service_account", is_service_account=True)
    make_ownership(initiative, program, OwnerKind.RISK, is_deputy=True)
    with pytest.raises(PermissionDenied):
        accept_map(initiative, actor=program, role="risk")


def test_a_deputy_accepts_as_an_owners_act(initiative, delegated):
    deputy = make_person("Dina Deputy")
    make_ownership(initiative, deputy, OwnerKind.RISK, is_deputy=True)
    assert accept_map(initiative, actor=deputy, role="risk").is_deputy


def test_twice_empty_or_changed_meanwhile(accepted, business_owner):
    with pytest.raises(DomainError, match="already"):
        accept_map(accepted, actor=business_owner, role="business")
    empty = make_initiative(owner=business_owner)
    with pytest.raises(DomainError, match="nothing to accept"):
        accept_map(empty, actor=business_owner, role="business")
    make_decision(empty)
    with pytest.raises(DomainError, match="changed while you read"):
        accept_map(empty, actor=business_owner, role="business", fingerprint="0" * 64)
    now = fingerprint_of(map_of(empty.decision_classes.all()))
    assert accept_map(empty, actor=business_owner, role="business", fingerprint=now)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda it, d, who: edit_decision_class(d, actor=who, cost_of_error="medium"),
            "“Sort the mail” went from delegate to",
        ),
        (lambda it, d, who: edit_decision_class(d, actor=who, name="Sort letters"), "“Sort the mail” was removed."),
        (lambda it, d, who: remove_decision_class(d, actor=who), "“Sort the mail” was removed."),
        (lambda it, d, who: add_decision_class(it, actor=who, **SORT | {"name": "New"}), "“New” was added: delegate."),
        (lambda it, d, who: step_down(d, because="Incident"), "“Sort the mail” went from delegate to delegate with"),
    ],
)
def test_any_change_of_classes_or_levels_reopens_it(accepted, delegated, office_member, change, told):
    change(accepted, delegated, office_member)

    standing = standing_of(accepted)
    assert not standing.is_accepted
    assert standing.is_reopened
    assert any(sentence.startswith(told) for sentence in standing.changes)
    assert [*standing.missing] == ["business", "risk"]
    assert events("autonomy.reopened")[0].payload["roles"] == ["business", "risk"]


def test_a_change_that_moves_no_level_leaves_it(accepted, delegated, office_member):
    edit_decision_class(delegated, actor=office_member, volume_per_week=5, required_data="The letter")
    assert standing_of(accepted).is_accepted
    assert events("autonomy.reopened") == []


def test_the_same_map_again_is_not_accepted_by_itself(accepted, delegated, business_owner, risk_owner):
    step = step_down(delegated, because="Incident")
    answer_step_down(step, actor=risk_owner, answer="lifted", reason="A false alarm.")

    standing = standing_of(accepted)
    assert not standing.is_accepted
    assert standing.changes == ("It changed and is now as it was: accept it again.",)
    assert len(events("autonomy.reopened")) == 1
    accept_map(accepted, actor=business_owner, role="business")
    accept_map(accepted, actor=risk_owner, role="risk")
    assert standing_of(accepted).is_accepted
    assert AutonomyAcceptance.objects.count() == 4


def test_a_level_changed_past_the_actions_is_noticed_too(accepted, delegated):
    delegated.autonomy = "surface"
    delegated.save()
    assert not standing_of(accepted).is_accepted


def test_many_cost_as_much_as_one(accepted, business_owner):
    others = [make_initiative(owner=business_owner) for _ in range(5)]
    for each in others:
        make_decision(each)
        accept_map(each, actor=business_owner, role="business")
    with CaptureQueriesContext(connection) as queries:
        standings = standings_of([accepted, *others])
    assert len(queries) == 2
    assert [each.is_accepted for each in standings.values()] == [True, *[False] * 5]


def test_my_work_and_the_bell(accepted, delegated, business_owner, risk_owner, technical_owner, office_member):
    assert [*autonomy_of(business_owner)] == []
    step_down(delegated, because="Incident")
    event = Event.objects.get(name="autonomy.reopened")
    tasks.notify_of_autonomy(event.pk)
    tasks.notify_of_autonomy(event.pk)
    assert {each.person for each in Notification.objects.all()} == {business_owner, risk_owner}
    assert Notification.objects.count() == 2
    assert [item.what for item in autonomy_of(business_owner)] == ["The autonomy map changed: accept it again"]
    assert [item.verb for item in autonomy_of(risk_owner)] == ["Accept", "Answer"]
    assert [*autonomy_of(technical_owner)] == [*autonomy_of(office_member)] == []


def test_a_new_owner_has_yet_to_accept_it(accepted, office_member, stranger, business_owner):
    assign_owner(accepted, actor=office_member, kind="risk", person=stranger)

    standing = standing_of(accepted)
    assert not standing.is_accepted
    assert [*standing.missing] == ["risk"]
    assert standing.business.person == business_owner
    assert standing.changes == ("Its risk owner is somebody else now, who has yet to accept it.",)
    [event] = events("autonomy.reopened")
    assert event.payload["roles"] == ["risk"]
    accept_map(accepted, actor=stranger, role="risk")
    assert standing_of(accepted).is_accepted


def test_a_new_business_owner_too_also_by_the_api_and_after_undoing_it(
    accepted, office_member, stranger, business_owner
):
    before = Ownership.objects.get(initiative=accepted, kind="business", ended_on=None)
    assign_owner(accepted, actor=office_member, kind="business", person=stranger)
    told = Script(make_api_token(office_member)[1]).get(f"initiatives/{accepted.reference}/autonomy-map/").json()
    assert (told["is_accepted"], told["business"]) == (False, None)
    assert told["risk"] is not None
    accept_map(accepted, actor=stranger, role="business")
    now = Ownership.objects.get(initiative=accepted, kind="business", ended_on=None)

    take_back_assignment(accepted, actor=office_member, kind="business", began=now.pk, ended=before.pk)

    assert [*standing_of(accepted).missing] == ["business"]


def test_a_deputy_or_a_technical_owner_who_changes_reopens_nothing(accepted, office_member, stranger):
    deputy = add_deputy(accepted, actor=office_member, kind="risk", person=stranger)
    remove_deputy(deputy, actor=office_member)
    assign_owner(accepted, actor=office_member, kind="technical", person=stranger)

    assert standing_of(accepted).is_accepted


def test_the_deputy_who_accepted_it_and_becomes_the_owner_accepted_it(
    initiative, delegated, business_owner, office_member
):
    deputy = make_person()
    make_ownership(initiative, deputy, OwnerKind.RISK, is_deputy=True)
    accept_map(initiative, actor=deputy, role="risk")
    accept_map(initiative, actor=business_owner, role="business")
    Ownership.objects.filter(person=deputy).delete()

    assign_owner(initiative, actor=office_member, kind="risk", person=deputy)

    assert standing_of(initiative).is_accepted


def test_an_owner_who_left_is_followed_by_nobodys_word(accepted, risk_owner):
    end_ownerships_of(risk_owner)

    assert [*standing_of(accepted).missing] == ["risk"]
