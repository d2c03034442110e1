"""Reading what was known at a moment, by what hides the facts and the kept rows meanwhile."""

from datetime import timedelta

import pytest
from django.db import connection

from aiso import clock
from portfolio.models import StageChange
from tests.factories import make_initiative
from value.kept.as_known import as_known
from value.kept.recompute import recompute_marked
from value.models import LiveSpell

pytestmark = pytest.mark.django_db


def hiding() -> set[str]:
    """The names of what hides a table of the same name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relpersistence = 't' AND pg_table_is_visible(oid)")
        temporary = {name for (name,) in cursor.fetchall()}
    return temporary & {*connection.introspection.django_table_names()}


def test_what_was_recorded_later_is_hidden_and_nothing_stays():
    initiative = make_initiative()
    made = StageChange.objects.create(initiative=initiative, stage="scale", changed_on="2026-01-02", source="opening")
    recompute_marked()
    with as_known(made.recorded_at - timedelta(seconds=1)):
        assert not StageChange.objects.filter(pk=made.pk).exists()
        assert not LiveSpell.objects.values("first_on").exists()
        # Asked for again inside, it is at hand.
        with as_known(made.recorded_at - timedelta(seconds=1)):
            assert not LiveSpell.objects.values("first_on").exists()
    with as_known(made.recorded_at):
        assert hiding() > {"value_ledgerentry", "value_dailysum"}
        assert [str(spell["first_on"]) for spell in LiveSpell.objects.values("first_on")] == ["2026-01-02"]
    assert StageChange.objects.filter(pk=made.pk).exists()
    assert [spell.initiative_id for spell in LiveSpell.objects.all()] == [initiative.pk]
    assert not hiding()


def test_an_error_inside_is_told_and_nothing_stays():
    with pytest.raises(ZeroDivisionError), as_known(clock.now()):
        raise ZeroDivisionError
    assert not hiding()


def test_two_moments_are_not_mixed():
    with as_known(clock.now()), pytest.raises(ValueError, match="inside of another"), as_known(None):
        pass
