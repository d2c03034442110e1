"""Recording adoption: who may, what cannot be, what stays, nothing twice."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.utils import Error

from aiso import clock
from aiso.accounts.models import Role
from aiso.errors import DomainError
from aiso.events.models import Event
from aiso.web.work import work_of
from portfolio.models import Workflow
from tests.at_once import both
from tests.factories import make_entry, make_initiative, make_ownership, make_person, make_unit, move_stage
from value.actions.record_adoption import READ_BEFORE, WeekRefusedError, record_adoption, record_weeks
from value.adoption_told import Told
from value.models import AdoptionReading
from value.permissions import adoption_recorded_by, can_record_adoption
from value.weeks import last_week_over, week_name, week_named, weeks_between

from .adoption_factories import WEEK, read, reading_of

A_WEEK = timedelta(days=7)


@pytest.fixture
def workflow(business_owner) -> Workflow:
    """Handled by an initiative in production."""
    found = make_entry(Workflow, "Handle a claim", is_critical=True)
    make_initiative("Claims", owner=business_owner, workflow=found, stage="scale")
    return found


# --- recording


def test_an_owner_records_a_week(workflow, business_owner):
    told = {"repeat_users": 40, "opt_outs": 5, "satisfaction": Decimal("4.25"), "answered": 20}
    reading = read(workflow, business_owner, **told)
    reading = AdoptionReading.objects.get(pk=reading.pk)
    assert {name: getattr(reading, name) for name in told} == told
    assert (reading.week_ends_on, reading.recorded_by, reading.source) == (WEEK, business_owner, "Usage report")
    event = Event.objects.get(name="adoption.recorded")
    assert event.payload == {"workflow": workflow.pk, "readings": [reading.pk]}


def test_the_same_said_twice_is_one(workflow, business_owner, office_member):
    first = read(workflow, business_owner)
    assert read(workflow, office_member) == first
    assert (AdoptionReading.objects.count(), Event.objects.filter(name__startswith="adoption.").count()) == (1, 1)


def test_what_is_withheld_is_not_found_by_guessing(workflow, business_owner, office_member):
    """Whoever did not record it hears the same words, whether they guess right or wrong."""
    first = read(workflow, business_owner, active_users=3)
    assert read(workflow, business_owner, active_users=3) == first
    for guess in (3, 4):
        with pytest.raises(DomainError) as refused:
            read(workflow, office_member, active_users=guess)
        assert (str(refused.value), refused.value.field) == (READ_BEFORE, None)
    # Nor by a correction: one that says the same is one, too.
    later = read(workflow, office_member, active_users=3, corrects=first, reason="Counted anew.")
    assert later != first
    assert read(workflow, office_member, active_users=3, corrects=first, reason="Counted anew.") == later


def test_other_figures_of_a_week_are_a_correction(workflow, business_owner, office_member):
    first = read(workflow, business_owner)
    with pytest.raises(DomainError, match=READ_BEFORE):
        read(workflow, office_member, active_users=61)
    with pytest.raises(DomainError) as refused:
        read(workflow, office_member, active_users=61, corrects=first)
    assert refused.value.field == "reason"
    second = read(workflow, office_member, active_users=61, corrects=first, reason="Late data.")
    assert read(workflow, office_member, active_users=61, corrects=first, reason="Late data.") == second
    with pytest.raises(DomainError, match="corrected meanwhile"):
        read(workflow, office_member, active_users=62, corrects=first, reason="Later data.")
    assert [*AdoptionReading.objects.current()] == [second]
    assert (second.corrects, AdoptionReading.objects.count()) == (first, 2)
    assert Event.objects.get(name="adoption.corrected").payload["readings"] == [second.pk]


def test_a_correction_is_of_the_same_workflow_and_week(workflow, business_owner, office_member):
    other = read(make_entry(Workflow), office_member)
    with pytest.raises(DomainError) as refused:
        read(workflow, business_owner, corrects=other, reason="Wrong one.")
    assert refused.value.field == "corrects"


def test_what_was_known_when_can_be_told(workflow, business_owner):
    first = read(workflow, business_owner)
    before = clock.now()
    with clock.fixed_at(before + timedelta(days=2)):
        second = read(workflow, business_owner, active_users=61, corrects=first, reason="Late data.")
        assert [*AdoptionReading.objects.known()] == [second]
        assert [*AdoptionReading.objects.known(before)] == [first]
        assert not AdoptionReading.objects.known(before - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"week_ends_on": WEEK + A_WEEK}, "week_ends_on"),
        ({"week_ends_on": WEEK - timedelta(days=1)}, "week_ends_on"),
        ({"target_users": 0}, "target_users"),
        ({"active_users": 101}, "active_users"),
        ({"repeat_users": 61}, "repeat_users"),
        ({"opt_outs": 101}, "opt_outs"),
        ({"satisfaction": Decimal(4)}, "answered"),
        ({"answered": 4}, "satisfaction"),
        ({"satisfaction": Decimal("5.01"), "answered": 9}, "satisfaction"),
        ({"satisfaction": Decimal("3.333"), "answered": 9}, "satisfaction"),
        ({"satisfaction": Decimal(3), "answered": 61}, "answered"),
        ({"week_ends_on": date(1999, 12, 26)}, "week_ends_on"),
        ({"satisfaction": Decimal(3), "answered": 0}, "answered"),
        ({"source": "  "}, "source"),
    ],
)
def test_what_cannot_be_is_refused(workflow, business_owner, changed, field):
    with pytest.raises(DomainError) as refused:
        record_adoption(workflow, replace(reading_of(), **changed), actor=business_owner)
    assert refused.value.field == field
    assert not AdoptionReading.objects.exists()


def test_a_week_is_over_at_the_midnight_of_the_office(workflow, business_owner, settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    # In Auckland Monday has begun, in London it is Sunday.
    with clock.fixed_at(datetime(2026, 6, 14, 13, tzinfo=UTC)):
        assert last_week_over() == WEEK
        read(workflow, business_owner)
    settings.TIME_ZONE = "America/Los_Angeles"
    with clock.fixed_at(datetime(2026, 6, 15, 6, tzinfo=UTC)):
        assert last_week_over() == WEEK - A_WEEK


def test_several_weeks_come_all_or_not_at_all(workflow, business_owner):
    rows = [(workflow, reading_of(WEEK - A_WEEK * back)) for back in range(3)]
    with pytest.raises(DomainError):
        record_weeks([*rows, (workflow, reading_of(active_users=1))], actor=business_owner)
    assert not AdoptionReading.objects.exists()
    assert len({each.pk for each in record_weeks([*rows, rows[0]], actor=business_owner)}) == 3
    assert len(Event.objects.get(name="adoption.recorded").payload["readings"]) == 3


def test_many_weeks_cost_the_same(workflow, office_member, django_assert_max_num_queries):
    others = [workflow, *(make_entry(Workflow) for _ in range(4))]
    rows = [(each, reading_of(WEEK - A_WEEK * back)) for back in range(30) for each in others]
    with django_assert_max_num_queries(12):
        record_weeks(rows, actor=office_member)
    assert AdoptionReading.objects.count() == 150


# --- who


def test_who_records(workflow, business_owner, office_member, service_account):
    deputy, ended_owner = make_person(), make_person()
    make_ownership(workflow.initiatives.get(), deputy, is_deputy=True)
    ended = make_initiative(owner=ended_owner, workflow=workflow, stage="scale")
    move_stage(ended, "closed")
    for person in (business_owner, deputy, office_member, service_account):
        assert can_record_adoption(person, workflow)
        assert adoption_recorded_by(person)(workflow)
    for person in (ended_owner, make_person(), *(make_person("", role) for role in ("auditor", "executive"))):
        assert not can_record_adoption(person, workflow)
        assert not adoption_recorded_by(person)(workflow)
        with pytest.raises(PermissionDenied):
            read(workflow, person)


def test_the_office_of_another_unit_does_not(workflow):
    workflow.unit = make_unit()
    workflow.save()
    here = make_person("", Role.OFFICE_MEMBER, role_unit=workflow.unit)
    elsewhere = make_person("", Role.OFFICE_MEMBER, role_unit=make_unit())
    assert can_record_adoption(here, workflow)
    assert not can_record_adoption(elsewhere, workflow)


def test_a_program_corrects_no_word_of_a_person(workflow, business_owner, service_account):
    first = read(workflow, business_owner)
    with pytest.raises(DomainError, match="A person recorded"):
        read(workflow, service_account, active_users=1, corrects=first, reason="Counted anew.")
    counted = read(workflow, service_account, WEEK - A_WEEK)
    later = {"active_users": 1, "reason": "Counted anew."}
    assert read(workflow, service_account, WEEK - A_WEEK, corrects=counted, **later).active_users == 1


# --- what the database holds


def test_nothing_is_edited_or_removed(workflow, business_owner):
    read(workflow, business_owner)
    for deed in ("UPDATE {} SET active_users = 1", "DELETE FROM {}", "TRUNCATE {} CASCADE"):
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(deed.format("value_adoptionreading"))


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"week_ends_on": WEEK - timedelta(days=1)},
        {"week_ends_on": WEEK - A_WEEK, "active_users": 101},
        {"week_ends_on": WEEK - A_WEEK, "repeat_users": 61},
        {"week_ends_on": WEEK - A_WEEK, "satisfaction": Decimal(3)},
        {"week_ends_on": WEEK - A_WEEK, "source": ""},
        {"week_ends_on": WEEK - A_WEEK, "corrects": True, "reason": "Another week."},
        {"week_ends_on": WEEK - A_WEEK, "satisfaction": Decimal(3), "answered": 61},
        {"week_ends_on": date(1999, 12, 26)},
        {"corrects": True},
        {"corrects": True, "reason": "Before it.", "recorded_at": datetime(2026, 1, 1, tzinfo=UTC)},
    ],
)
def test_the_database_refuses_what_cannot_be(workflow, business_owner, wrong):
    first = read(workflow, business_owner)
    told = {"target_users": 100, "active_users": 60, "source": "x", "week_ends_on": WEEK} | wrong
    if told.get("corrects"):
        told["corrects"] = first
    with pytest.raises(Error), transaction.atomic():
        AdoptionReading.objects.create(workflow=workflow, recorded_by=business_owner, **told)


def test_two_at_once(transactional_db, request):
    workflow, owner = (request.getfixturevalue(name) for name in ("workflow", "business_owner"))
    with clock.fixed_at(datetime(2026, 6, 15, 12, tzinfo=UTC)):
        week = last_week_over()
    assert both(lambda _: read(workflow, owner, week)) == ["done", "done"]
    first = AdoptionReading.objects.get()
    told = both(lambda n: read(workflow, owner, week, active_users=n, corrects=first, reason="Anew."))
    assert told == [WeekRefusedError.__name__, "done"]
    assert AdoptionReading.objects.current().count() == 1


# --- weeks


def test_weeks_have_names():
    assert week_name(date(2027, 1, 3)) == "2026-W53"
    assert week_named("2026-W53") == date(2027, 1, 3)
    assert week_named("2027w1") == date(2027, 1, 10)
    for text in ("2027-W53", "2026-W0", "W12", "1999-W01", ""):
        assert week_named(text) is None
    assert weeks_between(date(2026, 6, 1), date(2026, 6, 30)) == 4
    assert weeks_between(WEEK, WEEK) == 1
    assert weeks_between(WEEK + timedelta(days=1), WEEK + timedelta(days=6)) == 0


# --- no group under five people


@pytest.mark.parametrize(
    ("told", "hidden"),
    [
        ({"target_users": 4, "active_users": 4}, {*AdoptionReading.FIGURES}),
        ({"target_users": 5, "active_users": 4, "repeat_users": 2}, {"active_users", "repeat_users"}),
        ({"active_users": 5, "repeat_users": 5}, set()),
        ({"satisfaction": Decimal(3), "answered": 4}, {"satisfaction", "answered"}),
        ({"satisfaction": Decimal(3), "answered": 5}, set()),
        (
            {"active_users": 4, "satisfaction": Decimal(3), "answered": 4},
            {"active_users", "satisfaction", "answered"},
        ),
        ({"active_users": 60, "repeat_users": 4, "opt_outs": 4}, {"repeat_users", "opt_outs"}),
        ({"active_users": 60, "repeat_users": 1, "opt_outs": 1}, {"repeat_users", "opt_outs"}),
        ({"active_users": 60, "repeat_users": 0, "opt_outs": 0}, set()),
        ({"active_users": 0}, set()),
    ],
)
def test_figures_of_few_people_are_withheld(workflow, business_owner, told, hidden):
    shown = Told.of(read(workflow, business_owner, **told))
    assert shown.hidden == hidden
    assert [text for _, text in shown.texts].count("under 5 people") == len(hidden)
    assert all(shown.value(name) is None for name in hidden)


# --- my work


def test_an_owner_is_asked_once_for_a_critical_workflow(workflow, business_owner, office_member):
    def asked() -> list[str]:
        return [item.what for item in work_of(business_owner) if "use “" in item.what]

    assert asked() == ["Say how many use “Handle a claim”"]
    read(workflow, office_member, WEEK - A_WEEK * 2)
    assert len(asked()) == 1
    read(workflow, office_member, WEEK - A_WEEK)
    assert asked() == []


@pytest.mark.parametrize("change", ["not critical", "not in production"])
def test_others_are_not_asked(workflow, business_owner, change):
    if change == "not critical":
        Workflow.objects.update(is_critical=False)
    else:
        move_stage(workflow.initiatives.get(), "paused")
    assert not [item for item in work_of(business_owner) if "use “" in item.what]
