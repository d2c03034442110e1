"""Drafting and publishing, by the lane threshold and the risk tier questions."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import ProgrammingError, connection, transaction

from aiso import clock
from aiso.configuration.actions import discard_draft, edit_draft, publish_draft, start_draft
from aiso.configuration.models import ConfigurationVersion
from aiso.errors import ConflictError, DomainError
from aiso.events.models import Event
from portfolio.configured.lane import KIND as LANE
from portfolio.configured.questions import TIER
from tests.factories import make_person, make_unit

pytestmark = pytest.mark.django_db


def events(name: str) -> int:
    return Event.objects.filter(name=f"configuration.{name}").count()


@pytest.fixture
def draft(office_member) -> ConfigurationVersion:
    return start_draft(LANE, actor=office_member)


@pytest.fixture
def questions(office_member) -> ConfigurationVersion:
    return start_draft(TIER, actor=office_member)


def test_a_draft_begins_with_what_is_in_force_and_there_is_one(draft, office_lead):
    assert (draft.content, draft.based_on.number) == ({"threshold": "50000"}, 1)
    assert start_draft(LANE, actor=office_lead) == draft
    assert (events("draft_started"), draft.drafted_by.name) == (1, "Olga Member")


def test_the_database_holds_one_draft_a_kind(draft):
    with pytest.raises(Exception, match="one_draft_a_kind"), transaction.atomic():
        ConfigurationVersion.objects.create(kind="lane")


def test_publishing_makes_the_next_version_with_who_and_why(draft, office_member, office_lead):
    edit_draft(draft, actor=office_member, content={"threshold": "60k"}, seen=draft.content)

    with clock.fixed_at(datetime(2026, 11, 21, 12, tzinfo=UTC)):
        version = publish_draft(draft, actor=office_lead, reason=" Prices rose. ")

    assert (version.number, version.content, version.reason) == (2, {"threshold": "60000"}, "Prices rose.")
    assert (version.published_by, version.drafted_by) == (office_lead, office_member)
    assert version.effective_from.isoformat() == "2026-11-21"
    payload = Event.objects.get(name="configuration.published").payload
    assert payload == {"kind": "lane", "number": 2, "version": version.pk}
    assert events("draft_edited") == 1
    assert not ConfigurationVersion.objects.drafts().exists()


def test_what_held_on_a_day_can_be_asked(draft, office_lead):
    today = clock.now() + timedelta(days=10)
    edit_draft(draft, actor=office_lead, content={"threshold": "1"})
    with clock.fixed_at(today):
        publish_draft(draft, actor=office_lead, reason="Less.")
        assert ConfigurationVersion.objects.in_force("lane").number == 2
        day_before = clock.today() - timedelta(days=1)
        assert ConfigurationVersion.objects.in_force("lane", on=day_before).number == 1


@pytest.mark.parametrize(
    "deed",
    [
        lambda version: version.save(),
        lambda version: version.delete(),
        lambda version: ConfigurationVersion.objects.filter(pk=version.pk).update(content={}),
        lambda version: ConfigurationVersion.objects.filter(pk=version.pk).update(number=None),
    ],
)
def test_a_published_version_is_fixed(deed):
    version = ConfigurationVersion.objects.in_force("lane")
    version.reason = "Another."
    with pytest.raises(ProgrammingError, match="never edited"):
        deed(version)


@pytest.mark.parametrize("role", ["auditor", "executive", "stranger", "service_account", "business_owner"])
def test_only_the_office_drafts(request, role, draft):
    actor = request.getfixturevalue(role)
    for deed in (
        lambda: start_draft(TIER, actor=actor),
        lambda: edit_draft(draft, actor=actor, content={"threshold": "1"}),
        lambda: discard_draft(draft, actor=actor),
        lambda: publish_draft(draft, actor=actor, reason="Mine."),
    ):
        with pytest.raises(PermissionDenied):
            deed()
    assert ConfigurationVersion.objects.get(pk=draft.pk).content == {"threshold": "50000"}


def test_the_office_of_one_unit_drafts_nothing_for_all():
    with pytest.raises(PermissionDenied):
        start_draft(LANE, actor=make_person("Local", "office_lead", role_unit=make_unit()))


def test_members_draft_and_leads_publish(draft, office_member):
    edit_draft(draft, actor=office_member, content={"threshold": "60000"})
    with pytest.raises(PermissionDenied):
        publish_draft(draft, actor=office_member, reason="Higher.")


def test_drafts_are_for_the_office_and_auditors(draft, stranger, auditor, business_owner):
    lane = ConfigurationVersion.objects.filter(kind="lane")
    assert lane.visible_to(auditor).count() == 2
    for person in (stranger, business_owner):
        assert [each.number for each in lane.visible_to(person)] == [1]


def test_nothing_is_published_without_a_change_or_a_reason(draft, office_lead):
    with pytest.raises(DomainError, match="Nothing differs from version 1"):
        publish_draft(draft, actor=office_lead, reason="Again.")
    edit_draft(draft, actor=office_lead, content={"threshold": "50,000.00"})
    with pytest.raises(DomainError, match="Nothing differs"):
        publish_draft(draft, actor=office_lead, reason="The same sum.")
    edit_draft(draft, actor=office_lead, content={"threshold": "1"})
    with pytest.raises(DomainError, match="Say why"):
        publish_draft(draft, actor=office_lead, reason="  ")
    assert events("published") == 0


def test_a_draft_ends_once(draft, office_lead):
    edit_draft(draft, actor=office_lead, content={"threshold": "1"})
    publish_draft(draft, actor=office_lead, reason="Less.")
    for deed in (
        lambda: publish_draft(draft, actor=office_lead, reason="Less."),
        lambda: edit_draft(draft, actor=office_lead, content={"threshold": "2"}),
        lambda: discard_draft(draft, actor=office_lead),
    ):
        with pytest.raises(DomainError, match="published or discarded"):
            deed()
    assert events("published") == 1


def test_a_discarded_draft_leaves_its_history(draft, office_member):
    discard_draft(draft, actor=office_member)
    history = ConfigurationVersion.pgh_event_model.objects.filter(pgh_obj_id=draft.pk)
    assert [each.pgh_label for each in history.order_by("pgh_id")] == ["insert", "delete"]
    assert events("draft_discarded") == 1


def test_changing_nothing_leaves_no_event(draft, office_member):
    edit_draft(draft, actor=office_member, content={"threshold": "50000"}, seen=draft.content)
    assert events("draft_edited") == 0


def test_somebody_who_edits_while_another_is_about_to_publish_is_noticed(draft, office_member, office_lead):
    edit_draft(draft, actor=office_lead, content={"threshold": "1"})
    seen = ConfigurationVersion.objects.get(pk=draft.pk).changed_at
    edit_draft(draft, actor=office_member, content={"threshold": "9999999"})
    with pytest.raises(DomainError, match="Olga Member changed the draft meanwhile"):
        publish_draft(draft, actor=office_lead, reason="Less.", seen=seen)


@pytest.mark.parametrize("threshold", ["-1", "", "much", "1" * 20, None, {"a": 1}])
def test_a_threshold_is_a_sum(draft, office_member, threshold):
    with pytest.raises(ValidationError):
        edit_draft(draft, actor=office_member, content={"threshold": threshold})


@pytest.mark.parametrize("content", [None, [], "text", {"questions": {}}, {"questions": ["one"]}, {"questions": []}])
def test_content_of_another_shape_is_refused(questions, office_member, content):
    with pytest.raises(ValidationError, match="At least one question"):
        edit_draft(questions, actor=office_member, content=content)


def test_two_people_who_change_different_things_both_succeed(questions, office_member, office_lead):
    opened = deepcopy(questions.content)
    mine, theirs = deepcopy(opened), deepcopy(opened)
    mine["questions"][0]["text"] = "Does it decide about anybody?"
    theirs["questions"][1]["options"][0]["text"] = "Never"
    edit_draft(questions, actor=office_lead, content=theirs, seen=opened)
    draft = edit_draft(questions, actor=office_member, content=mine, seen=opened)
    first, second = draft.content["questions"][:2]
    assert (first["text"], second["options"][0]["text"]) == ("Does it decide about anybody?", "Never")


def test_two_people_who_change_the_same_are_both_told(draft, office_member, office_lead):
    edit_draft(draft, actor=office_lead, content={"threshold": "1"}, seen={"threshold": "50000"})
    with pytest.raises(ConflictError) as conflict:
        edit_draft(draft, actor=office_member, content={"threshold": "2"}, seen={"threshold": "50000"})
    difference = conflict.value.changes["threshold"]
    assert (difference.was, difference.now, difference.yours) == ("50000", "1", "2")


def test_two_at_once_wait_for_each_other(transactional_db):
    lead = make_person("Otto Lead", "office_lead")
    draft, told, barrier = start_draft(LANE, actor=lead), [], Barrier(2)

    def save(threshold: str) -> None:
        barrier.wait()
        try:
            edit_draft(draft, actor=lead, content={"threshold": threshold}, seen={"threshold": "50000"})
            told.append("saved")
        except ConflictError:
            told.append("conflict")
        finally:
            connection.close()

    threads = [Thread(target=save, args=[text]) for text in ("1", "2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["conflict", "saved"]
