"""What is to be seen to when a system in use is ended: who, until when, and what became of it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from aiso import clock
from aiso.errors import DomainError
from aiso.events.models import Event, Notification
from stagegates.actions.close import hand_over_thing, settle_thing
from stagegates.closing_work import things_due, things_waiting
from stagegates.decision_tasks import tell_of_decision
from stagegates.decommissioning import things_in_force
from stagegates.models import DecommissioningTask
from tests.api.conftest import Script, make_api_token
from tests.factories import make_initiative, make_person

from .conftest import end

pytestmark = pytest.mark.django_db


def body_of(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def task(ended) -> DecommissioningTask:
    return ended.tasks.get(code="access-revoked")


def told_of(name):
    """Whom the event tells what."""
    tell_of_decision(Event.objects.filter(name=name).latest("pk").pk)
    return {*Notification.objects.filter(event__name=name).values_list("person", "text")}


def test_each_thing_has_an_owner_and_a_date(ended, business_owner, technical_owner):
    assert ended.was_in_production
    tasks = {task.code: task for task in ended.tasks.all()}
    assert [*tasks] == [thing.code for thing in sorted(things_in_force(), key=lambda thing: thing.days)]
    assert tasks["users-told"].owner == business_owner
    assert tasks["access-revoked"].owner == technical_owner
    # Nobody is risk owner.
    assert tasks["records-archived"].owner == business_owner
    assert tasks["users-told"].due_on == clock.today() + timedelta(days=14)
    reference = ended.initiative.reference
    assert told_of("decommissioning.asked") == {
        (business_owner.pk, f"{reference} was ended in production: you have 4 things to see to"),
        (technical_owner.pk, f"{reference} was ended in production: you have 3 things to see to"),
    }


def test_without_owners_whoever_decided_sees_to_it(chair):
    closure = end(make_initiative(stage="scale", risk_tier="low"), chair)
    assert {*closure.tasks.values_list("owner", flat=True)} == {chair.pk}


def test_it_is_done_once_by_whom_it_concerns(task, technical_owner, office_member, stranger, auditor, chair):
    for person in (stranger, auditor, chair):
        with pytest.raises(PermissionDenied, match="Whoever sees to it"):
            settle_thing(task, actor=person)
    done = settle_thing(task, actor=technical_owner, note="Ticket 12.")
    assert (done.state, done.done_by, done.note) == ("done", technical_owner, "Ticket 12.")
    assert Event.objects.filter(name="decommissioning.settled").count() == 1
    for deed in (
        lambda: settle_thing(task, actor=office_member),
        lambda: hand_over_thing(task, actor=office_member, owner=office_member, due_on=clock.today()),
    ):
        with pytest.raises(DomainError, match="Tessa Owen settled this already"):
            deed()


def test_what_is_not_needed_says_why(task, office_member):
    with pytest.raises(DomainError, match="Say why it is not needed"):
        settle_thing(task, actor=office_member, is_needed=False, note=" ")
    assert settle_thing(task, actor=office_member, is_needed=False, note="It had none.").state == "not_needed"


def test_it_is_handed_over(task, technical_owner, stranger, service_account):
    later = clock.today() + timedelta(days=90)
    with pytest.raises(DomainError, match="today or later"):
        hand_over_thing(task, actor=technical_owner, owner=stranger, due_on=clock.today() - timedelta(days=1))
    for nobody in (service_account, make_person(is_active=False)):
        with pytest.raises(DomainError, match="with the company"):
            hand_over_thing(task, actor=technical_owner, owner=nobody, due_on=later)
    hand_over_thing(task, actor=technical_owner, owner=stranger, due_on=later)
    assert told_of("decommissioning.handed_over") == {
        (stranger.pk, f"For you to see to now that {task.initiative.reference} ended: {task.what}")
    }
    assert settle_thing(task, actor=stranger).state == "done"


def test_nobody_is_given_what_they_do_not_see(business_owner, chair, stranger):
    hidden = make_initiative(stage="scale", risk_tier="low", owner=business_owner, is_confidential=True)
    task = end(hidden, chair).tasks.first()
    with pytest.raises(DomainError, match="does not see this initiative"):
        hand_over_thing(task, actor=business_owner, owner=stranger, due_on=task.due_on)


def test_it_waits_in_my_work_and_reminds(task, technical_owner, business_owner):
    assert [each.what for each in things_waiting(technical_owner)].count(task.what) == 1
    assert not [*things_due()]
    with clock.fixed_at(clock.now() + timedelta(days=24)):
        steps = {each.step: each for each in things_due() if str(task.pk) in each.key.split(":")}
        assert [*steps] == ["a week before"]
        assert {*steps["a week before"].people} == {technical_owner}
    with clock.fixed_at(clock.now() + timedelta(days=31)):
        (late,) = (each for each in things_due() if str(task.pk) in each.key.split(":"))
        assert (late.step, {*late.people}) == ("late", {technical_owner, business_owner})
    settle_thing(task, actor=technical_owner)
    assert task.what not in [each.what for each in things_waiting(technical_owner)]


def test_the_end_of_it_is_told(ended, office_member, business_owner):
    for each in ended.tasks.all():
        assert not Event.objects.filter(name="decommissioning.finished").exists()
        settle_thing(each, actor=office_member)
    assert business_owner.pk in {person for person, _ in told_of("decommissioning.finished")}
    assert not ended.tasks.open().exists()


def test_its_page(client, task, technical_owner, stranger):
    client.force_login(stranger)
    assert "It is done" not in body_of(client.get(task.get_absolute_url()))
    assert client.post(f"{task.get_absolute_url()}done/").status_code == 403
    client.force_login(technical_owner)
    assert "It is done" in body_of(client.get(task.get_absolute_url()))
    assert client.post(f"{task.get_absolute_url()}not-needed/", {"note": ""}).status_code == 422
    sent = {"owner": technical_owner.email, "due_on": "2099-01-01"}
    assert client.post(f"{task.get_absolute_url()}hand-over/", sent).status_code == 302
    assert client.post(f"{task.get_absolute_url()}done/", {"note": "Ticket 12."}).status_code == 302
    assert client.post(f"{task.get_absolute_url()}done/").status_code == 422
    page = body_of(client.get(task.closure.get_absolute_url()))
    assert "6 of 7 things left to decommission" in page
    assert "Ticket 12." in page


def test_the_api(task, technical_owner, stranger):
    script, other = Script(make_api_token(technical_owner)[1]), Script(make_api_token(stranger)[1])
    address = f"decommissioning-tasks/{task.pk}/"
    assert len(script.get("decommissioning-tasks/", {"mine": "true", "open": "true"}).json()["results"]) == 3
    assert other.post(f"{address}settle/").status_code == 403
    assert script.post(f"{address}settle/", {"is_needed": False}).status_code in (409, 422)
    handed = script.post(f"{address}hand-over/", {"owner": stranger.pk, "due_on": "2099-01-01"}).json()
    assert (handed["owner"]["id"], handed["due_on"], handed["state"]) == (stranger.pk, "2099-01-01", "open")
    assert other.post(f"{address}settle/", {"note": "Done."}).json()["state"] == "done"
    assert script.post(f"{address}settle/").status_code == 409
