"""Objectives: what a version names is in use, what it leaves out is retired."""

import pytest

from aiso.configuration.actions import edit_draft, publish_draft, start_draft
from aiso.configuration.models import ConfigurationVersion
from aiso.errors import DomainError
from portfolio.configured.objectives import KIND
from portfolio.lane_threshold import lane_threshold
from portfolio.models import Objective
from tests.factories import make_entry, make_initiative

pytestmark = pytest.mark.django_db


def publish(lead, *rows: tuple[str, str] | tuple[str, str, str]) -> ConfigurationVersion:
    """Publish objectives as (code, name) or (code, name, description)."""
    draft = start_draft(KIND, actor=lead)
    told = [{"code": code, "name": name, "description": "".join(rest)} for code, name, *rest in rows]
    edit_draft(draft, actor=lead, content={"objectives": told})
    return publish_draft(draft, actor=lead, reason="The year’s goals.")


def in_use() -> dict[str, str]:
    return dict(Objective.objects.active().values_list("code", "name"))


def test_added_renamed_retired_and_brought_back(office_lead):
    publish(office_lead, ("", "Fewer stops", "Of pumps."), ("", "Happier customers"))
    assert in_use() == {"fewer-stops": "Fewer stops", "happier-customers": "Happier customers"}
    stops = Objective.objects.get(code="fewer-stops")
    initiative = make_initiative(objective=stops)

    publish(office_lead, ("fewer-stops", "No stops"))
    stops.refresh_from_db()
    assert (stops.name, in_use()) == ("No stops", {"fewer-stops": "No stops"})

    publish(office_lead, ("", "Happier customers"))
    initiative.refresh_from_db()
    assert (initiative.objective, initiative.objective.is_active) == (stops, False)
    assert in_use() == {"happier-customers": "Happier customers"}
    assert Objective.objects.count() == 2


def test_one_that_no_version_named_is_taken_over_by_its_name(office_lead):
    made = make_entry(Objective, "fewer stops")
    publish(office_lead, ("", "Fewer stops"))
    made.refresh_from_db()
    assert (made.code, made.name, Objective.objects.count()) == ("fewer-stops", "Fewer stops", 1)


def test_names_are_passed_on_but_not_exchanged(office_lead):
    publish(office_lead, ("a", "One"), ("b", "Two"))
    publish(office_lead, ("a", "Two"), ("b", "Three"))
    assert in_use() == {"a": "Two", "b": "Three"}
    with pytest.raises(DomainError, match="name of another objective"):
        publish(office_lead, ("a", "Three"), ("b", "Two"))
    assert in_use() == {"a": "Two", "b": "Three"}


def test_the_name_of_a_retired_one_is_not_given_to_another(office_lead):
    publish(office_lead, ("a", "One"), ("b", "Two"))
    publish(office_lead, ("a", "One"))
    with pytest.raises(DomainError, match="name of another objective"):
        publish(office_lead, ("a", "Two"))


def test_consequences_are_told_with_figures(office_lead):
    publish(office_lead, ("a", "One"), ("b", "Two"))
    make_initiative(objective=Objective.objects.get(code="b"))
    old = ConfigurationVersion.objects.in_force("objectives").content
    new = {"objectives": [{"code": "a", "name": "First", "description": ""}, {"code": "c", "name": "Three"}]}
    assert KIND.consequences(old, new) == [
        "1 objective can be chosen from now on.",
        "1 objective is called otherwise from now on, everywhere.",
        "1 objective is retired; 1 initiative keeps it.",
    ]


def test_the_threshold_is_read_in_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert lane_threshold() == 50000
