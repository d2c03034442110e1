"""Files of measurements: the good rows are recorded, the bad ones come back with reasons, and nothing twice."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aiso.errors import DomainError
from aiso.events.models import Event
from tests.api.conftest import Script, make_api_token
from tests.factories import make_initiative, make_person
from value.actions.land_measurements import land_measurements, planned_measurements, upload_measurements
from value.actions.measure import confirm_measurement
from value.models import Measurement, MeasurementFile

HEAD = "Initiative,Metric,Measured,Measured on,Method,Evidence\n"
GOOD = '{ref},stops a month,"1,011.5",2026-06-12,Log of the month,https://logs.example/6'
BAD = {
    "AI-9999,Stops a month,11,2026-06-12,Log,": "No initiative that you see is “AI-9999”",
    "{ref},Errors,11,2026-06-12,Log,": "has no outcome metric “Errors”",
    "{ref},Stops a month,many,2026-06-12,Log,": "“many”: Enter a number",
    '{ref},Stops a month,"1,5",2026-06-12,Log,': "Write thousands with commas",
    "{ref},Stops a month,11,soon,Log,": "is not a day",
    "{ref},Stops a month,11,2026-06-13,,": "Method is missing",
    "{ref},Stops a month,11,2026-06-13,Log,javascript:alert(1)": "is no link",
    "{ref},Stops a month,12,2026-06-12,Log,": "stand in the file twice",
}


def content_of(metric, *rows: str, head: str = HEAD) -> bytes:
    return (head + "\n".join(row.format(ref=metric.initiative.reference) for row in rows) + "\n").encode()


def uploaded(metric, actor, *rows: str) -> MeasurementFile:
    return upload_measurements(content_of(metric, *rows), file_name="june.csv", actor=actor)


def test_good_rows_are_recorded_and_bad_ones_come_back(metric, business_owner):
    file = uploaded(metric, business_owner, GOOD, *BAD)
    plan = planned_measurements(file, business_owner)
    assert [row.outcome for row in plan] == ["created"] + ["rejected"] * len(BAD)
    for row, told in zip(plan[1:], BAD.values(), strict=True):
        assert told in row.reason
    land_measurements(file, actor=business_owner)
    made = Measurement.objects.get()
    assert (made.value, made.measured_on, made.recorded_by) == (Decimal("1011.5"), date(2026, 6, 12), business_owner)
    assert Event.objects.filter(name="measurement.recorded").count() == 1
    assert Event.objects.get(name="measurements.landed").payload["outcomes"] == {"created": 1, "rejected": len(BAD)}
    with pytest.raises(DomainError, match="has landed"):
        land_measurements(file, actor=business_owner)


def test_what_the_action_refuses_comes_back_too(metric, business_owner):
    rows = ("{ref},Stops a month,11,2026-06-16,Log,", "{ref},Stops a month,11,2026-03-02,Log,")
    file = land_measurements(uploaded(metric, business_owner, *rows, GOOD), actor=business_owner)
    assert [outcome for outcome, _ in file.outcomes] == ["rejected", "rejected", "created"]
    assert "to come" in file.outcomes[0][1]
    assert "before it shows no change" in file.outcomes[1][1]


def test_uploaded_again_nothing_is_recorded_twice_and_another_value_corrects(
    metric, business_owner, finance_controller
):
    land_measurements(uploaded(metric, business_owner, GOOD), actor=business_owner)
    confirm_measurement(Measurement.objects.get(), actor=finance_controller)
    again = land_measurements(uploaded(metric, business_owner, GOOD), actor=business_owner)
    assert again.outcomes == [["unchanged", ""]]
    other = "{ref},Stops a month,10,2026-06-12,Log of the month,"
    assert land_measurements(uploaded(metric, business_owner, other), actor=business_owner).outcomes == [
        ["updated", ""]
    ]
    standing = Measurement.objects.current().get()
    assert (standing.value, standing.corrects.value) == (Decimal(10), Decimal("1011.5"))
    assert [*Measurement.objects.waiting()] == [standing]


def test_rows_of_others_and_files_of_others(metric, business_owner, auditor):
    other = make_person(name="Another owner")
    theirs = make_initiative(owner=other)
    file = uploaded(metric, other, GOOD)
    assert "Its owners and the office record" in planned_measurements(file, other)[0].reason
    with pytest.raises(PermissionDenied):
        land_measurements(file, actor=business_owner)
    with pytest.raises(PermissionDenied):
        uploaded(metric, auditor, GOOD)
    assert theirs.pk


@pytest.mark.parametrize("content", [b"", b"Initiative,Metric\nx,y\n", HEAD.encode()])
def test_a_file_that_cannot_be_read(content, business_owner):
    with pytest.raises(DomainError):
        upload_measurements(content, file_name="x.csv", actor=business_owner)
    assert not MeasurementFile.objects.exists()


def test_queries_do_not_grow_with_the_rows(metric, business_owner):
    def cost(rows: int) -> int:
        days = [f"{{ref}},Stops a month,{day},2026-05-{day:02},Log," for day in range(1, rows + 1)]
        file = uploaded(metric, business_owner, *days)
        with CaptureQueriesContext(connection) as asked:
            planned_measurements(file, business_owner)
        return len(asked)

    assert cost(20) == cost(2) <= 6


def test_the_export_comes_in_again(metric, measurement, business_owner, client):
    client.force_login(business_owner)
    exported = b"".join(client.get("/measurements/export/?state=all&format=csv").streaming_content)
    file = upload_measurements(exported, file_name="measurements.csv", actor=business_owner)
    assert [row.outcome for row in planned_measurements(file, business_owner)] == ["unchanged"]


def test_the_pages(metric, business_owner, client):
    client.force_login(business_owner)
    assert "/measurements/files/upload/" in client.get("/measurements/").content.decode()
    assert "Measured on" in client.get("/measurements/files/upload/").content.decode()
    assert client.post("/measurements/files/upload/", {}).status_code == 422
    sent = SimpleUploadedFile("june.csv", content_of(metric, GOOD, *BAD))
    here = client.post("/measurements/files/upload/", {"file": sent}).headers["Location"]
    page = " ".join(client.get(here).content.decode().split())
    assert "1 to record, 0 recorded before, 8 rejected." in page
    assert "Record 1 row" in page
    assert "1,011.5" in page
    client.post(f"{here}land/")
    page = client.get(here).content.decode()
    assert "june.csv landed" in page
    assert b"is not a day" in b"".join(client.get(f"{here}rejected/?format=csv").streaming_content)
    client.force_login(make_person(name="Somebody else"))
    assert client.get(here).status_code == 404
    assert client.post(f"{here}land/").status_code == 404


def test_by_the_api(metric, business_owner, auditor):
    owner, reader = (Script(make_api_token(person)[1]) for person in (business_owner, auditor))
    content = content_of(metric, GOOD, *BAD)
    assert reader.upload("measurement-files/", file=SimpleUploadedFile("june.csv", content)).status_code == 403
    made = owner.upload("measurement-files/", file=SimpleUploadedFile("june.csv", content))
    assert made.json()["outcomes"] == {"created": 1, "rejected": len(BAD)}
    here = made["Location"]
    assert len(owner.get(f"{here}rows/?outcome=rejected").json()["results"]) == len(BAD)
    assert reader.get(here).status_code == 404
    assert owner.post(f"{here}land/", {}).json()["landed_at"]
    assert [row["outcome"] for row in owner.get(f"{here}rows/").json()["results"]] == ["created"] + ["rejected"] * len(
        BAD
    )
    assert owner.post(f"{here}land/", {}).status_code == 409
    assert Measurement.objects.count() == 1
