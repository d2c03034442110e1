"""Two deliveries in the same moment tell and send once."""

from functools import partial

from aiso.events.digests import write_digests
from aiso.events.mailing import send_waiting
from aiso.events.models import Event, Mail, Notification
from aiso.events.telling import tell
from tests.portfolio.initiative.test_two_at_once import both

from .test_digests import at


def test_two_deliveries_of_an_event_tell_once(transactional_db, requester, auditor):
    for _ in range(3):
        event = Event.objects.create(name="review.asked")
        says = partial(tell, [requester, auditor], event=event, kind="request", text="Please answer", path="/")
        assert both(lambda number, says=says: says()) == ["done", "done"]
        assert event.notifications.count() == 2
    assert Mail.objects.count() == 6


def test_two_workers_send_each_mail_once(transactional_db, post_office, told):
    for number in range(6):
        told(text=f"Request {number}")
    assert both(lambda number: send_waiting()) == ["done", "done"]
    assert len({letter["Subject"] for letter in post_office.letters}) == len(post_office.letters) == 6


def test_two_runs_write_one_digest(transactional_db, told):
    with at("23 10:00"):
        told(kind="news")

    def write(number):
        with at("24 07:00"):
            write_digests()

    assert both(write) == ["done", "done"]
    assert Mail.objects.count() == 1
    assert Notification.objects.get().mail
