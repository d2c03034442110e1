"""Who is told, once, and how it reaches them."""

from datetime import timedelta

import pytest

from aiso import clock
from aiso.events.actions import choose_mail
from aiso.events.models import Event, Mail, Notification
from aiso.events.outbox import publish
from aiso.events.tasks import forget_read_notifications
from aiso.events.telling import tell
from portfolio.models import Initiative
from tests.factories import make_initiative, make_person

pytestmark = pytest.mark.django_db


def asked(actor=None, **about) -> Event:
    return publish("review.asked", actor=actor, **about)


def names(event: Event) -> list[str]:
    return sorted(event.notifications.values_list("person__name", flat=True))


def test_each_is_told_once_an_event(requester, auditor, office_lead):
    event = asked(office_lead)
    for _ in range(2):
        tell([requester, auditor, requester], event=event, kind="request", text="Please answer", path="/profile/")
    assert names(event) == [auditor.name, requester.name]
    assert Mail.objects.count() == 2
    tell([requester], event=asked(office_lead), kind="request", text="Please answer", path="/profile/")
    assert Notification.objects.filter(person=requester).count() == 2


def test_the_actor_leavers_and_programs_are_not_told(requester, office_lead, service_account):
    gone = make_person("Gone Away", is_active=False)
    event = asked(office_lead)
    new = tell([office_lead, gone, service_account, requester], event=event, kind="news", text="Done", path="/")
    assert [each.person for each in new] == [requester]
    tell([office_lead], event=event, kind="news", text="Done", path="/", even_actor=True)
    assert names(event) == [office_lead.name, requester.name]


def test_of_a_confidential_initiative_only_those_who_see_it(requester, business_owner, auditor):
    initiative = make_initiative(is_confidential=True, owner=business_owner)
    event = asked(initiative=initiative)
    tell([requester, business_owner, auditor], event=event, kind="request", text="Pumps", path="/")
    assert names(event) == [auditor.name, business_owner.name]
    other = asked(initiative=initiative)
    tell([requester], event=other, kind="news", text="Nothing of it", path="/", about={})
    assert names(other) == [requester.name]


@pytest.mark.parametrize("kind", Notification.Kind.values)
def test_only_news_waits_for_the_digest_unless_one_chose(requester, kind):
    at_once = kind != "news"
    (notification,) = tell([requester], event=asked(), kind=kind, text="Now", path="/")
    assert (bool(notification.mail), notification.awaits_digest) == (at_once, not at_once)


@pytest.mark.parametrize(("how", "mails", "waits"), [("at_once", 1, False), ("digest", 0, True), ("never", 0, False)])
def test_as_each_chose(requester, how, mails, waits):
    choose_mail(actor=requester, mention=how)
    (notification,) = tell([requester], event=asked(), kind="mention", text="You", path="/")
    assert (Mail.objects.count(), notification.awaits_digest) == (mails, waits)


def test_a_long_text_is_one_line_cut(requester):
    (notification,) = tell([requester], event=asked(), kind="news", text="Well\nbegun " * 60, path="/")
    assert len(notification.text) == 300
    assert "\n" not in notification.text
    assert notification.text.endswith("…")


def test_an_unknown_kind_is_a_mistake(requester):
    with pytest.raises(ValueError, match="gossip"):
        tell([requester], event=asked(), kind="gossip", text="Psst", path="/")


def test_the_number_of_people_costs_little(office_lead, django_assert_max_num_queries):
    people = [make_person() for _ in range(30)]
    with django_assert_max_num_queries(8):
        tell(people, event=asked(office_lead), kind="request", text="All of you", path="/")
    assert Notification.objects.count() == 30


def test_a_notification_that_is_not_ones_own_to_see_any_more_shows_nothing(client, requester):
    initiative = make_initiative("Secret pumps")
    tell([requester], event=asked(initiative=initiative), kind="request", text="Secret pumps wait", path="/profile/")
    client.force_login(requester)
    assert "Secret pumps" in client.get("/notifications/").content.decode()
    Initiative.objects.update(is_confidential=True)
    page = client.get("/notifications/").content.decode()
    assert "Secret pumps" not in page
    assert "not yours to see any more" in page


def test_old_ones_that_were_read_are_forgotten(requester, settings):
    for days in (91, 89, None):
        (each,) = tell([requester], event=asked(), kind="request", text=f"Read {days}", path="/")
        Notification.objects.filter(pk=each.pk).update(read_at=days and clock.now() - timedelta(days=days))
    Mail.objects.filter(notifications__text="Read 91").update(state="sent", settled_at=clock.now() - timedelta(days=91))
    forget_read_notifications()
    assert sorted(Notification.objects.values_list("text", flat=True)) == ["Read 89", "Read None"]
    assert Mail.objects.count() == 2
    assert Event.objects.count() == 3
