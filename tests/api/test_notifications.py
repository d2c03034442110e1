"""Notifications, the choice of mail and the outgoing mail, as programs ask for them."""

import pytest

from aiso import clock
from aiso.events.models import Event, Mail, MailPreference, Notification
from aiso.events.telling import tell
from portfolio.models import Initiative
from tests.factories import make_initiative

from .conftest import kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(stranger):
    """Two notifications, the second of an initiative."""
    pumps = make_initiative()
    for what, about in (("mention", {}), ("request", {"initiative": pumps.pk})):
        event = Event.objects.create(name="review.asked", payload=about)
        tell([stranger], event=event, kind=what, text=f"A {what}", path="/profile/")
    return Notification.objects.order_by("pk")


def test_ones_own_newest_first(nobody, office, told):
    rows = nobody.get("notifications/").json()["results"]
    assert [row["text"] for row in rows] == ["A request", "A mention"]
    assert nobody.get("notifications/", {"kind": "mention"}).json()["results"] == rows[1:]
    assert nobody.get(f"notifications/{told[0].pk}/").json() == rows[1]
    assert office.get("notifications/").json()["results"] == []
    assert kind(office.get(f"notifications/{told[0].pk}/"), 404) == "not-found"
    assert kind(office.post(f"notifications/{told[0].pk}/read/"), 404) == "not-found"


def test_what_is_not_ones_own_to_see_any_more_says_nothing(nobody, told):
    Initiative.objects.update(is_confidential=True)
    first = nobody.get("notifications/").json()["results"][0]
    assert (first["text"], first["path"]) == (None, None)


def test_marking_as_read(nobody, told):
    assert nobody.post(f"notifications/{told[0].pk}/read/").json()["read_at"]
    assert len(nobody.get("notifications/", {"is_read": "false"}).json()["results"]) == 1
    assert nobody.post("notifications/read/", {"kind": "mention"}).json() == {"read": 0}
    assert nobody.post("notifications/read/").json() == {"read": 1}
    assert kind(nobody.post("notifications/read/", {"kind": "gossip"}), 422) == "invalid"


def test_choosing_mail(nobody, script, stranger, service_account):
    assert nobody.get("me/mail/").json()["news"] == "digest"
    answer = nobody.patch("me/mail/", {"news": "never", "digest_at": "18:15"}).json()
    assert (answer["news"], answer["digest_at"], answer["request"]) == ("never", "18:15", "at_once")
    assert MailPreference.objects.get(person=stranger).news == "never"
    assert kind(nobody.patch("me/mail/", {"news": "sometimes"}), 422) == "invalid"
    assert kind(script(service_account).patch("me/mail/", {"news": "never"}), 403) == "forbidden"


def test_the_outgoing_mail_is_a_leads(office, script, office_lead, told):
    assert kind(office.get("outgoing-mail/"), 403) == "forbidden"
    lead = script(office_lead)
    rows = lead.get("outgoing-mail/", {"state": "waiting"}).json()["results"]
    assert [(row["state"], row["person"]["name"], row["attempts"]) for row in rows] == [
        ("waiting", "Nobody Special", 0)
    ] * 2
    address = f"outgoing-mail/{rows[0]['id']}/"
    Mail.objects.filter(pk=rows[0]["id"]).update(state="failed", settled_at=clock.now(), problem="550")
    assert lead.get(address).json()["problem"] == "550"
    assert lead.post(f"{address}retry/").json()["state"] == "waiting"
    Mail.objects.update(state="sent", settled_at=clock.now())
    assert lead.post(f"{address}retry/").status_code == 409
    assert office.post(f"{address}retry/").status_code == 403
