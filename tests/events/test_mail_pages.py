"""Choosing mail, the bell by kind, and the outgoing mail as an office lead keeps it."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from aiso import clock
from aiso.errors import DomainError
from aiso.events.actions import choose_mail, end_digest, mark_read, send_again
from aiso.events.models import Event, Mail, MailPreference, Notification

pytestmark = pytest.mark.django_db

LIST = reverse("events:notification_list")
CHOICE = reverse("events:mail_preference")
OUTGOING = reverse("events:mail_list")
CHOSEN = {"request": "digest", "reminder": "never", "escalation": "at_once", "mention": "digest", "news": "never"}


@pytest.fixture
def lead(client, office_lead):
    client.force_login(office_lead)
    return office_lead


def test_one_chooses_by_kind(client, requester):
    client.force_login(requester)
    page = client.get(CHOICE).content.decode()
    assert page.count('value="at_once"') == 5
    assert 'value="07:00"' in page
    assert client.post(CHOICE, CHOSEN | {"digest_at": "06:30"}).url == CHOICE
    chosen = MailPreference.objects.get(person=requester)
    assert {kind: chosen.how(kind) for kind in CHOSEN} == CHOSEN
    assert f"{chosen.digest_at:%H:%M}" == "06:30"
    assert Event.objects.get(name="mail_preference.chosen").actor == requester
    client.post(CHOICE, CHOSEN | {"digest_at": "06:30"})
    assert Event.objects.filter(name="mail_preference.chosen").count() == 1


@pytest.mark.parametrize("wrong", [{"request": "sometimes"}, {"digest_at": "25:00"}, {"news": ""}])
def test_what_cannot_be_chosen_is_said(client, requester, wrong):
    client.force_login(requester)
    assert client.post(CHOICE, CHOSEN | {"digest_at": "06:30"} | wrong).status_code == 422
    assert not MailPreference.objects.exists()


def test_the_actions_refuse_too(requester, auditor, service_account):
    with pytest.raises(DomainError):
        choose_mail(actor=requester, news="sometimes")
    with pytest.raises(PermissionDenied):
        choose_mail(actor=service_account, news="never")
    with pytest.raises(PermissionDenied):
        end_digest(requester, actor=auditor)


def test_the_bell_by_kind(client, told, requester):
    client.force_login(requester)
    told(kind="request", text="Please answer")
    told(kind="mention", text="You were named")
    page = client.get(LIST, {"kind": "mention"})
    assert [each.text for each in page.context["page"].rows] == ["You were named"]
    assert "Mark all of this kind as read" in page.content.decode()
    client.post(reverse("events:notifications_read"), {"kind": "mention"})
    assert [*Notification.objects.unread().values_list("kind", flat=True)] == ["request"]
    assert "None of this kind" in client.get(LIST, {"kind": "escalation"}).content.decode()
    # A kind that nobody knows is every kind.
    assert len(client.get(LIST, {"kind": "gossip"}).context["page"].rows) == 2


@pytest.mark.parametrize("query", [{}, {"show": "unread"}, {"kind": "news"}, {"kind": "news", "show": "unread"}])
def test_ten_thousand_notifications_cost_as_many_queries_as_ten(client, requester, query, django_assert_num_queries):
    client.force_login(requester)
    event = Event.objects.create(name="comment.added", payload={})
    events = Event.objects.bulk_create([Event(name="made", payload={}) for _ in range(10_000)])
    Notification.objects.bulk_create(
        [Notification(person=requester, event=each, text="News", path="/") for each in events]
    )
    Notification.objects.create(person=requester, event=event, text="You", path="/", about={"initiative": 1})
    client.get(LIST, query)
    # The person, the roles, the page, what is unread, and the initiatives that the page is about.
    with django_assert_num_queries(5):
        page = client.get(LIST, query)
    client.get(LIST, query | {"after": page.context["page"].after})


def test_a_lead_sees_what_went_and_what_did_not(client, lead, told, auditor):
    told(text="Waits")
    told(auditor, text="Went")
    Mail.objects.filter(person=auditor).update(state="sent", settled_at=clock.now(), subject="Request: Went", text="It")
    page = client.get(OUTGOING).content.decode()
    assert "1 mail</b> waiting" in page
    assert "Waits" in page
    assert "Request: Went" in page
    sent = client.get(OUTGOING, {"state": "sent"}).content.decode()
    assert "Waits" not in sent
    assert "No mail here" in client.get(OUTGOING, {"state": "failed"}).content.decode()
    told_mail = client.get(reverse("events:mail_detail", args=[Mail.objects.get(state="sent").pk]))
    assert "Try again now" not in told_mail.content.decode()


def test_a_failed_mail_is_tried_again(client, lead, told):
    told()
    mail = Mail.objects.get()
    Mail.objects.update(state="failed", settled_at=clock.now(), problem="550 no such mailbox", attempts=1)
    detail = reverse("events:mail_detail", args=[mail.pk])
    assert "550 no such mailbox" in client.get(detail).content.decode()
    assert client.post(reverse("events:mail_retry", args=[mail.pk])).url == detail
    mail.refresh_from_db()
    assert (mail.state, mail.settled_at) == ("waiting", None)
    assert Mail.objects.due().get() == mail
    assert Event.objects.get(name="mail.tried_again").actor == lead


def test_what_is_settled_is_not_tried_again(client, lead, told):
    told()
    Mail.objects.update(state="sent", settled_at=clock.now())
    answer = client.post(reverse("events:mail_retry", args=[Mail.objects.get().pk]))
    assert answer.status_code == 409
    assert "settled: sent" in answer.content.decode()


def test_nobody_else_reads_the_mail(client, told, office_member, auditor):
    told()
    mail = Mail.objects.get()
    for person in (office_member, auditor):
        client.force_login(person)
        for name, args in (("mail_list", []), ("mail_detail", [mail.pk])):
            assert client.get(reverse(f"events:{name}", args=args)).status_code == 403
        with pytest.raises(PermissionDenied):
            send_again(mail, actor=person)
        assert not Mail.objects.visible_to(person).exists()


def test_the_outgoing_mail_costs_the_same_however_long(client, lead, requester, django_assert_max_num_queries):
    Mail.objects.bulk_create([Mail(person=requester) for _ in range(300)])
    client.get(OUTGOING)
    with django_assert_max_num_queries(6):
        assert len(client.get(OUTGOING).context["page"].rows) == 50


def test_marking_read_is_ones_own(told, auditor, requester):
    told()
    assert mark_read(Notification.objects.all(), actor=auditor) == 0
    assert mark_read(Notification.objects.all(), actor=requester) == 1
