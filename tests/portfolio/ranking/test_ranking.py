"""The portfolio by rank: places, who sees what, filters, files, queries; on the page, on the map and over the API."""

import csv
from decimal import Decimal
from io import StringIO

import pytest
from django.urls import reverse

from aiso.accounts.models import Role
from portfolio.models import Bucket, Stage
from portfolio.scatter import ROOM
from tests.api.conftest import Script, make_api_token
from tests.factories import make_entry, make_initiative, make_person, make_unit

pytestmark = pytest.mark.django_db
LIST, MAP = reverse("portfolio:ranking"), reverse("portfolio:ranking_map")


@pytest.fixture
def signed_in(client, office_member):
    client.force_login(office_member)
    return client


@pytest.fixture
def buckets() -> list[Bucket]:
    return [*Bucket.objects.order_by("name")[:2]]


def make(name, priority=None, bucket=None, **fields):
    score = None if priority is None else Decimal(priority)
    return make_initiative(name, priority=score, bucket=bucket, **fields)


def places(response) -> list[tuple]:
    """Name, place over all, place in the bucket and among how many."""
    return [
        (
            each.initiative.name,
            each.overall and each.overall.place,
            each.in_bucket and (each.in_bucket.place, each.in_bucket.among),
        )
        for each in response.context["register"].rows
    ]


def test_places_within_and_across_buckets(signed_in, buckets):
    one, two = buckets
    make("Third", "3.00", one)
    make("First", "4.50", two)
    make("Also third", "3.00", two)
    make("Second", "4.00", one)
    make("Fifth, in no bucket", "2.00")
    make("Not scored", None, one)

    assert places(signed_in.get(LIST)) == [
        ("First", 1, (1, 2)),
        ("Second", 2, (1, 2)),
        ("Third", 3, (2, 2)),
        ("Also third", 3, (2, 2)),
        ("Fifth, in no bucket", 5, None),
        ("Not scored", None, None),
    ]


def test_a_filter_leaves_places_as_they_are(signed_in, buckets):
    make("First", "4.50", buckets[0], stage=Stage.BUILD)
    make("Second", "4.00", buckets[0], stage=Stage.PILOT)

    response = signed_in.get(LIST, {"stage": "pilot"})

    assert places(response) == [("Second", 2, (2, 2))]
    assert response.context["register"].first.name == "Second"


def test_only_those_that_compete_are_ranked(signed_in):
    make("Open", "2.00")
    make("Closed", "5.00", stage=Stage.CLOSED)
    make("Declined", "5.00", is_off_register=True)

    assert places(signed_in.get(LIST)) == [("Open", 1, None)]


def test_no_rank_tells_of_what_is_hidden(client, buckets, requester, office_member):
    make("Open one", "3.00", buckets[0], value=3, feasibility=3)
    make("Secret one", "5.00", buckets[0], is_confidential=True, value=5, feasibility=5)
    client.force_login(requester)

    for address in (LIST, MAP, f"{LIST}export/?format=csv"):
        response = client.get(address)
        content = b"".join(response) if response.streaming else response.content
        assert b"Secret one" not in content
    assert places(client.get(LIST)) == [("Open one", 1, (1, 1))]
    assert client.get(LIST).context["register"].tabs[0].count == 1
    # Said whether or not something is hidden, so that it tells nothing.
    assert "so that no rank tells of them" in client.get(LIST).content.decode()

    client.force_login(office_member)
    assert [name for name, *_ in places(client.get(LIST))] == ["Secret one", "Open one"]
    assert "so that no rank tells of them" not in client.get(LIST).content.decode()


def test_one_tab_a_bucket_with_its_count(signed_in, buckets):
    make("Here", "3.00", buckets[0])
    make("There", "3.00", buckets[1])

    response = signed_in.get(LIST, {"bucket": buckets[0].pk})

    open_tab = [tab for tab in response.context["register"].tabs if tab.is_open]
    assert [(tab.label, tab.count) for tab in open_tab] == [(buckets[0].name, 1)]
    assert places(response) == [("Here", 1, (1, 1))]


def test_money_is_shown_to_those_who_may_see_it(client, requester, executive):
    make("Pumps", "3.00", requested_amount=77_777)

    client.force_login(requester)
    assert "Not shown to you" in client.get(LIST).content.decode()
    assert "77" not in b"".join(client.get(f"{LIST}export/?format=csv")).decode().split("\n")[1].split(",")[-2]
    client.force_login(executive)
    assert "77.8\N{NO-BREAK SPACE}k€" in client.get(LIST).content.decode()


def test_empty_and_unmatched(signed_in):
    assert "Nothing to rank yet" in signed_in.get(LIST).content.decode()
    assert "Nothing is scored" in signed_in.get(MAP).content.decode()

    make("Pumps", "3.00")
    assert "Nothing matches" in signed_in.get(LIST, {"stage": "scale"}).content.decode()
    assert "not there any more" in signed_in.get(LIST, {"tag": "999999"}).content.decode()


def test_the_file_holds_all_of_it_best_first(signed_in, buckets):
    parts = {"value": 5, "feasibility": 4, "data_readiness": 3, "strategic_fit": 2, "governance_complexity": 1}
    make("=Second", "3.00", buckets[0], requested_amount=1000)
    make("First", "4.00", buckets[0], **parts)

    answer = signed_in.get(f"{LIST}export/?format=csv")
    head, first, second = csv.reader(StringIO(b"".join(answer).decode("utf-8-sig")))

    assert head[:6] == ["Rank", "Of", "Rank in bucket", "Of", "Reference", "Initiative"]
    assert first[:4] == ["1", "2", "1", "2"]
    assert first[5] == "First"
    assert first[11:17] == ["4.00", "5", "4", "3", "2", "1"]
    assert second[5] != "=Second"
    assert second[-2:] == ["1000.00", "0.00"]
    assert signed_in.get(f"{LIST}export/?format=xlsx").status_code == 200


@pytest.mark.parametrize(
    ("address", "budget"), [(LIST, 12), (f"{LIST}?stage=pilot", 13), (MAP, 11), (f"{LIST}?after=broken", 12)]
)
def test_queries_are_fixed(signed_in, django_assert_max_num_queries, buckets, address, budget):
    unit = make_unit()
    for number in range(60):
        make(f"Nr {number}", f"{number % 5}.10", buckets[number % 2], unit=unit, stage="pilot", value=3, feasibility=2)

    with django_assert_max_num_queries(budget):
        assert signed_in.get(address).status_code == 200


def test_the_map_places_each_and_counts_the_rest(signed_in, buckets):
    for number in range(ROOM + 3):
        make(f"Nr {number}", "3.00", buckets[0], value=5, feasibility=4)
    make("Poor", "1.00", buckets[1], value=1, feasibility=1)
    make("Half scored", None, value=2)

    drawn = signed_in.get(MAP).context["map"]

    assert len(drawn.marks) == ROOM + 1
    assert [(cell.value, cell.feasibility, cell.count, cell.beyond) for cell in drawn.cells] == [
        (5, 4, ROOM + 3, 3),
        (1, 1, 1, 0),
    ]
    assert {quarter.label: quarter.count for quarter in drawn.quarters if quarter.count} == {
        "Take up first": ROOM + 3,
        "Leave for now": 1,
    }
    assert (drawn.placed, drawn.unplaced) == (ROOM + 4, 1)
    assert len({(mark.x, mark.y) for mark in drawn.marks}) == len(drawn.marks)
    assert [look.label for look in drawn.legend] == sorted(bucket.name for bucket in buckets)


def test_a_bucket_keeps_its_look_whatever_is_filtered(signed_in, buckets):
    for bucket in buckets:
        make(f"In {bucket}", "3.00", bucket, value=3, feasibility=3)

    looks = {mark.initiative.bucket_id: mark.look for mark in signed_in.get(MAP).context["map"].marks}
    alone = signed_in.get(MAP, {"bucket": buckets[1].pk}).context["map"].marks

    assert [mark.look for mark in alone] == [looks[buckets[1].pk]]
    assert len({(look.shape, look.colour) for look in looks.values()}) == 2


def test_the_api_ranks_the_same_way(requester, buckets):
    make("Second", "3.00", buckets[0], requested_amount=500)
    make("First", "4.00", buckets[0])
    make("Secret", "5.00", buckets[0], is_confidential=True)

    script = Script(make_api_token(requester)[1])
    rows = script.get("portfolio/ranking/", {"page_size": 1, "count": True}).json()
    again = script.get(rows["next"].removeprefix("http://testserver")).json()

    assert rows["count"] == 2
    assert [row["name"] for row in (*rows["results"], *again["results"])] == ["First", "Second"]
    assert again["results"][0]["rank"] == {"place": 2, "among": 2}
    assert again["results"][0]["rank_in_bucket"] == {"place": 2, "among": 2}
    assert again["results"][0]["asked"] is None
    assert script.get("portfolio/ranking/", {"stage": "no such"}).status_code == 400
    assert script.get("portfolio/ranking/", {"after": "nowhere"}).status_code == 400


def test_money_over_the_api_for_those_who_see_it():
    unit, bucket = make_unit("Service"), make_entry(Bucket)
    make("Pumps", "3.00", bucket, unit=unit, requested_amount=500)
    finance = make_person("Fay", Role.FINANCE_CONTROLLER, role_unit=unit)

    [row] = Script(make_api_token(finance)[1]).get("portfolio/ranking/").json()["results"]

    assert (row["asked"], row["committed"]) == ("500.00", "0.00")
