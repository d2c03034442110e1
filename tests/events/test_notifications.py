import pytest
from django.urls import reverse

from aiso import clock
from aiso.accounts.models import User
from aiso.events.actions import mark_read
from aiso.events.models import Event, Notification
from aiso.web.navigation import bell_for, count_anew

pytestmark = pytest.mark.django_db

LIST = reverse("events:notification_list")


def notify(person: User, text: str = "Somebody mentioned you", path: str = "/profile/", **fields) -> Notification:
    event = Event.objects.create(name="comment.added")
    return Notification.objects.create(person=person, event=event, text=text, path=path, **fields)


@pytest.fixture
def person(client, requester: User) -> User:
    client.force_login(requester)
    return requester


def texts_on(page) -> list[str]:
    return [notification.text for notification in page.context["page"].rows]


def test_each_sees_their_own_newest_first(client, person, auditor):
    notify(auditor, "Not yours")
    notify(person, "First")
    notify(person, "Second")
    page = client.get(LIST)
    assert texts_on(page) == ["Second", "First"]
    assert "Mark all as read" in page.content.decode()


def test_opening_marks_as_read_and_leads_to_the_place(client, person):
    notification = notify(person)
    answer = client.post(reverse("events:notification_open", args=[notification.pk]))
    assert answer.url == "/profile/"
    notification.refresh_from_db()
    assert notification.read_at
    assert texts_on(client.get(LIST, {"show": "unread"})) == []


@pytest.mark.parametrize(
    "path", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_a_place_outside_is_not_followed(client, person, path):
    notification = notify(person, path=path)
    assert client.post(reverse("events:notification_open", args=[notification.pk])).url == LIST


def test_a_look_alone_marks_nothing(client, person):
    notification = notify(person)
    assert client.get(reverse("events:notification_open", args=[notification.pk])).status_code == 405
    client.get(LIST)
    notification.refresh_from_db()
    assert notification.read_at is None


def test_anothers_notification_is_not_there(client, person, auditor):
    notification = notify(auditor)
    for name in ("notification_open", "notification_read"):
        assert client.post(reverse(f"events:{name}", args=[notification.pk])).status_code == 404
    assert mark_read(Notification.objects.all(), actor=person) == 0
    notification.refresh_from_db()
    assert notification.read_at is None


def test_marking_one_twice_keeps_the_first_time(client, person):
    notification = notify(person, read_at=clock.now())
    client.post(reverse("events:notification_read", args=[notification.pk]))
    before = notification.read_at
    notification.refresh_from_db()
    assert notification.read_at == before


def test_the_bell_counts_unread_and_forgets_them_when_read(client, person):
    notify(person)
    notify(person)
    count_anew(person)
    bell = bell_for(person)
    assert bell
    assert bell.count == 2
    client.post(reverse("events:notifications_read"))
    assert count_anew(person)["events:notification_list"] == 0
    assert "Nothing unread" in client.get(LIST).content.decode()


def test_the_list_costs_the_same_however_long(client, person, django_assert_max_num_queries):
    for _ in range(60):
        notify(person)
    client.get(LIST)
    with django_assert_max_num_queries(6):
        page = client.get(LIST)
    assert len(texts_on(page)) == 50
    assert len(texts_on(client.get(LIST, {"after": page.context["page"].after}))) == 10


def test_an_empty_list_says_what_will_be_there(client, person):
    assert "mentions you" in client.get(LIST).content.decode()
