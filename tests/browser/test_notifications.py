"""The bell by kind, the choice of mail, and the outgoing mail, in light and dark, on a laptop and a phone."""

import pytest
from django.urls import reverse

from aiso import clock
from aiso.configuration.actions import edit_draft, start_draft
from aiso.configuration.calendar import KIND as CALENDAR
from aiso.events.mailing import send_waiting
from aiso.events.models import Event, Mail, MailPreference, Notification
from aiso.events.telling import tell
from tests.factories import make_initiative

from .conftest import LOOKS, axe_findings, overflow

CLOSED = {"name": "Summer break", "first_day": "2027-08-02", "last_day": "2027-08-06"}


@pytest.fixture
def mails(transactional_db, office_lead, requester):
    """One of each kind for the lead; mail that went, waits and failed; and a draft of the calendar."""
    pumps = make_initiative("Predictive maintenance for pumps")
    for kind, text in {
        "request": "Rita Quest asks you to sign off AI-0001 Predictive maintenance for pumps",
        "escalation": "The security sign-off of AI-0001 is 1 working day late",
        "reminder": "Your sign-off of AI-0001 is due in 2 working days",
        "mention": "Rita Quest mentioned you on AI-0001",
        "news": "Import of inventory.csv: 1,757 initiatives created",
    }.items():
        event = Event.objects.create(name="review.asked", payload={"initiative": pumps.pk})
        tell([office_lead], event=event, kind=kind, text=text, path="/profile/")
    Notification.objects.filter(kind="news").update(read_at=clock.now())
    send_waiting()
    settled = {"state": "failed", "settled_at": clock.now(), "subject": "Request: Please answer"}
    Mail.objects.create(person=requester, problem="550 5.1.1 no such mailbox", attempts=1, **settled)
    Mail.objects.create(person=requester, problem="[Errno 111] Connection refused", attempts=3, digest_of="2026-11-23")
    content = {"weekdays": ["0", "1", "2", "3", "4"], "country": "DE", "region": "BY", "closed": [CLOSED]}
    edit_draft(start_draft(CALENDAR, actor=office_lead), actor=office_lead, content=content)


def addresses() -> list[str]:
    bell = reverse("events:notification_list")
    return [
        bell,
        f"{bell}?show=unread&kind=request",
        f"{bell}?kind=news&show=unread",
        reverse("events:mail_preference"),
        reverse("events:mail_list"),
        f"{reverse('events:mail_list')}?state=dropped",
        *(reverse("events:mail_detail", args=[mail.pk]) for mail in Mail.objects.order_by("pk")[3:5]),
        reverse("configuration:kind_detail", args=["calendar"]),
        reverse("configuration:draft_edit", args=["calendar"]),
        reverse("configuration:draft_publish", args=["calendar"]),
    ]


@pytest.mark.parametrize(("on", "theme"), LOOKS)
def test_pages(visit, office_lead, mails, on, theme):
    page = visit(reverse("web:home"), as_=office_lead, on=on, theme=theme)
    wrong: list[str] = []
    for address in addresses():
        page.goto(address)
        wrong += [f"{address} {found}" for found in (*axe_findings(page), overflow(page)) if found]
    assert wrong == []


def test_choosing_and_trying_again(visit, office_lead, mails):
    page = visit(reverse("accounts:profile"), as_=office_lead)
    page.get_by_label("Account", exact=True).get_by_role("link", name="Mail to you").first.click()
    page.get_by_role("group", name="Mentions").get_by_label("Never").check()
    page.get_by_label("Time of the daily digest").fill("18:30")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Your mail comes as you chose.").wait_for()
    chosen = MailPreference.objects.get(person=office_lead)
    assert (chosen.mention, f"{chosen.digest_at:%H:%M}") == ("never", "18:30")

    page.goto(f"{reverse('events:mail_list')}?state=failed")
    page.get_by_role("link", name="Request: Please answer").click()
    page.get_by_role("button", name="Try again now").click()
    page.get_by_text("The mail is tried again now.").wait_for()
    assert not Mail.objects.filter(state="failed").exists()
