"""The register's pages: what they show to whom, what the address does, how many queries they take."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aiso import clock
from aiso.accounts.models import User
from portfolio import counts
from portfolio.models import Bucket, Stage
from portfolio.register import PAGE_SIZE
from tests.factories import make_initiative, make_unit

FACES = ["portfolio:register", "portfolio:register_board", "portfolio:register_map"]


@pytest.fixture
def signed_in(client, office_member):
    client.force_login(office_member)
    return client


def names_on(response):
    return {row.name for row in response.context["register"].page.rows}


@pytest.mark.parametrize("face", FACES)
def test_strangers_are_asked_to_sign_in(client, db, face):
    response = client.get(reverse(face))

    assert response.status_code == 302
    assert "/accounts/login/" in response["Location"]


@pytest.mark.parametrize("face", FACES)
def test_confidential_ones_leak_on_no_face(client, requester, face):
    make_initiative("Open one", value=3, feasibility=3)
    make_initiative("Secret one", is_confidential=True, value=5, feasibility=5)
    client.force_login(requester)

    response = client.get(reverse(face))

    assert "Secret one" not in response.content.decode()
    assert response.context["summary"]["all"] == 1


@pytest.mark.parametrize("face", FACES)
def test_an_empty_register_says_what_will_be_here(signed_in, face):
    assert signed_in.get(reverse(face)).status_code == 200


def test_filters_narrow_and_stand_as_chips(signed_in):
    division = make_unit("Division")
    make_initiative("Here", unit=make_unit("Team", parent=division), stage=Stage.PILOT)
    make_initiative("Other stage", unit=division, stage=Stage.SCALE)
    make_initiative("Elsewhere", stage=Stage.PILOT)

    response = signed_in.get(reverse("portfolio:register"), {"stage": "pilot", "unit": division.pk})

    assert names_on(response) == {"Here"}
    assert [(chip.label, chip.text) for chip in response.context["register"].chips] == [
        ("Stage", "pilot"),
        ("Unit", "Division"),
    ]


@pytest.mark.parametrize(
    "query", ["order=nonsense", "after=!!", "col=nonsense", "edit=nope", "unknown=1", "stage=", "q=%20"]
)
def test_an_address_that_makes_no_sense_shows_the_register(signed_in, query):
    make_initiative("One")

    response = signed_in.get(f"{reverse('portfolio:register')}?{query}")

    assert response.status_code == 200
    assert names_on(response) == {"One"}


@pytest.mark.parametrize("query", ["stage=nonsense", "unit=x", "unit=999999", "tag=99999", "priority_min=abc"])
def test_a_filter_by_what_is_not_there_finds_nothing(signed_in, query):
    """Widening it to everything would turn a saved view and *Select all* into every initiative."""
    make_initiative("One")

    for face in FACES:
        assert signed_in.get(f"{reverse(face)}?{query}").context["register"].count == 0
    page = signed_in.get(f"{reverse('portfolio:register')}?{query}")
    assert "not there any more" in page.content.decode()
    asked = signed_in.post(reverse("portfolio:bulk_edit"), {"field": "bucket", "all": "1", "query": query}, follow=True)
    assert "Select some initiatives first." in asked.content.decode()


def test_what_a_search_found_goes_on_over_pages(signed_in):
    for number in range(PAGE_SIZE + 3):
        make_initiative(f"Chatbot {number}")

    first = signed_in.get(reverse("portfolio:register"), {"q": "chatbot"})
    second = signed_in.get(reverse("portfolio:register") + first.context["after_address"])

    assert len(names_on(first)) == PAGE_SIZE
    assert len(names_on(second)) == 3
    assert names_on(signed_in.get(reverse("portfolio:register") + second.context["before_address"])) == names_on(first)


def test_missing_owner_and_stability_filters(signed_in, business_owner, technical_owner, risk_owner):
    owners = {"owner": business_owner, "technical_owner": technical_owner, "risk_owner": risk_owner}
    long_ago = clock.today() - timedelta(days=200)
    make_initiative("Stable", stage=Stage.PILOT, since=long_ago, **owners)
    make_initiative("Ownerless", stage=Stage.PILOT, since=long_ago)

    page = reverse("portfolio:register")
    assert names_on(signed_in.get(page, {"stable": "no"})) == {"Ownerless"}
    assert names_on(signed_in.get(page, {"stable": "yes"})) == {"Stable"}
    assert names_on(signed_in.get(page, {"missing": "risk"})) == {"Ownerless"}
    assert names_on(signed_in.get(page, {"owner": risk_owner.pk})) == {"Stable"}


def test_the_filter_editor_comes_alone_for_htmx(signed_in):
    response = signed_in.get(reverse("portfolio:register"), {"edit": "bucket"}, headers={"HX-Request": "true"})

    content = response.content.decode()
    assert content.lstrip().startswith('<div id="editor">')
    assert "Customer operations" in content


def test_counts_follow_a_change_at_once(signed_in, office_member):
    make_initiative("One")
    assert signed_in.get(reverse("portfolio:register")).context["register"].count == 1

    make_initiative("Two")

    assert signed_in.get(reverse("portfolio:register")).context["register"].count == 2


def test_in_a_large_register_a_count_may_be_a_minute_old(office_member, monkeypatch):
    monkeypatch.setattr(counts, "LARGE", 0)
    began = clock.now()
    make_initiative("One")
    with clock.fixed_at(began):
        assert counts.count_register(office_member) == 1
    make_initiative("Two")

    with clock.fixed_at(began + timedelta(seconds=counts.OLD - 1)):
        assert counts.count_register(office_member) == 1
    with clock.fixed_at(began + timedelta(seconds=counts.OLD + 1)):
        assert counts.count_register(office_member) == 2


@pytest.mark.parametrize(
    ("face", "query", "budget"),
    [
        ("portfolio:register", "", 7),
        ("portfolio:register", "stage=pilot&order=name", 8),
        ("portfolio:register", "q=initiative", 8),
        ("portfolio:register_board", "", 15),
        ("portfolio:register_map", "", 7),
    ],
)
def test_queries_are_fixed(signed_in, django_assert_max_num_queries, face, query, budget):
    bucket = Bucket.objects.first()
    for number in range(PAGE_SIZE + 5):
        make_initiative(stage=Stage.PILOT, bucket=bucket, value=number % 5 + 1, feasibility=2)

    with django_assert_max_num_queries(budget):
        response = signed_in.get(f"{reverse(face)}?{query}")

    assert response.status_code == 200


def test_an_owner_is_asked_once_what_they_may_edit(client, business_owner, monkeypatch):
    """Neither a query nor a look at their roles for each row."""
    looks: list[Any] = []
    has_role = User.has_role
    monkeypatch.setattr(User, "has_role", lambda *told, **more: looks.append(told) or has_role(*told, **more))
    client.force_login(business_owner)

    def cost(rows: int) -> tuple[int, int]:
        for number in range(rows):
            make_initiative(owner=business_owner if number % 2 else None)
        looks.clear()
        with CaptureQueriesContext(connection) as queries:
            page = client.get(f"{reverse('portfolio:register')}?col=stage&col=owners&col=money").content.decode()
        assert "/edit/owners/" in page
        return len(queries), len(looks)

    cost(2)  # reads what is then kept
    assert cost(4) == cost(PAGE_SIZE)


def test_hostile_names_are_text(signed_in):
    make_initiative("<script>alert(1)</script>", summary="{{ 7 * 7 }}")

    content = signed_in.get(reverse("portfolio:register")).content.decode()

    assert "<script>alert(1)" not in content
    assert "&lt;script&gt;alert(1)" in content


def test_the_map_places_pairs_and_counts_the_rest(signed_in):
    for _ in range(3):
        make_initiative(value=5, feasibility=4)
    make_initiative(value=1)

    drawn = signed_in.get(reverse("portfolio:register_map")).context["map"]

    assert [(bubble.value, bubble.feasibility, bubble.count) for bubble in drawn.bubbles] == [(5, 4, 3)]
    assert (drawn.placed, drawn.unplaced) == (3, 1)
    assert drawn.finding.startswith("3 of 3")


def test_owners_edit_their_rows_but_for_what_only_the_office_moves(client, business_owner):
    own = make_initiative("Own", owner=business_owner)
    other = make_initiative("Other")
    client.force_login(business_owner)

    content = client.get(reverse("portfolio:register")).content.decode()

    assert f"/initiatives/{own.reference}/edit/bucket/" in content
    assert f"/initiatives/{own.reference}/edit/unit/" not in content
    assert f"/initiatives/{other.reference}/edit/" not in content


def test_a_search_text_without_end_is_not_repeated_in_each_link(signed_in):
    make_initiative("One")

    content = signed_in.get(reverse("portfolio:register"), {"q": "one " * 2000}).content

    assert len(content) < 100_000
