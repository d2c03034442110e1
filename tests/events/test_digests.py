"""The daily digest: when it comes, what is in it, and how one ends it."""

from datetime import UTC, datetime, time

import pytest
from django.core import signing
from django.test import Client

from aiso import clock
from aiso.events import letters
from aiso.events.actions import choose_mail
from aiso.events.digests import write_digests
from aiso.events.letters import SALT
from aiso.events.mailing import send_waiting
from aiso.events.models import Mail, MailPreference, Notification
from portfolio.models import Initiative
from tests.factories import make_initiative

pytestmark = pytest.mark.django_db


def at(text: str):
    """A moment of the week from Monday 23 November 2026, e.g. `24 07:00`."""
    return clock.fixed_at(datetime.fromisoformat(f"2026-11-{text.replace(' ', 'T')}").replace(tzinfo=UTC))


@pytest.fixture
def digests(mailoutbox):
    """Write and send at a moment; gives the subjects of what went out then."""

    def written(moment: str) -> list[str]:
        before = len(mailoutbox)
        with at(moment):
            write_digests()
            send_waiting()
        return [each.subject for each in mailoutbox[before:]]

    return written


def test_it_comes_in_the_morning_grouped_by_kind(told, requester, digests, mailoutbox):
    choose_mail(actor=requester, request="digest", mention="digest")
    with at("23 10:00"):
        told(kind="news", text="AI-0001 was accepted")
        told(kind="request", text="Please answer")
        told(kind="request", text="Please answer too")
    assert digests("23 23:00") == []
    assert digests("24 06:55") == []
    assert digests("24 07:00") == ["24 Nov 2026: 2 requests, 1 piece of news"]
    body = mailoutbox[0].body
    assert body.index("2 requests") < body.index("Please answer too") < body.index("AI-0001 was accepted")
    assert digests("24 07:05") == []
    assert digests("25 07:00") == []


def test_what_comes_after_the_hour_waits_for_the_next_working_day(told, digests):
    with at("26 08:00"):
        told(kind="news", text="Late")
    assert digests("26 08:05") == []
    assert digests("27 07:00") == ["27 Nov 2026: 1 piece of news"]


def test_a_day_off_is_skipped(told, digests):
    with at("27 08:00"):
        told(kind="news", text="Friday")
    with at("28 08:00"):
        told(kind="news", text="Saturday")
    assert digests("28 07:00") == digests("29 07:00") == []
    assert digests("30 07:00") == ["30 Nov 2026: 2 pieces of news"]


def test_a_run_that_was_missed_is_made_up_for(told, digests):
    with at("23 10:00"):
        told(kind="news", text="Before the hour")
    with at("24 11:00"):
        told(kind="news", text="After it")
    assert digests("24 15:00") == ["24 Nov 2026: 1 piece of news"]
    # A whole day without a worker, too.
    assert digests("26 09:00") == ["26 Nov 2026: 1 piece of news"]


def test_each_has_an_hour_of_their_own_in_the_offices_zone(told, requester, digests, settings):
    settings.TIME_ZONE = "America/New_York"
    choose_mail(actor=requester, digest_at=time(16, 30))
    with at("23 10:00"):
        told(kind="news")
    assert digests("23 21:29") == []
    assert digests("23 21:30") == ["23 Nov 2026: 1 piece of news"]


def test_what_was_read_is_no_news(told, digests):
    with at("23 10:00"):
        told(kind="news")
    Notification.objects.update(read_at=clock.now())
    assert digests("24 07:00") == []
    assert not Mail.objects.exists()


def test_what_one_may_not_see_any_more_is_left_out(told, digests, mailoutbox):
    with at("23 10:00"):
        told(kind="news", text="Secret pumps", about={"initiative": make_initiative().pk})
        told(kind="news", text="Open valves")
    Initiative.objects.update(is_confidential=True)
    assert digests("24 07:00") == ["24 Nov 2026: 1 piece of news"]
    assert "Secret pumps" not in mailoutbox[0].body
    assert "Secret pumps" not in mailoutbox[0].alternatives[0].content


def test_a_long_digest_names_the_rest(told, digests, mailoutbox, monkeypatch):
    monkeypatch.setattr(letters, "MOST", 2)
    with at("23 10:00"):
        for number in range(5):
            told(kind="news", text=f"News {number}")
    assert digests("24 07:00") == ["24 Nov 2026: 5 pieces of news"]
    assert "and 3 more: http" in mailoutbox[0].body


def test_two_runs_at_once_write_one(told, requester):
    with at("23 10:00"):
        told(kind="news")
    with at("24 07:00"):
        Mail.objects.create(person=requester, digest_of=clock.today())
        assert write_digests() == 0
    assert Mail.objects.count() == 1


def test_one_click_ends_it(told, requester, digests, mailoutbox, settings):
    choose_mail(actor=requester, mention="digest")
    with at("23 10:00"):
        told(kind="news")
    digests("24 07:00")
    headers = mailoutbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = headers["List-Unsubscribe"].strip("<>").removeprefix(settings.SITE_ADDRESS)
    assert address in mailoutbox[0].body
    assert address not in Mail.objects.get().text

    mail_program = Client(enforce_csrf_checks=True)
    page = mail_program.get(address)
    assert "End the daily digest?" in page.content.decode()
    assert MailPreference.objects.get().news == "digest", "a look alone changes nothing"
    for _ in range(2):
        answer = mail_program.post(address, {"List-Unsubscribe": "One-Click"})
        assert "No more digests" in answer.content.decode()
    chosen = MailPreference.objects.get()
    assert (chosen.news, chosen.mention, chosen.request) == ("never", "never", "at_once")


@pytest.mark.parametrize(
    "token", ["1", "1:abc", signing.dumps(1, salt="other")], ids=["bare", "forged", "of another use"]
)
def test_an_address_that_nobody_signed_ends_nothing(client, requester, token):
    assert client.post(f"/mail/digest/end/{token}/").status_code == 404
    assert client.post(f"/mail/digest/end/{signing.dumps(999999, salt=SALT)}/").status_code == 404


def test_what_waits_is_not_lost_when_one_chooses_at_once(told, requester, digests):
    with at("23 10:00"):
        told(kind="news")
    choose_mail(actor=requester, news="at_once")
    assert digests("24 07:00") == ["24 Nov 2026: 1 piece of news"]


def test_writing_looks_once_at_who_waits(told, requester, auditor, django_assert_max_num_queries):
    with at("24 06:00"):
        for person in (requester, auditor):
            told(person, kind="news")
    with at("24 06:30"), django_assert_max_num_queries(3):
        assert write_digests() == 0
