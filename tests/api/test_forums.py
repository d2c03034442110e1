"""Bodies that decide and their members on the API."""

from datetime import date

import pytest

from aiso import clock
from aiso.events.models import Event
from forums.models import Forum
from tests.factories import make_seat

from .conftest import kind

pytestmark = pytest.mark.django_db
REVIEW = "forums/portfolio-review/"


@pytest.fixture
def lead(script, office_lead):
    return script(office_lead)


def test_everybody_reads_them_the_highest_first(nobody, executive, django_assert_max_num_queries):
    make_seat("portfolio-review", executive, "chair")
    nobody.get("forums/")
    with django_assert_max_num_queries(8):
        rows = nobody.get("forums/").json()["results"]

    assert [row["rank"] for row in rows] == [30, 20, 15, 15, 10]
    assert rows[1]["chair"] == {"id": executive.pk, "name": executive.name}
    assert rows[0]["chair"] is None
    mine = nobody.get("forums/", {"person": executive.pk}).json()["results"]
    assert [row["slug"] for row in mine] == ["portfolio-review"]


def test_a_forum_is_changed_with_what_was_seen(lead, office):
    assert lead.patch(REVIEW, {"rank": 22, "was": {"rank": 20}}).json()["rank"] == 22
    assert kind(lead.patch(REVIEW, {"rank": 23, "was": {"rank": 20}}), 409) == "conflict"
    assert kind(lead.patch(REVIEW, {"quorum_share": "1.5"}), 422) == "invalid"
    assert kind(office.patch(REVIEW, {"rank": 40}), 403) == "forbidden"
    assert kind(lead.patch("forums/none/", {"rank": 40}), 404) == "not-found"


def test_a_seat_is_given_and_ended(lead, office, executive, service_account):
    given = lead.post(f"{REVIEW}members/", {"person": executive.pk, "role": "chair"})
    assert given.status_code == 201
    assert given.json()["started_on"] == clock.today().isoformat()
    assert lead.get(given.headers["Location"]).json() == given.json()

    assert kind(lead.post(f"{REVIEW}members/", {"person": executive.pk}), 422) == "invalid"
    assert kind(lead.post(f"{REVIEW}members/", {"person": service_account.pk}), 422) == "invalid"
    assert kind(office.post(f"{REVIEW}members/", {"person": executive.pk}), 403) == "forbidden"

    seat = f"{REVIEW}members/{given.json()['id']}/"
    assert kind(office.post(f"{seat}end/"), 403) == "forbidden"
    assert lead.post(f"{seat}end/", {"reason": "Rotation."}).json()["ended_on"] == clock.today().isoformat()
    assert kind(lead.post(f"{seat}end/"), 409) == "refused"
    assert kind(lead.post(f"{REVIEW}members/1000000/end/"), 404) == "not-found"
    assert Event.objects.filter(name="forum.membership_ended").count() == 1


def test_members_are_read_of_a_day(nobody, executive):
    make_seat("portfolio-review", executive, since=date(2026, 1, 1), ended_on=date(2026, 6, 1))

    def on(day: str) -> list:
        return nobody.get(f"{REVIEW}members/", {"on": day}).json()["results"]

    assert [row["person"]["name"] for row in on("2026-05-31")] == [executive.name]
    assert on("2026-06-01") == []
    assert len(nobody.get(f"{REVIEW}members/").json()["results"]) == 1
    assert Forum.objects.count() == 5
