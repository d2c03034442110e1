"""Versions that are published for a day to come: which holds when, and what follows on that day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiso import clock
from aiso.configuration import tasks
from aiso.configuration.actions import edit_draft, publish_draft, start_draft, withdraw_version
from aiso.configuration.models import ConfigurationVersion
from aiso.configuration.reigns import reigns, state_of
from aiso.errors import DomainError
from aiso.events.models import Event
from portfolio.configured.lane import KIND as LANE
from portfolio.configured.objectives import KIND as OBJECTIVES
from portfolio.models import Objective
from tests.factories import make_initiative, make_person
from tests.portfolio.initiative.forms import filled_in

pytestmark = pytest.mark.django_db
# After everything that was shipped, whenever these tests run.
START = datetime(2050, 1, 3, 9, tzinfo=UTC)
DAYS = 12


@pytest.fixture(autouse=True)
def _in_time():
    with clock.fixed_at(START):
        yield


def on(days: int):
    return clock.fixed_at(START + timedelta(days=days))


def day(days: int) -> date:
    return START.date() + timedelta(days=days)


def published(lead, threshold: int | str, days: int = 0) -> ConfigurationVersion:
    """A version that holds so many days after START."""
    draft = start_draft(LANE, actor=lead)
    edit_draft(draft, actor=lead, content={"threshold": str(threshold)})
    return publish_draft(draft, actor=lead, reason="Prices rise.", effective_from=day(days))


def number_on(days: int) -> int:
    return ConfigurationVersion.objects.in_force("lane", day(days)).number


def numbers(found) -> list[int]:
    return [version.number for version in found if version.kind == "lane"]


def night(days: int) -> None:
    """The task of the night, as the schedule runs it."""
    with on(days):
        tasks.take_effect()


@pytest.fixture
def eager(monkeypatch):
    monkeypatch.setattr(tasks.take_effect_of, "delay", tasks.take_effect_of)


def test_a_version_waits_for_its_day(office_lead):
    version = published(office_lead, 60000, days=7)
    assert (version.number, version.settled_at, version.followed_at) == (2, None, None)
    assert numbers(ConfigurationVersion.objects.waiting()) == [2]
    assert numbers(ConfigurationVersion.objects.all_in_force()) == [1]
    assert not ConfigurationVersion.objects.under_way().exists()
    assert [number_on(days) for days in (0, 6, 7, 100)] == [1, 1, 2, 2]


def test_what_follows_comes_on_its_day_and_once(office_lead, eager):
    initiative = make_initiative(requested_amount=55000)
    version = published(office_lead, 60000, days=2)
    night(1)
    version.refresh_from_db()
    assert version.settled_at is None
    for _ in range(2):
        night(2)
    version.refresh_from_db()
    assert version.settled_at == version.followed_at == START + timedelta(days=2)
    assert Event.objects.filter(name="configuration.took_effect").count() == 1
    initiative.refresh_from_db()
    assert initiative.lane_decided_by != "money"


def test_a_missed_night_is_caught_up(office_lead, eager):
    draft = start_draft(OBJECTIVES, actor=office_lead)
    content = {"objectives": [{"code": "", "name": "Grow in the north", "description": ""}]}
    edit_draft(draft, actor=office_lead, content=content)
    publish_draft(draft, actor=office_lead, reason="New year.", effective_from=day(3))
    assert not Objective.objects.filter(name="Grow in the north").exists()
    night(9)
    assert Objective.objects.filter(name="Grow in the north", is_active=True).exists()


def test_one_kind_that_fails_keeps_no_other_from_its_day(office_lead, monkeypatch):
    asked = []
    monkeypatch.setattr(tasks.take_effect_of, "delay", asked.append)
    published(office_lead, 60000, days=1)
    night(1)
    assert asked == ["lane"]


def test_publishing_first_lets_take_effect_what_is_due(office_lead):
    published(office_lead, 60000, days=1)
    with on(3):
        published(office_lead, 70000, days=3)
    second = ConfigurationVersion.objects.get(kind="lane", number=2)
    assert second.settled_at == START + timedelta(days=3)
    assert [number_on(days) for days in (0, 1, 2, 3)] == [1, 2, 2, 3]


@pytest.mark.parametrize("days", [5, 4, 0])
def test_a_later_version_takes_the_place_of_one_that_waits(office_lead, eager, days):
    waiting = published(office_lead, 60000, days=5)
    published(office_lead, 70000, days=days)
    assert number_on(5) == 3
    assert 2 not in numbers(ConfigurationVersion.objects.waiting())
    night(5)
    night(6)
    waiting.refresh_from_db()
    assert waiting.settled_at is not None
    assert not ConfigurationVersion.objects.under_way().filter(kind="lane").exists()
    assert Event.objects.filter(name="configuration.took_effect", payload__number=2).count() == 0


def test_two_may_wait_one_after_the_other(office_lead):
    published(office_lead, 60000, days=2)
    assert start_draft(LANE, actor=office_lead).content == {"threshold": "60000"}
    published(office_lead, 70000, days=4)
    assert numbers(ConfigurationVersion.objects.waiting()) == [2, 3]
    assert [number_on(days) for days in range(5)] == [1, 1, 2, 2, 3]


def test_what_waits_can_be_withdrawn_before_its_day(office_lead, office_member):
    version = published(office_lead, 60000, days=2)
    with pytest.raises(PermissionDenied):
        withdraw_version(version, actor=office_member, reason="No.")
    with pytest.raises(DomainError, match="Say why"):
        withdraw_version(version, actor=office_lead, reason=" ")
    with on(1):
        version = withdraw_version(version, actor=office_lead, reason=" Prices fell. ")
    assert (version.withdrawn_by, version.withdrawn_because) == (office_lead, "Prices fell.")
    assert number_on(3) == 1
    assert Event.objects.filter(name="configuration.withdrawn", payload__number=2).count() == 1
    with pytest.raises(DomainError, match="does not wait"):
        withdraw_version(version, actor=office_lead, reason="Again.")
    assert published(office_lead, 60000, days=0).number == 3


def test_what_a_withdrawn_version_had_replaced_waits_again(office_lead):
    first = published(office_lead, 60000, days=5)
    second = published(office_lead, 70000, days=3)
    with pytest.raises(DomainError, match="does not wait"):
        withdraw_version(first, actor=office_lead, reason="It never holds anyway.")
    withdraw_version(second, actor=office_lead, reason="Too soon.")
    assert numbers(ConfigurationVersion.objects.waiting()) == [2]
    assert [number_on(days) for days in (3, 5)] == [1, 2]


def test_what_holds_is_not_withdrawn(office_lead):
    version = published(office_lead, 60000, days=1)
    for days in (1, 2):
        with on(days), pytest.raises(DomainError, match="does not wait"):
            withdraw_version(version, actor=office_lead, reason="Too late.")


@pytest.mark.parametrize("change", [{"effective_from": day(1)}, {"content": {}}, {"reason": "x"}, {"number": None}])
def test_a_waiting_version_is_fixed_all_the_same(office_lead, change):
    version = published(office_lead, 60000, days=5)
    with pytest.raises(ProgrammingError, match="never edited"), transaction.atomic():
        ConfigurationVersion.objects.filter(pk=version.pk).update(**change)


def test_a_withdrawal_is_not_taken_back(office_lead):
    version = withdraw_version(published(office_lead, 60000, days=5), actor=office_lead, reason="No.")
    with pytest.raises(ProgrammingError, match="never edited"):
        ConfigurationVersion.objects.filter(pk=version.pk).update(withdrawn_at=None)


def test_a_day_that_is_over_is_refused(office_lead):
    with pytest.raises(DomainError, match="is over"):
        published(office_lead, 60000, days=-1)


def test_the_same_may_be_brought_forward_and_not_published_twice(office_lead):
    published(office_lead, 60000, days=5)
    with pytest.raises(DomainError, match="Nothing differs from version 2"):
        published(office_lead, 60000, days=6)
    assert published(office_lead, 60000, days=2).number == 3
    assert [number_on(days) for days in (1, 2, 5)] == [1, 3, 3]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    deeds=st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 5), st.booleans()),
        min_size=1,
        max_size=7,
    )
)
def test_on_every_day_exactly_one_version_holds(deeds):
    """Whatever is published for which day, withdrawn or missed by the night, in whichever order."""
    with transaction.atomic():
        lead = make_person("", "office_lead")
        now = 0
        for number, (later, ahead, is_withdrawn) in enumerate(deeds):
            now += later
            with on(now):
                version = published(lead, 1000 + number, days=now + ahead)
                if is_withdrawn and ahead:
                    withdraw_version(version, actor=lead, reason="No.")
        found = [*ConfigurationVersion.objects.filter(kind="lane").published()]
        held = reigns(found)
        assert [reign.version.number for reign in held] == sorted(reign.version.number for reign in held)
        with on(now + DAYS):
            for days in range(now + DAYS):
                that = [each for each in held if each.first <= day(days) and (not each.last or day(days) <= each.last)]
                assert [each.version.number for each in that] == [number_on(days)]
        in_force = [version for version in found if state_of(version, _of(held, version)) == "in_force"]
        with on(now):
            in_force = [version for version in found if state_of(version, _of(held, version)) == "in_force"]
            assert numbers(in_force) == [number_on(now)]
        transaction.set_rollback(True)


def _of(held, version):
    return next((reign for reign in held if reign.version == version), None)


def address(name: str, *parts: object) -> str:
    return reverse(f"configuration:{name}", args=["lane", *parts])


def test_pages_publish_for_a_day_show_what_waits_and_withdraw_it(client, office_lead, stranger):
    client.force_login(office_lead)

    def shown(address: str) -> str:
        return client.get(address).content.decode().replace("\N{NO-BREAK SPACE}", " ")

    edit_draft(start_draft(LANE, actor=office_lead), actor=office_lead, content={"threshold": "60000"})
    opened = filled_in(shown(address("draft_publish")))
    assert opened["effective_from"] == "2050-01-03"
    over = client.post(address("draft_publish"), opened | {"reason": "Prices.", "effective_from": "2050-01-02"})
    assert (over.status_code, "is over" in over.content.decode()) == (422, True)
    sent = opened | {"reason": "Prices.", "effective_from": "2050-01-10"}
    assert client.post(address("draft_publish"), sent).url == address("kind_detail")
    page = shown(address("kind_detail"))
    for told in ("Version 2", "waits for 10 Jan 2050", "50,000", "Waiting"):
        assert told in page
    assert "Version 2 from 10 Jan 2050" in shown(reverse("configuration:index"))
    edit_draft(start_draft(LANE, actor=office_lead), actor=office_lead, content={"threshold": "1"})
    assert "takes its place" in shown(address("draft_publish"))

    client.force_login(stranger)
    assert "Withdraw" not in shown(address("version_detail", 2))
    assert client.post(address("version_withdraw", 2), {"reason": "x"}).status_code == 403
    client.force_login(office_lead)
    assert "Withdraw version 2" in shown(address("version_detail", 2))
    assert client.post(address("version_withdraw", 2), {"reason": ""}).status_code == 422
    assert client.post(address("version_withdraw", 2), {"reason": "No."}).url == address("version_detail", 2)
    page = shown(address("version_detail", 2))
    assert "before it held" in page
    assert "“No.”" in page
    assert client.post(address("version_withdraw", 2), {"reason": "Again."}).status_code == 422
    assert client.post(address("version_withdraw", 9), {"reason": "x"}).status_code == 404
    assert "Never held" in shown(address("kind_detail"))


def test_pages_cost_the_same_however_many_wait(client, office_lead):
    client.force_login(office_lead)
    client.get(address("kind_detail"))
    counts = []
    for number in range(1, 4):
        published(office_lead, number, days=number * 3)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(address("kind_detail"))
        counts.append(len(queries))
    assert len({*counts}) == 1
