"""Who sees which initiatives: exactly these, and no more."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from aiso import clock
from aiso.accounts.models import Role
from portfolio.models import Initiative, OwnerKind, Ownership
from tests.factories import make_initiative, make_ownership, make_person, make_unit


@pytest.fixture
def ordinary(db):
    return make_initiative("Ordinary")


@pytest.fixture
def confidential(db):
    return make_initiative("Confidential", is_confidential=True)


def seen_by(user):
    return {*Initiative.objects.visible_to(user)}


def test_everybody_signed_in_sees_ordinary_ones_only(ordinary, confidential, requester, executive, finance_controller):
    for person in (requester, executive, finance_controller):
        assert seen_by(person) == {ordinary}


def test_office_and_auditor_see_confidential_ones(ordinary, confidential, office_member, office_lead, auditor):
    for person in (office_member, office_lead, auditor):
        assert seen_by(person) == {ordinary, confidential}


def test_owner_and_deputy_see_their_confidential_one_while_they_are_it(ordinary, confidential):
    owner, deputy, former = make_person("Ora Nerr"), make_person("Dep Uty"), make_person("For Mer")
    make_ownership(confidential, owner, OwnerKind.RISK)
    make_ownership(confidential, deputy, OwnerKind.RISK, is_deputy=True)
    past = clock.today() - timedelta(days=9)
    Ownership.objects.create(
        initiative=confidential, person=former, kind=OwnerKind.BUSINESS, started_on=past, ended_on=clock.today()
    )

    assert seen_by(owner) == seen_by(deputy) == {ordinary, confidential}
    assert seen_by(former) == {ordinary}


def test_an_office_role_in_one_unit_reaches_confidential_ones_there_and_below(ordinary, confidential):
    division = make_unit("Division")
    team = make_unit("Team", parent=division)
    below = make_initiative("Below", unit=team, is_confidential=True)
    member = make_person("Offy Mem", Role.OFFICE_MEMBER, role_unit=division)

    assert seen_by(member) == {ordinary, below}


def test_strangers_and_people_who_left_see_nothing(ordinary):
    left = make_person("Gone Away", is_active=False)

    assert seen_by(AnonymousUser()) == set()
    assert seen_by(left) == set()
