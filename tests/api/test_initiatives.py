"""The register as scripts read and change it: the same filters, search, orders, rights and rules as on its pages."""

from datetime import timedelta

import pytest

from aiso import clock
from aiso.accounts.models import Role
from aiso.events.models import Event
from portfolio.models import Bucket, Initiative, Jurisdiction, SearchWord, Tag
from tests.factories import make_entry, make_initiative, make_person, make_unit

from .conftest import kind, problem

pytestmark = pytest.mark.django_db


def ids(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def followed(script, query: dict) -> list[list[str]]:
    """All pages of a list, by its own links."""
    answer = script.get("initiatives/", query)
    pages = [ids(answer)]
    while link := answer.json()["next"]:
        answer = script.get(link.removeprefix("http://testserver"))
        pages.append(ids(answer))
    return pages


@pytest.fixture
def many(db) -> list[Initiative]:
    """Some of them tied in all that they are ordered by."""
    unit = make_unit()
    return [
        make_initiative(f"Pump {number // 3}", unit=unit, stage=("pilot", "build")[number % 2], value=3)
        for number in range(23)
    ]


@pytest.mark.parametrize("order", ["", "name", "-name", "ref", "-changed", "stage", "-priority", "days", "risk"])
def test_pages_hold_each_row_exactly_once(nobody, many, order):
    pages = followed(nobody, {"page_size": 5} | ({"order": order} if order else {}))
    assert [len(page) for page in pages] == [5, 5, 5, 5, 3]
    assert sorted(row for page in pages for row in page) == sorted(each.reference for each in many)


def test_pages_of_a_search_hold_each_row_exactly_once(nobody, many):
    SearchWord.objects.refresh()
    pages = followed(nobody, {"page_size": 5, "q": "pump"})
    assert len(pages) == 5
    assert sorted(row for page in pages for row in page) == sorted(each.reference for each in many)


def test_pages_lead_back(nobody, many):
    first = nobody.get("initiatives/", {"page_size": 5, "order": "name"}).json()
    second = nobody.get(first["next"].removeprefix("http://testserver")).json()
    back = nobody.get(second["previous"].removeprefix("http://testserver")).json()
    assert back["results"] == first["results"]
    assert first["previous"] is None


def test_rows_added_meanwhile_disturb_no_page(nobody, many):
    first = nobody.get("initiatives/", {"page_size": 20, "order": "ref"}).json()
    make_initiative("One more")
    rest = ids(nobody.get(first["next"].removeprefix("http://testserver")))
    assert len(rest) == 4
    assert not {row["id"] for row in first["results"]} & {*rest}


def test_a_count_is_told_to_those_who_ask(nobody, many):
    assert "count" not in nobody.get("initiatives/").json()
    assert nobody.get("initiatives/", {"count": "1", "page_size": 1}).json()["count"] == 23
    assert nobody.get("initiatives/", {"count": "1", "stage": "build"}).json()["count"] == 11


def test_the_register_filters_search_and_orders_hold(nobody, business_owner):
    fraud = make_initiative("Fraud detection", stage="pilot", owner=business_owner, tags=[make_entry(Tag, "risk")])
    pumps = make_initiative("Pump maintenance", stage="build", risk_tier="high")
    SearchWord.objects.refresh()
    assert ids(nobody.get("initiatives/", {"stage": ["pilot", "scale"]})) == [fraud.reference]
    assert ids(nobody.get("initiatives/", {"owner": business_owner.pk})) == [fraud.reference]
    assert ids(nobody.get("initiatives/", {"tag": fraud.tags.get().pk, "stage": "build"})) == []
    assert ids(nobody.get("initiatives/", {"risk": "high"})) == [pumps.reference]
    assert ids(nobody.get("initiatives/", {"risk": "none"})) == [fraud.reference]
    assert ids(nobody.get("initiatives/", {"q": "fraud detecton"})) == [fraud.reference]
    assert ids(nobody.get("initiatives/", {"order": "-name"})) == [pumps.reference, fraud.reference]


def test_a_list_takes_few_queries_however_long(office, business_owner, django_assert_num_queries):
    def add(number: int) -> None:
        make_initiative(
            f"Initiative {number}",
            owner=business_owner,
            risk_owner=make_person(),
            bucket=make_entry(Bucket),
            tags=[make_entry(Tag), make_entry(Tag)],
        ).jurisdictions.add(make_entry(Jurisdiction))

    for number in range(3):
        add(number)
    office.get("initiatives/")
    # The token with its person, the roles, the rows, and the names of all that they point to.
    with django_assert_num_queries(4):
        office.get("initiatives/")
    for number in range(30):
        add(number)
    with django_assert_num_queries(4):
        rows = office.get("initiatives/").json()["results"]
    assert len(rows) == 33
    assert all(len(row["tags"]) == 2 and row["owners"]["business"]["id"] == business_owner.pk for row in rows)
    with django_assert_num_queries(4):
        office.get(f"initiatives/{rows[0]['id']}/")


def test_confidential_ones_are_nowhere_for_a_stranger(nobody, script, business_owner, auditor):
    tag = make_entry(Tag, "hush")
    hidden = make_initiative("Project Nightingale", is_confidential=True, owner=business_owner, tags=[tag])
    address = f"initiatives/{hidden.reference}/"
    for query in ({}, {"q": "nightingale"}, {"tag": tag.pk}, {"owner": business_owner.pk}, {"confidential": "yes"}):
        told = nobody.get("initiatives/", query | {"count": "1"})
        assert ids(told) == []
        assert told.json()["count"] == 0
    for below in ("", "comments/", "owners/", "owners/business/", "metrics/", "answers/", "history/"):
        assert kind(nobody.get(address + below), 404) == "not-found"
        assert script(business_owner).get(address + below).status_code == 200
        assert script(auditor).get(address + below).status_code == 200
    for answer in (
        nobody.patch(address, {"name": "Mine"}),
        nobody.post(f"{address}comments/", {"text": "Hi."}),
        nobody.post(f"{address}metrics/", {"name": "Calls", "unit": "a week", "direction": "up"}),
        nobody.patch(f"{address}owners/risk/", {"person": None}),
        nobody.patch(f"{address}answers/risk_tier/", {"answers": {}}),
    ):
        assert kind(answer, 404) == "not-found"


def test_the_office_enters_what_already_runs(office, office_member):
    unit, tag = make_unit("Claims"), make_entry(Tag, "fraud")
    parts = dict.fromkeys(("value", "feasibility", "data_readiness", "strategic_fit", "governance_complexity"), 3)
    since = clock.today() - timedelta(days=9)
    body = {"name": "Fraud detection", "unit": unit.pk, "stage": "pilot", "since": since.isoformat(), "tags": [tag.pk]}
    answer = office.post("initiatives/", body | parts | {"data_sensitivity": None, "external_id": "U-1"})
    told = answer.json()
    assert answer.status_code == 201, told
    assert (told["stage"], told["stage_since"], told["priority"]) == ("pilot", since.isoformat(), "3.00")
    assert told["tags"] == [{"id": tag.pk, "name": "fraud"}]
    assert told["data_sensitivity"] is None
    assert answer.headers["Location"] == f"/api/v1/initiatives/{told['id']}/"
    assert office.get(answer.headers["Location"]).headers["ETag"] == answer.headers["ETag"]
    assert Event.objects.get(name="initiative.registered").actor == office_member


def test_only_the_office_enters_and_only_where_it_reaches(script, business_owner, auditor):
    unit = make_unit("Claims")
    for person in (business_owner, auditor):
        assert kind(script(person).post("initiatives/", {}), 403) == "forbidden"
    elsewhere = make_person("Ola Member", Role.OFFICE_MEMBER, role_unit=make_unit("Plant"))
    assert kind(script(elsewhere).post("initiatives/", {"name": "x", "unit": unit.pk}), 403) == "forbidden"
    assert not Initiative.objects.exists()


def test_rules_about_what_was_sent_point_at_it(office):
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    body = {"name": "x", "unit": make_unit().pk, "since": tomorrow}
    errors = problem(office.post("initiatives/", body), 422)["errors"]
    assert [error["pointer"] for error in errors] == ["/since"]
    assert not Initiative.objects.exists()


def test_what_is_out_of_use_stays_and_is_chosen_nowhere_anew(office, initiative):
    old, tag = make_entry(Bucket, "Old", is_active=False), make_entry(Tag, "old", is_active=False)
    address = f"initiatives/{initiative.reference}/"
    for body, pointer in (({"bucket": old.pk}, "/bucket"), ({"tags": [tag.pk]}, "/tags")):
        assert problem(office.patch(address, body), 422)["errors"][0]["pointer"] == pointer
        assert kind(office.post("initiatives/", {"name": "x", "unit": initiative.unit_id} | body), 422) == "invalid"
    initiative.tags.add(tag)
    fresh = make_entry(Tag, "fresh")
    kept = office.patch(address, {"tags": [tag.pk, fresh.pk]}).json()["tags"]
    assert [each["name"] for each in kept] == ["fresh", "old"]


def test_owners_change_what_it_says(script, business_owner, initiative):
    tags = [make_entry(Tag, "a"), make_entry(Tag, "b")]
    address = f"initiatives/{initiative.reference}/"
    body = {"summary": "Saves stops.", "outcome": "Two less.", "is_customer_facing": False}
    body["tags"] = [each.pk for each in tags]
    told = script(business_owner).patch(address, body).json()
    assert (told["summary"], told["outcome"], told["is_customer_facing"]) == ("Saves stops.", "Two less.", False)
    assert [each["name"] for each in told["tags"]] == ["a", "b"]
    fields = ["is_customer_facing", "outcome", "summary", "tags"]
    assert Event.objects.get(name="initiative.edited").payload["fields"] == fields


def test_what_others_may_not_change(nobody, script, business_owner, auditor, initiative):
    address = f"initiatives/{initiative.reference}/"
    assert kind(nobody.patch(address, {"name": "Mine"}), 403) == "forbidden"
    assert kind(script(auditor).patch(address, {"name": "Mine"}), 403) == "forbidden"
    owner = script(business_owner)
    assert kind(owner.patch(address, {"is_confidential": True}), 403) == "forbidden"
    for name in ("stage", "risk_tier", "priority", "owners", "id"):
        errors = problem(owner.patch(address, {name: "x"}), 422)["errors"]
        assert errors == [{"pointer": f"/{name}", "message": "There is no such member."}]


def test_whoever_hides_it_is_told_what_it_is_now(office, initiative):
    told = office.patch(f"initiatives/{initiative.reference}/", {"is_confidential": True})
    assert told.json()["is_confidential"] is True


def test_a_reader_who_has_it_is_spared_the_body(office, initiative):
    address = f"initiatives/{initiative.reference}/"
    tag = office.get(address).headers["ETag"]
    same = office.get(address, if_none_match=tag)
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", tag)
    assert office.get(address, if_none_match=f"W/{tag}").status_code == 304
    assert office.get(address, if_none_match='"other"').status_code == 200


def test_a_stale_change_is_refused(office, script, business_owner, initiative):
    address = f"initiatives/{initiative.reference}/"
    tag = office.get(address).headers["ETag"]
    script(business_owner).post(f"{address}comments/", {"text": "Look."})
    assert kind(office.patch(address, {"name": "Late"}, if_match=tag), 412) == "stale"
    assert office.get(address).json()["name"] == initiative.name
    fresh = office.get(address).headers["ETag"]
    done = office.patch(address, {"name": "In time"}, if_match=fresh)
    assert (done.status_code, done.json()["name"]) == (200, "In time")
    assert done.headers["ETag"] != fresh
    assert office.get(address).headers["ETag"] == done.headers["ETag"]


def test_anything_that_it_tells_changes_its_version(office, initiative):
    address = f"initiatives/{initiative.reference}/"
    seen = {office.get(address).headers["ETag"]}
    unit = initiative.unit
    unit.name = "Renamed"
    unit.save()
    seen.add(office.get(address).headers["ETag"])
    office.post(f"{address}metrics/", {"name": "Stops", "unit": "a month", "direction": "down"})
    seen.add(office.get(address).headers["ETag"])
    office.patch(f"{address}owners/risk/", {"person": make_person().pk})
    seen.add(office.get(address).headers["ETag"])
    assert len(seen) == 4


def test_a_field_that_somebody_else_changed_is_told_with_all_values(office, initiative):
    address = f"initiatives/{initiative.reference}/"
    other, mine = make_entry(Bucket, "Theirs"), make_entry(Bucket, "Mine")
    office.patch(address, {"bucket": other.pk, "summary": "Theirs."})
    late = office.patch(address, {"bucket": mine.pk, "name": "New name", "was": {"bucket": None}})
    assert problem(late, 409)["changes"] == {
        "bucket": {
            "was": None,
            "now": {"id": other.pk, "name": "Theirs"},
            "yours": {"id": mine.pk, "name": "Mine"},
        }
    }
    chosen = office.patch(address, {"bucket": mine.pk, "was": {"bucket": other.pk}})
    assert chosen.json()["bucket"]["name"] == "Mine"
    assert chosen.json()["summary"] == "Theirs."
    assert chosen.json()["name"] == initiative.name


def test_a_loop_meets_each_once_although_rows_change_meanwhile(script, office_member):
    rows = [make_initiative(f"Number {n}", unit=None) for n in range(7)]
    office = script(office_member)
    met, address = [], "initiatives/?page_size=2"
    while address:
        page = office.get(address).json()
        met += [each["id"] for each in page["results"]]
        office.patch(f"initiatives/{met[0]}/", {"value": 1 + len(met) % 5, "summary": f"Changed {len(met)}"})
        address = page["next"] and page["next"].partition("/api/v1/")[2]
    assert met == [each.reference for each in rows]
