"""The office calendar: due days, days between, pauses; by examples and by properties."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import assume, given
from hypothesis import strategies as st

from aiso import clock, workdays
from aiso.configuration.actions import edit_draft, publish_draft, start_draft
from aiso.configuration.calendar import KIND
from aiso.configuration.models import ConfigurationVersion
from aiso.workdays import Calendar, calendar_of, due_after, due_after_pauses, is_working_day, working_days_between

# The calendar is a configuration; the days that it gives need no database.
MON_TO_FRI = {"weekdays": ["0", "1", "2", "3", "4"], "country": "", "region": "", "closed": []}
BAVARIA = calendar_of(MON_TO_FRI | {"country": "DE", "region": "BY"})
PLAIN = calendar_of(MON_TO_FRI)
ONE_DAY = timedelta(days=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-11-23T00:00", 2, "2026-11-25"),  # Monday's first minute
        ("2026-11-23T23:59", 2, "2026-11-25"),  # and its last
        ("2026-11-21T12:00", 2, "2026-11-25"),  # Saturday starts as Monday
        ("2026-11-20T09:00", 1, "2026-11-23"),  # over a weekend
        ("2026-11-20T09:00", 0, "2026-11-20"),
        ("2026-11-22T09:00", 0, "2026-11-23"),
        ("2026-12-23T09:00", 1, "2026-12-24"),
        ("2026-12-24T09:00", 1, "2026-12-28"),  # Friday 25 December is off, Saturday 26 anyway
        ("2026-12-31T09:00", 3, "2027-01-07"),  # 1 and 6 January are off in Bavaria
        ("2028-02-28T09:00", 1, "2028-02-29"),  # a leap day works
        ("2027-02-26T09:00", 1, "2027-03-01"),
    ],
)
def test_due_days(start, days, due):
    assert BAVARIA.due_after(at(start), days) == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        ([], "2026-11-25"),
        ([("2026-11-23T10:00", "2026-11-23T15:00")], "2026-11-25"),  # within a day: nothing
        ([("2026-11-23T10:00", "2026-11-24T09:00")], "2026-11-26"),  # over one end of day
        ([("2026-11-24T10:00", "2026-11-26T09:00")], "2026-11-27"),  # over two
        ([("2026-11-25T16:00", "2026-11-26T09:00")], "2026-11-26"),  # on its last day
        ([("2026-11-24T10:00", "2026-11-26T09:00"), ("2026-11-25T10:00", "2026-11-26T11:00")], "2026-11-27"),
        ([("2026-11-27T10:00", "2026-11-30T09:00")], "2026-11-25"),  # after its end
        ([("2026-11-24T10:00", None)], None),
        ([("2026-11-25T23:00", None)], None),
        ([("2026-11-26T00:00", None)], "2026-11-25"),  # it had run out
        ([("2026-11-23T10:00", "2026-11-24T09:00"), ("2026-11-27T08:00", None)], "2026-11-26"),
        ([("2026-11-20T10:00", "2026-11-23T09:00")], "2026-11-25"),  # a question from before the start
    ],
)
def test_a_clock_stands_still_while_a_question_is_open(pauses, due):
    told = [(at(begun), at(ended) if ended else None) for begun, ended in pauses]
    expected = date.fromisoformat(due) if due else None
    assert PLAIN.due_after_pauses(at("2026-11-23T09:00"), 2, told) == expected


def test_a_pause_over_a_weekend_costs_the_friday_only():
    told = [(at("2026-11-27T10:00"), at("2026-11-30T09:00"))]
    assert PLAIN.due_after_pauses(at("2026-11-26T09:00"), 2, told) == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("zone", "start", "due"),
    [
        # An hour before midnight in Berlin is the same day there; an hour after, the next.
        ("Europe/Berlin", "2026-11-22T22:30", "2026-11-24"),
        ("Europe/Berlin", "2026-11-23T22:30", "2026-11-24"),
        ("Europe/Berlin", "2026-11-23T23:30", "2026-11-25"),
        # Clocks go back at 3:00 on Sunday 25 October and forward at 2:00 on 29 March.
        ("Europe/Berlin", "2026-10-23T21:59", "2026-10-26"),
        ("Europe/Berlin", "2026-03-27T22:59", "2026-03-30"),
        # In Santiago midnight of 6 September does not exist.
        ("America/Santiago", "2026-09-04T12:00", "2026-09-07"),
        ("Pacific/Kiritimati", "2026-11-22T10:30", "2026-11-24"),
    ],
)
def test_days_are_those_of_the_offices_time_zone(settings, zone, start, due):
    settings.TIME_ZONE = zone
    assert PLAIN.due_after(at(start), 1) == date.fromisoformat(due)


calendars = st.builds(
    Calendar,
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    country=st.sampled_from(["", "DE", "GB", "US", "JP"]),
    closed=st.dictionaries(st.dates(date(2025, 1, 1), date(2029, 1, 1)), st.just("Closed"), max_size=30),
)
moments = st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 1)).map(lambda each: each.replace(tzinfo=UTC))
days = st.dates(date(2025, 1, 1), date(2028, 12, 1))
counts = st.integers(0, 30)
lengths = st.none() | st.timedeltas(timedelta(0), timedelta(days=20))
pauses = st.lists(st.tuples(moments, lengths).map(lambda each: (each[0], each[1] and each[0] + each[1])), max_size=4)


@given(calendars, moments, counts)
def test_due_is_a_working_day_that_many_working_days_later(calendar, start, count):
    due = calendar.due_after(start, count)
    assert calendar.is_working_day(due)
    assert calendar.working_days_between(start.date(), due) == count
    assert calendar.due_after(start, count + 1) > due
    assert calendar.due_after(start + ONE_DAY, count) >= due


@given(calendars, moments, counts)
def test_the_hour_does_not_count(calendar, start, count):
    last_minute = datetime.combine(start.date(), time(23, 59), UTC)
    assert calendar.due_after(start, count) == calendar.due_after(last_minute, count)


@given(calendars, days, days, days)
def test_days_between_add_up(calendar, first, second, third):
    between = calendar.working_days_between
    assert between(first, second) + between(second, third) == between(first, third)
    assert between(first, second) == -between(second, first)
    assert between(first, first + ONE_DAY) == calendar.is_working_day(first)


@given(calendars, moments, counts, pauses)
def test_pauses_only_ever_delay(calendar, start, count, told):
    plain, paused = calendar.due_after(start, count), calendar.due_after_pauses(start, count, told)
    still_open = [begun.date() for begun, ended in told if ended is None]
    if paused is None:
        assert still_open
        return
    assert paused >= plain
    assert all(paused < begun for begun in still_open)
    # Each working day on the way either ran or stood still.
    way = [start.date() + ONE_DAY * number for number in range((paused - start.date()).days + 1)]
    ran = [day for day in way if calendar.is_working_day(day) and not stood_still(day, told)]
    assert (len(ran), ran[-1]) == (count + 1, paused)
    if not still_open:
        assert calendar.due_after_pauses(start, count + 1, told) > paused


def stood_still(day, told) -> bool:
    """By moments instead of dates: was a question open at midnight?"""
    end = datetime.combine(day + ONE_DAY, time(), UTC)
    return any(begun < end and (ended is None or ended >= end) for begun, ended in told)


@given(moments, counts, pauses)
def test_the_order_of_pauses_does_not_count(start, count, told):
    assume(len(told) > 1)
    assert PLAIN.due_after_pauses(start, count, told) == PLAIN.due_after_pauses(start, count, told[::-1])


@given(moments, counts, st.sampled_from(["Europe/Berlin", "America/Santiago", "Asia/Kathmandu", "Pacific/Apia"]))
def test_in_every_zone_the_local_day_is_all_that_counts(start, count, zone):
    local = start.astimezone(ZoneInfo(zone))
    with timezone.override(zone):
        due = PLAIN.due_after(start, count)
    assert due == PLAIN.due_after(datetime.combine(local.date(), time(12), UTC), count)


def test_a_clock_of_less_than_nothing_is_refused():
    with pytest.raises(ValueError, match="no fewer than 0"):
        PLAIN.due_after(at("2026-11-23T09:00"), -1)


def test_substitute_days_are_off():
    """26 December 2026 is a Saturday: in England the Monday after is off instead."""
    england = calendar_of(MON_TO_FRI | {"country": "GB", "region": "ENG"})
    assert england.day_off(date(2026, 12, 28)).startswith("Boxing Day")
    assert not england.is_working_day(date(2026, 12, 28))
    assert PLAIN.is_working_day(date(2026, 12, 28))


# The calendar in force


@pytest.fixture
def publish(office_lead):
    def published(**content) -> ConfigurationVersion:
        draft = start_draft(KIND, actor=office_lead)
        edit_draft(draft, actor=office_lead, content=MON_TO_FRI | content)
        return publish_draft(draft, actor=office_lead, reason="We moved.")

    return published


@pytest.mark.django_db
def test_shipped_is_monday_to_friday():
    assert workdays.calendar_in_force() == PLAIN


def test_own_closed_days_hold_from_the_day_they_are_published(publish):
    with clock.fixed_at(at("2026-11-23T09:00")):
        assert due_after(clock.now(), 1) == date(2026, 11, 24)
        publish(closed=[{"name": "Move", "first_day": "2026-11-24", "last_day": "2026-11-26"}], country="DE")
        assert due_after(clock.now(), 1) == date(2026, 11, 27)
        assert not is_working_day(date(2026, 11, 25))
        assert working_days_between(date(2026, 11, 23), date(2026, 11, 28)) == 2
        asked = (at("2026-11-23T10:00"), at("2026-11-27T10:00"))
        assert due_after_pauses(clock.now(), 1, [asked]) == date(2026, 11, 30)
        assert workdays.calendar_in_force().day_off(date(2026, 11, 26)) == "Move"


@pytest.mark.django_db
def test_thousands_of_clocks_are_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        for number in range(2000):
            due_after(at("2026-11-23T09:00"), number % 10)


def test_each_request_reads_it_anew(client, office_lead, django_assert_num_queries):
    client.force_login(office_lead)
    workdays.calendar_in_force()
    client.get("/healthz")
    with django_assert_num_queries(1):
        workdays.calendar_in_force()


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ({"weekdays": []}, "required"),
        ({"country": "XX"}, "XX"),
        ({"region": "BY"}, "Choose the country first"),
        ({"country": "DE", "region": "Texas"}, "known is one of Augsburg, BB"),
        ({"country": "VA", "region": "North"}, "none: leave it empty"),
        ({"closed": [{"name": "Move", "first_day": "", "last_day": ""}]}, "First day"),
        ({"closed": [{"name": "Move", "first_day": "2026-11-24", "last_day": "2026-11-23"}]}, "after the first"),
        ({"closed": [{"name": "Move", "first_day": "2026-11-24", "last_day": "2027-11-23"}]}, "within 100 days"),
    ],
)
def test_what_is_no_calendar_is_refused(office_lead, content, wrong):
    draft = start_draft(KIND, actor=office_lead)
    with pytest.raises(ValidationError) as refused:
        edit_draft(draft, actor=office_lead, content=MON_TO_FRI | content)
    assert wrong in " ".join(refused.value.messages)


@pytest.mark.parametrize(("typed", "kept"), [("by", "BY"), ("Bayern", "BY"), (" Augsburg ", "Augsburg"), ("", "")])
def test_a_region_is_named_by_code_or_name(typed, kept):
    assert KIND.cleaned(MON_TO_FRI | {"country": "DE", "region": typed})["region"] == kept


def test_consequences_are_foreseen():
    with clock.fixed_at(at("2026-11-23T09:00")):
        closed = [{"code": "move", "name": "Move", "first_day": "2026-11-24", "last_day": ""}]
        told = KIND.consequences(MON_TO_FRI, MON_TO_FRI | {"country": "DE", "region": "BY", "closed": closed})
    assert told[0] == "The next 365 days have 251 working days, until now 261."
    assert told[1].startswith("The next days off are 24\N{NO-BREAK SPACE}Nov\N{NO-BREAK SPACE}2026 (Move), 25")


def test_the_pages_draft_and_show_it(client, office_lead, publish):
    client.force_login(office_lead)
    publish(country="DE", closed=[{"name": "Move", "first_day": "2026-11-24", "last_day": ""}])
    page = client.get("/administration/configuration/calendar/").content.decode()
    for told in ("Germany", "Monday, Tuesday", "Move", "24\N{NO-BREAK SPACE}Nov\N{NO-BREAK SPACE}2026"):
        assert told in page
    start_draft(KIND, actor=office_lead)
    page = client.get("/administration/configuration/calendar/draft/").content.decode()
    assert 'value="2026-11-24"' in page
