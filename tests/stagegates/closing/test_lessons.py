"""Where lessons are read: the list, the initiative's page, at similar requests; never by whom they are hidden from."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portfolio.duplicates import likely_duplicates
from portfolio.models import SearchWord, Stage
from stagegates.actions.close import add_lesson
from stagegates.actions.ruling import Closing
from stagegates.models import Closure
from tests.api.conftest import Script, make_api_token
from tests.factories import LEARNT, make_initiative, make_unit
from tests.stagegates.decisions.conftest import make_review

from .conftest import end

pytestmark = pytest.mark.django_db
ALIKE = "Claims triage for motor damage by photographs"


def body_of(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def alike(chair, business_owner):
    """Two that ended and say the same, one of them confidential."""
    told = {"owner": business_owner, "risk_tier": "low", "stage": Stage.PILOT, "summary": "Sorts motor claims."}
    open_to_all, hidden = make_initiative(ALIKE, **told), make_initiative(ALIKE, is_confidential=True, **told)
    end(open_to_all, chair, closing=Closing("cost", "Price the archive first.", "The photographs."))
    end(hidden, chair, closing=Closing("risk", "Nobody may know this.", ""))
    SearchWord.objects.refresh()
    return open_to_all, hidden


def test_a_similar_request_is_told_what_was_learnt(alike, stranger, business_owner):
    add_lesson(alike[0].closures.get(), actor=business_owner, text="Ask the garage, too.")
    found = likely_duplicates(stranger, name="Triage of motor damage claims by photographs")
    (lesson,) = (each.lesson for each in found)
    assert (lesson.reason, lesson.learnt) == ("Cost", ("Price the archive first.", "Ask the garage, too."))
    seen = likely_duplicates(business_owner, name="Triage of motor damage claims by photographs")
    assert {each.lesson.reason for each in seen} == {"Cost", "Risk"}


def test_one_that_ended_without_a_word_must_be_liker(stranger):
    silent = make_initiative(ALIKE, stage=Stage.CLOSED)
    assert not likely_duplicates(stranger, name=ALIKE, only_ended=True)
    (found,) = likely_duplicates(stranger, name=ALIKE)
    assert (found.initiative, found.lesson) == (silent, None)


def test_the_first_gate_review_shows_it_the_next_does_not(client, alike, business_owner, stranger):
    own = make_initiative("Motor damage claims triage by photographs", owner=business_owner, risk_tier="low")
    first = make_review(own, gates=("workflow-fit",), submitted=False)
    client.force_login(stranger)
    page = body_of(client.get(first.get_absolute_url()))
    assert "Learnt at similar initiatives" in page
    assert "Price the archive first." in page
    assert "Nobody may know this." not in page
    other = make_initiative("Motor damage claims triage by photographs", stage=Stage.PILOT, owner=business_owner)
    assert "Price the archive" not in body_of(client.get(make_review(other).get_absolute_url()))


def test_the_page_of_one_that_ended(client, ended, stranger, business_owner):
    add_lesson(ended, actor=business_owner, text="Tell the users twice.")
    client.force_login(stranger)
    page = body_of(client.get(ended.initiative.get_absolute_url()))
    for told in ("Why it ended", "No value path", LEARNT.lessons, LEARNT.reusable, "Tell the users twice.", "7 of 7"):
        assert told in page
    assert "Handed back" not in page
    client.force_login(business_owner)
    assert "Handed back" in body_of(client.get(ended.initiative.get_absolute_url()))


def test_one_that_was_closed_before_says_so(client, stranger):
    before = make_initiative(stage=Stage.CLOSED)
    client.force_login(stranger)
    assert "before this register kept reasons" in body_of(client.get(before.get_absolute_url()))
    page = body_of(client.get("/closings/"))
    assert "1 more" in page
    assert "Nothing was closed with a lesson yet" in page


def test_the_list_is_searched_filtered_and_ordered(client, alike, ended, stranger, business_owner):
    client.force_login(business_owner)
    assert body_of(client.get("/closings/")).count("<tr data-row>") == 3
    assert body_of(client.get("/closings/?reason=risk")).count("<tr data-row>") == 1
    assert body_of(client.get("/closings/?q=archive+price")).count("<tr data-row>") == 1
    assert body_of(client.get("/closings/?state=open")).count("<tr data-row>") == 1
    assert "Nothing to decommission is late" in body_of(client.get("/closings/?state=late"))
    assert "No closed initiative fits" in body_of(client.get("/closings/?q=nowhere"))
    unit = alike[0].unit_id
    assert body_of(client.get(f"/closings/?unit={unit}&order=name")).count("<tr data-row>") == 1
    assert client.get("/closings/?unit=x&reason=y&order=z&state=q&after=x").status_code == 200
    client.force_login(stranger)
    page = body_of(client.get("/closings/?order=money"))
    assert page.count("<tr data-row>") == 2
    assert "Nobody may know this." not in page
    assert client.get(alike[1].closures.get().get_absolute_url()).status_code == 404


def test_its_file_hides_what_the_reader_may_not_see(client, tranches, chair, stranger, business_owner, alike):
    end(tranches[0].initiative, chair)
    for person, rows, sums in ((stranger, 2, 0), (business_owner, 3, 1)):
        client.force_login(person)
        text = b"".join(client.get("/closings/export/?format=csv").streaming_content).decode()
        assert text.count("Carla Chair") == rows
        assert text.count("60000") == sums
        assert client.get("/closings/export/").status_code == 200


@pytest.mark.parametrize("address", ["/closings/", "/api/v1/closings/"])
def test_the_list_costs_the_same_however_long(client, chair, office_member, address):
    client.force_login(office_member)

    def cost():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    end(make_initiative(stage=Stage.SCALE, risk_tier="low", unit=make_unit()), chair)
    add_lesson(Closure.objects.get(), actor=office_member, text="More.")
    client.get(address)
    before = cost()
    for _ in range(3):
        closure = end(make_initiative(stage=Stage.SCALE, risk_tier="low", unit=make_unit()), chair)
        add_lesson(closure, actor=office_member, text="More.")
    assert cost() == before


def test_the_api_tells_the_same(alike, ended, stranger, business_owner):
    other, script = (Script(make_api_token(person)[1]) for person in (stranger, business_owner))
    assert len(other.get("closings/").json()["results"]) == 2
    assert len(script.get("closings/", {"reason": "risk"}).json()["results"]) == 1
    assert len(script.get("closings/", {"q": "archive"}).json()["results"]) == 1
    assert len(script.get("closings/", {"decommissioning": "open"}).json()["results"]) == 1
    hidden = alike[1].closures.get()
    assert other.get(f"closings/{hidden.pk}/").status_code == 404
    told = other.get(f"closings/{ended.pk}/").json()
    assert (told["reason"], told["handed_back"], told["open_to_decommission"]) == ("no_value_path", None, 7)
    assert other.post(f"closings/{ended.pk}/lessons/", {"text": "Mine."}).status_code == 403
    added = script.post(f"closings/{ended.pk}/lessons/", {"text": "Tell them twice."}).json()
    assert [each["text"] for each in added["later_lessons"]] == ["Tell them twice."]
    assert added["handed_back"] == "0.00"


def test_a_lesson_is_added_on_its_page(client, ended, business_owner, stranger):
    address = f"{ended.get_absolute_url()}lessons/"
    client.force_login(stranger)
    assert client.post(address, {"text": "Mine."}).status_code == 403
    client.force_login(business_owner)
    assert client.post(address, {"text": ""}).status_code == 422
    assert client.post(address, {"text": "Tell them twice."}).status_code == 302
    assert "Tell them twice." in body_of(client.get(ended.get_absolute_url()))
