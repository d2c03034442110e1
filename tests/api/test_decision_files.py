"""Files of decisions and readings brought in by a script, row by row, as on their page."""

import pytest
from django.core.files.base import ContentFile

from aiso.events.models import Event
from portfolio.models import DecisionClass, DecisionReading, InventoryFile
from tests.factories import make_decision, make_initiative

from .conftest import kind

pytestmark = pytest.mark.django_db
HEAD = "AI initiative,Decision class,Weekly volume,Value at risk,Reversibility"


def upload(script, *rows: str, head: str = HEAD, **fields: str):
    return script.upload(
        "decision-classes/files/", file=ContentFile("\n".join([head, *rows]).encode(), "decisions.csv"), **fields
    )


def test_good_rows_land_and_bad_ones_say_why(script, business_owner, initiative):
    owner = script(business_owner)
    other = make_initiative("Other")
    uploaded = upload(
        owner,
        f"{initiative.reference},Route a call,80,low,easy",
        f"{initiative.reference},Close a case,-5,enormous,easy",
        f"{other.reference},Not mine,1,low,easy",
    )
    told, address = uploaded.json(), uploaded.headers["Location"]
    assert (uploaded.status_code, told["kind"], told["missing_columns"]) == (201, "decisions", [])
    assert [each["holds"] for each in told["columns"]][:3] == ["initiative", "name", "volume_per_week"]
    assert told["outcomes"] == {"created": 1, "rejected": 2}
    rejected = owner.get(f"{address}rows/", {"outcome": "rejected"}).json()["results"]
    assert [(row["row"], row["cells"][1]) for row in rejected] == [(3, "Close a case"), (4, "Not mine")]
    assert "not a whole number" in rejected[0]["reason"]
    assert "owners and the office" in rejected[1]["reason"]
    assert not DecisionClass.objects.exists()

    landed = owner.post(f"{address}land/", if_match=uploaded.headers["ETag"]).json()
    assert landed["landed_at"]
    assert landed["outcomes"] == {"created": 1, "rejected": 2}
    assert DecisionClass.objects.get().volume_per_week == 80
    assert [row["outcome"] for row in owner.get(f"{address}rows/").json()["results"]] == [
        "created", "rejected", "rejected",
    ]  # fmt: skip
    assert Event.objects.filter(name="inventory.landed", actor=business_owner).count() == 1
    assert kind(owner.post(f"{address}land/"), 409) == "refused"
    assert kind(owner.patch(address, {"mapping": [""] * 5}), 409) == "refused"
    again = upload(owner, f"{initiative.reference},Route a call,80,low,easy").json()
    assert again["outcomes"] == {"unchanged": 1}


def test_columns_that_their_names_do_not_tell_are_told(script, business_owner, initiative):
    owner = script(business_owner)
    address = upload(
        owner, f"{initiative.reference},Route a call,low,easy", head="AI initiative,What,Value at risk,Reversibility"
    ).headers["Location"]
    assert owner.get(address).json()["missing_columns"] == ["Decision"]
    assert owner.get(f"{address}rows/").json()["results"] == []
    assert kind(owner.post(f"{address}land/"), 409) == "refused"
    for mapping in ([], ["name"], ["name"] * 4, ["no-such"] * 4):
        assert owner.patch(address, {"mapping": mapping}).status_code in (409, 422)
    stale = owner.get(address).headers["ETag"]
    mapping = ["initiative", "name", "cost_of_error", "reversibility"]
    assert owner.patch(address, {"mapping": mapping}).json()["outcomes"] == {"created": 1}
    assert kind(owner.patch(address, {"mapping": mapping}, if_match=stale), 412) == "stale"
    assert kind(owner.post(f"{address}land/", if_match=stale), 412) == "stale"
    assert owner.post(f"{address}land/").json()["outcomes"] == {"created": 1}


def test_readings_land_the_same_way(script, business_owner, initiative):
    owner = script(business_owner)
    make_decision(initiative, "Sort the mail")
    head = "Initiative,Decision,From,To,Volume,Overridden,Errors"
    rows = [
        f"{initiative.reference},Sort the mail,2026-04-{day},2026-04-{day},200,{n},2" for day, n in ((10, 5), (11, 300))
    ]
    uploaded = upload(owner, *rows, head=head, kind="readings")
    landed = owner.post(f"{uploaded.headers['Location']}land/").json()
    assert landed["outcomes"] == {"created": 1, "rejected": 1}
    assert DecisionReading.objects.get().overrides == 5


def test_a_file_is_its_uploaders_and_auditors_change_nothing(
    script, business_owner, initiative, office, auditor, nobody
):
    owner = script(business_owner)
    row = f"{initiative.reference},Route a call,80,low,easy"
    address = upload(owner, row).headers["Location"]
    for asked in (office.get(address), office.get(f"{address}rows/"), office.post(f"{address}land/")):
        assert kind(asked, 404) == "not-found"
    assert office.get("decision-classes/files/").json()["results"] == []
    assert [each["file_name"] for each in owner.get("decision-classes/files/").json()["results"]] == ["decisions.csv"]
    assert kind(upload(script(auditor), row), 403) == "forbidden"
    assert upload(nobody, row).json()["outcomes"] == {"rejected": 1}


def test_files_that_cannot_be_read(office):
    assert kind(upload(office), 422) == "invalid"
    assert kind(upload(office, "x,y,1,low,easy", kind="no-such"), 422) == "invalid"
    assert kind(office.upload("decision-classes/files/", file=ContentFile(b"\x00\x01", "x.csv")), 422) == "invalid"
    assert kind(office.upload("decision-classes/files/"), 422) == "invalid"
    assert kind(office.post("decision-classes/files/", {"kind": "decisions"}), 415)
    assert not InventoryFile.objects.exists()


def test_the_list_costs_the_same_however_many(office, django_assert_num_queries):
    for number in range(3):
        upload(office, f"AI-000{number},x,1,low,easy")
    with django_assert_num_queries(2):
        told = office.get("decision-classes/files/", {"page_size": 2}).json()
    assert len(told["results"]) == 2
    assert "columns" not in told["results"][0]
