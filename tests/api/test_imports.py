"""A spreadsheet brought in by a script: uploaded, checked, run, and taken back."""

import pytest
from django.core.files.base import ContentFile

from aiso.events.models import Event
from portfolio.actions.imports.run import run_import
from portfolio.models import ImportJob, Initiative
from tests.factories import make_initiative

from .conftest import kind, problem

pytestmark = pytest.mark.django_db

SHEET = b"Use Case ID,Name,Organisation,Status,Remark\nU-1,Invoice matching,Finance,Live,fine\nU-2,,Claims,Pilot,\n"


def upload(script, content: bytes = SHEET, name: str = "cases.csv", **parts: str):
    return script.upload("imports/", file=ContentFile(content, name), **parts)


def test_a_file_is_uploaded_checked_run_and_undone(office, office_member):
    uploaded = upload(office)
    told, address = uploaded.json(), uploaded.headers["Location"]
    assert (uploaded.status_code, told["state"], told["rows"]["total"]) == (201, "mapping", 2)
    assert [each["holds"] for each in told["columns"]][1] == "use_case_name"
    mapped = office.patch(address, {"source": "Case list", "as_of": "2026-01-31"}).json()
    assert (mapped["source"], mapped["as_of"]) == ("Case list", "2026-01-31")
    assert office.get(f"{address}preview/").json()["outcomes"] == {"created": 1, "rejected": 1}
    assert not Initiative.objects.exists()

    started = office.post(f"{address}run/", idempotency_key="one")
    assert (started.status_code, started.json()["state"]) == (202, "queued")
    assert office.post(f"{address}run/", idempotency_key="one").json() == started.json()
    assert kind(office.post(f"{address}run/"), 409) == "refused"
    assert kind(office.get(f"{address}preview/"), 409) == "refused"
    run_import(told["id"])
    done = office.get(address).json()
    assert (done["state"], done["rows"]["created"], done["rows"]["rejected"]) == ("done", 1, 1)
    rejected = office.get(f"{address}rejected/").json()["results"]
    assert [(row["row"], row["cells"][0]) for row in rejected] == [(3, "U-2")]
    assert Initiative.objects.get().name == "Invoice matching"

    assert kind(office.patch(address, {"source": "Other"}), 409) == "refused"
    assert office.post(f"{address}undo/").json()["state"] == "undone"
    assert kind(office.post(f"{address}undo/"), 409) == "refused"
    assert not Initiative.objects.exists()
    assert Event.objects.filter(name="import.undone", actor=office_member).exists()


def test_the_office_imports_and_auditors_look(nobody, script, auditor, office, office_lead):
    address = upload(office).headers["Location"]
    for answer in (upload(nobody), upload(script(auditor)), nobody.get("imports/"), nobody.get(address)):
        assert kind(answer, 403) == "forbidden"
    assert [row["file_name"] for row in script(auditor).get("imports/").json()["results"]] == ["cases.csv"]
    assert script(auditor).get(address).status_code == 200
    assert kind(script(auditor).post(f"{address}run/"), 403) == "forbidden"
    assert kind(script(office_lead).delete(address), 403) == "forbidden"
    assert office.delete(address).status_code == 204
    assert not ImportJob.objects.exists()


def test_files_that_cannot_be_read(office):
    for content in (b"", b"\x00\x01\x02", b"Name\n", b"PK\x03\x04broken", b"\xff\xfe"):
        assert kind(upload(office, content), 422) == "invalid"
    assert kind(upload(office, preset="no-such"), 422) == "invalid"
    assert kind(upload(office, preset="omb-2024"), 422) == "invalid"
    assert kind(office.upload("imports/"), 422) == "invalid"
    assert kind(office.client.post("/api/v1/imports/", b"x", "multipart/form-data; boundary=y"), 422) == "invalid"
    assert kind(office.client.post("/api/v1/imports/", b"x", "multipart/form-data"), 400) == "malformed"
    assert not ImportJob.objects.exists()


def test_columns_are_checked(office):
    address = upload(office).headers["Location"]
    for mapping in ([], ["use_case_name"], ["x"] * 5, ["use_case_name"] * 5, ["", "", "", "", ""]):
        assert problem(office.patch(address, {"mapping": mapping}), 409 if len(mapping) != 5 else 422)
    stale = office.get(address).headers["ETag"]
    office.patch(address, {"source": "A"})
    assert kind(office.patch(address, {"source": "B"}, if_match=stale), 412) == "stale"


def test_an_import_that_was_touched_is_not_undone(office, script, business_owner):
    told = upload(office).json()
    office.post(f"imports/{told['id']}/run/")
    run_import(told["id"])
    made = Initiative.objects.get()
    office.patch(f"initiatives/{made.reference}/", {"summary": "Edited since."})
    assert made.reference in problem(office.post(f"imports/{told['id']}/undo/"), 409)["detail"]


def test_the_same_upload_twice_is_one(office):
    def send(key: str, content: bytes = SHEET):
        file = ContentFile(content, "cases.csv")
        return office.client.post("/api/v1/imports/", {"file": file}, headers={"Idempotency-Key": key})

    first, again = send("one"), send("one")
    assert (first.json(), again.headers["Idempotency-Replayed"]) == (again.json(), "true")
    assert kind(send("one", SHEET + b"U-3,More,Plant,Live,\n"), 422) == "key-reused"
    assert ImportJob.objects.count() == 1


def test_the_list_leaves_columns_out_and_counts(office, django_assert_num_queries):
    make_initiative()
    for number in range(3):
        upload(office, name=f"cases {number}.csv")
    with django_assert_num_queries(3):
        told = office.get("imports/", {"page_size": 2}).json()
    assert [row["file_name"] for row in told["results"]] == ["cases 2.csv", "cases 1.csv"]
    assert "columns" not in told["results"][0]
    assert office.get("imports/", {"count": "true"}).json()["count"] == 3
