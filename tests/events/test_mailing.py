"""Mail at once, over a real socket: what it says, that it goes once, and what a broken server does to it."""

import socket
from datetime import timedelta

import pytest
from django.core import mail as django_mail

from aiso import clock
from aiso.events import mailing
from aiso.events.actions import choose_mail
from aiso.events.mailing import claim, send_waiting
from aiso.events.models import Mail
from portfolio.models import Initiative
from tests.factories import make_initiative

from .conftest import mailers_at

pytestmark = pytest.mark.django_db


def later(minutes: float):
    return clock.fixed_at(clock.now() + timedelta(minutes=minutes))


def only() -> Mail:
    return Mail.objects.get()


def test_a_mail_says_what_leads_there_and_how_to_get_less(post_office, told, requester, settings):
    settings.SITE_ADDRESS = "https://aiso.example.org"
    told(text="Otto Lead asks you to sign off AI-0042 Pumps & <valves>")
    assert send_waiting() == 1
    (letter,) = post_office.letters
    assert letter["Subject"] == "Request: Otto Lead asks you to sign off AI-0042 Pumps & <valves>"
    assert letter["To"] == f"{requester.name} <{requester.email}>"
    assert letter["Message-ID"] == f"<notification-{only().pk}@aiso.example.org>"
    assert letter["Auto-Submitted"] == "auto-generated"
    text = letter.get_body(["plain"]).get_content()
    html = letter.get_body(["html"]).get_content()
    for part in (text, html):
        assert "https://aiso.example.org/profile/" in part
        assert "https://aiso.example.org/profile/mail/" in part
    assert "Pumps & <valves>" in text
    assert "Pumps &amp; &lt;valves&gt;" in html
    assert (only().state, only().subject) == ("sent", letter["Subject"])
    assert "Pumps & <valves>" in only().text


def test_a_mail_goes_once(post_office, told):
    told()
    assert [send_waiting(), send_waiting()] == [1, 0]
    with later(60):
        assert send_waiting() == 0
    assert len(post_office.letters) == 1


def test_many_go_over_one_connection(post_office, told):
    for number in range(5):
        told(text=f"Request {number}")
    assert send_waiting() == 5
    assert (len(post_office.letters), post_office.connections) == (5, 1)


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_a_dead_server_delays_and_loses_nothing(told, settings, request):
    settings.MAILERS = mailers_at(closed_port())
    told(text="First")
    told(text="Second")
    assert send_waiting() == 0
    first, second = Mail.objects.order_by("pk")
    # The second is not even tried: the server is away.
    assert (first.state, first.attempts, second.attempts) == ("waiting", 1, 0)
    assert "refused" in first.problem
    for minutes in (2, 10, 60, 60 * 24 * 30):
        with later(minutes):
            send_waiting()
    assert {*Mail.objects.values_list("state", flat=True)} == {"waiting"}

    office = request.getfixturevalue("post_office")
    with later(60 * 24 * 30 + 20):
        assert send_waiting() == 2
    assert sorted(letter["Subject"] for letter in office.letters) == ["Request: First", "Request: Second"]


def test_a_server_that_hangs_up_is_tried_again(post_office, told):
    told()
    post_office.answers = {"DATA": "hang up"}
    assert send_waiting() == 0
    assert only().state == "waiting"
    post_office.answers = {}
    assert send_waiting() == 0, "not before its time"
    with later(2):
        assert send_waiting() == 1
    assert len(post_office.letters) == 1


def test_an_address_refused_for_good_fails_and_holds_nobody_up(post_office, told, requester, auditor):
    post_office.answers = {requester.email: "550 no such mailbox"}
    told()
    told(auditor)
    assert send_waiting() == 1
    failed, sent = Mail.objects.order_by("pk")
    assert (failed.state, sent.state) == ("failed", "sent")
    assert "no such mailbox" in failed.problem


def test_an_address_refused_for_now_waits_and_gives_up_in_the_end(post_office, told, requester, auditor):
    post_office.answers = {requester.email: "450 mailbox is full"}
    told()
    told(auditor)
    assert send_waiting() == 1
    assert Mail.objects.get(person=requester).state == "waiting"
    with clock.fixed_at(clock.now() + mailing.PATIENCE + timedelta(hours=1)):
        send_waiting()
    assert Mail.objects.get(person=requester).state == "failed"


def test_a_password_that_the_server_refuses_fails_no_mail(post_office, told, settings):
    post_office.answers = {"MAIL FROM": "530 authentication required"}
    told()
    send_waiting()
    assert only().state == "waiting"


def test_a_worker_that_dies_in_the_middle_delays_the_mail(post_office, told):
    told()
    claim()  # and then the worker is gone
    assert send_waiting() == 0, "somebody may be sending it"
    with clock.fixed_at(clock.now() + mailing.CLAIM + timedelta(seconds=1)):
        assert send_waiting() == 1
    assert len(post_office.letters) == 1


def test_what_the_person_may_not_see_any_more_is_not_mailed(told, mailoutbox):
    told(about={"initiative": make_initiative().pk})
    Initiative.objects.update(is_confidential=True)
    assert send_waiting() == 0
    assert mailoutbox == []
    assert (only().state, only().problem) == ("dropped", "What it is about is not theirs to see any more.")
    assert only().text == ""


def test_who_left_is_not_mailed(told, requester, mailoutbox):
    told()
    requester.is_active, requester.deactivated_at = False, clock.now()
    requester.save()
    send_waiting()
    assert mailoutbox == []
    assert only().problem == f"{requester} left."


def test_who_chose_otherwise_meanwhile_is_not_mailed(told, requester, mailoutbox):
    told()
    choose_mail(actor=requester, request="never")
    send_waiting()
    assert mailoutbox == []
    assert only().state == "dropped"


def test_two_workers_share_the_mails(told):
    told()
    told()
    assert {claim().pk, claim().pk} == {*Mail.objects.values_list("pk", flat=True)}
    assert claim() is None


def test_telling_asks_for_the_mail_to_go(told, django_capture_on_commit_callbacks, monkeypatch):
    asked = []
    monkeypatch.setattr("aiso.events.tasks.send_mails.apply_async", lambda **options: asked.append(options))
    with django_capture_on_commit_callbacks(execute=True):
        told()
        told(kind="news")
    assert asked == [{"retry": False}]


def test_a_strange_name_breaks_no_header(told, requester, post_office):
    requester.name = "Rita\r\nBcc: everybody@example.org"
    requester.save()
    told()
    send_waiting()
    assert all(letter["Bcc"] is None for letter in post_office.letters)
    assert only().state in ("sent", "failed")
    assert django_mail.outbox == []
