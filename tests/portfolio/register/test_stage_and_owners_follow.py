"""Stage and owners follow from dated rows; the database refuses to have them edited."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from aiso import clock
from portfolio.models import Initiative, OwnerKind, Ownership, Stage, StageChange
from tests.factories import make_initiative, make_ownership, make_unit, move_stage


def test_stage_is_the_latest_change_by_day(db):
    initiative = make_initiative(stage=Stage.PILOT, since=clock.today() - timedelta(days=40))
    move_stage(initiative, Stage.SCALE, clock.today() - timedelta(days=10))
    move_stage(initiative, Stage.BUILD, clock.today() - timedelta(days=90))

    assert initiative.stage == Stage.SCALE
    assert initiative.days_in_stage == 10
    assert initiative.began_on == clock.today() - timedelta(days=90)


def test_nobody_edits_a_stage(db):
    initiative = make_initiative()

    with pytest.raises(ProgrammingError, match="follow from stage changes"), transaction.atomic():
        Initiative.objects.filter(pk=initiative.pk).update(stage=Stage.SCALE)
    with pytest.raises(ProgrammingError, match="begins at intake"), transaction.atomic():
        Initiative.objects.create(name="Late", unit=make_unit(), stage=Stage.SCALE)


def test_nobody_rewrites_a_stage_change(db):
    initiative = make_initiative()

    with pytest.raises(ProgrammingError), transaction.atomic():
        StageChange.objects.filter(initiative=initiative).update(changed_on=clock.today() - timedelta(days=5))
    with pytest.raises(ProgrammingError), transaction.atomic():
        StageChange.objects.filter(initiative=initiative).delete()


def test_present_owner_follows_and_leaves(db, business_owner):
    initiative = make_initiative(owner=business_owner)
    assert initiative.business_owner == business_owner

    Ownership.objects.filter(initiative=initiative).update(ended_on=clock.today())

    initiative.refresh_from_db()
    assert initiative.business_owner is None


def test_two_owners_of_one_kind_on_one_day_are_refused(db, business_owner, requester):
    initiative = make_initiative(owner=business_owner)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_ownership(initiative, requester, OwnerKind.BUSINESS)


@pytest.mark.parametrize(("days", "stable"), [(0, False), (28, False), (29, True), (30, True), (400, True)])
def test_a_stable_owner_was_there_for_the_whole_window(db, business_owner, technical_owner, risk_owner, days, stable):
    """DESIGN §6.2 with a window of 30 days, today included: an owner of 29 days ago was there throughout."""
    initiative = make_initiative(stage=Stage.PILOT, since=clock.today() - timedelta(days=500))
    for kind, person in zip(OwnerKind, (business_owner, technical_owner, risk_owner), strict=True):
        make_ownership(initiative, person, kind, since=clock.today() - timedelta(days=days))

    assert Initiative.objects.without_stable_owner().exists() is not stable
