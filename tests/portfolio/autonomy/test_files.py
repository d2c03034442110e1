"""Decisions and readings from files, and the export that imports again."""

import csv
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile

from aiso.errors import DomainError
from portfolio.actions.land_inventory import MOST_ROWS, land_inventory, map_inventory, planned, upload_inventory
from portfolio.importing.reading import read_sheet
from portfolio.models import DecisionClass, DecisionReading, InventoryFile, StepDown, Workflow
from tests.factories import make_decision, make_entry, make_initiative
from tests.portfolio.initiative.forms import events

pytestmark = pytest.mark.django_db
HEAD = "AI initiative,Decision class,Owner,Weekly volume,Value at risk,Reversibility,Regulated,Team"


def table(*rows: str, head: str = HEAD) -> bytes:
    return "\n".join([head, *rows]).encode()


def upload(actor, content: bytes, kind: str = "decisions") -> InventoryFile:
    return upload_inventory(content, file_name="decisions.csv", kind=kind, actor=actor)


def outcomes(file: InventoryFile) -> list[tuple[str, str]]:
    return [(outcome, reason) for outcome, reason in file.outcomes]


def test_good_rows_land_and_bad_ones_come_back_with_reasons(initiative, business_owner, office_member):
    other = make_initiative("Other")
    content = table(
        f'{initiative.reference},Route a call,{business_owner.email},"1,200",low,easy,no,A',
        f"{initiative.name},Close a case,,80,High,Hard,yes,A",
        f"{initiative.reference},Broken,nobody@example.org,-5,enormous,easy,perhaps,A",
        f"{other.reference},Not mine,,1,low,easy,no,A",
        "AI-999999,Nowhere,,1,low,easy,no,A",
        f"{initiative.reference},route a CALL,,1,low,easy,no,A",
        f"{initiative.reference},,,1,low,easy,no,A",
    )
    file = upload(business_owner, content)
    assert file.mapping == [
        "initiative", "name", "owner", "volume_per_week", "cost_of_error", "reversibility", "is_regulated", "",
    ]  # fmt: skip
    assert [row.outcome for row in planned(file, business_owner)] == ["created"] * 2 + ["rejected"] * 5
    assert not DecisionClass.objects.exists()

    file = land_inventory(file, actor=business_owner)

    first, second = DecisionClass.objects.order_by("pk")
    assert (first.owner, first.volume_per_week, first.autonomy) == (business_owner, 1200, "surface")
    assert (second.is_regulated, second.autonomy) == (True, "keep_human")
    reasons = [reason for outcome, reason in outcomes(file) if outcome == "rejected"]
    for said in ("Nobody active", "not a whole number", "none of Low, Medium", "neither yes nor no"):
        assert said in reasons[0]
    assert "owners and the office" in reasons[1]
    assert "No initiative here" in reasons[2]
    assert "in the file twice" in reasons[3]
    assert "Decision is missing" in reasons[4]
    assert len(events("inventory.landed")) == 1


def test_nothing_lands_twice(initiative, business_owner):
    content = table(f"{initiative.reference},Route a call,,80,low,easy,no,A")
    file = upload(business_owner, content)
    land_inventory(file, actor=business_owner)
    with pytest.raises(DomainError, match="has landed"):
        land_inventory(file, actor=business_owner)
    again = land_inventory(upload(business_owner, content), actor=business_owner)
    assert outcomes(again) == [("unchanged", "")]
    assert DecisionClass.objects.count() == 1
    changed = table(f"{initiative.reference},Route a call,,90,low,easy,no,A")
    assert outcomes(land_inventory(upload(business_owner, changed), actor=business_owner)) == [("updated", "")]
    assert DecisionClass.objects.get().volume_per_week == 90


def test_the_export_imports_again_without_loss(client, initiative, business_owner):
    initiative.workflow = make_entry(Workflow, "Claims")
    initiative.save()
    make_decision(
        initiative, '=1+1, "odd"', owner=business_owner, volume_per_week=7, reviewers=2, cost_of_delay="high",
        required_data="-claims\nand orders", is_regulated=True, not_automated_because="Works agreement",
    )  # fmt: skip
    make_decision(initiative, "None", confidence="unknown")
    client.force_login(business_owner)
    rows = [{**row} for row in DecisionClass.objects.order_by("pk").values()]
    for kind in ("csv", "xlsx"):
        response = client.get(f"/decision-classes/export/?workflow={initiative.workflow_id}&format={kind}")
        content = b"".join(response) if response.streaming else response.content
        unchanged = land_inventory(upload(business_owner, content), actor=business_owner)
        assert outcomes(unchanged) == [("unchanged", "")] * 2, kind
        DecisionClass.objects.all().delete()
        land_inventory(upload(business_owner, content), actor=business_owner)
        back = [{**row} for row in DecisionClass.objects.order_by("pk").values()]
        assert [row | {"id": 0} for row in back] == [row | {"id": 0} for row in rows], kind


def test_readings_land_and_step_down(initiative, delegated, business_owner):
    head = "Initiative,Decision,From,To,Volume,Overridden,Errors"
    ref = initiative.reference
    content = table(
        f"{ref},Sort the mail,2026-04-01,2026-04-30,200,10,2",
        f"{ref},Sort the mail,1 May 2026,31 May 2026,200,90,2",
        f"{ref},Sort the mail,2026-05-15,2026-06-14,200,1,2",
        f"{ref},Sort the mail,2026-03-01,2026-03-31,5,6,0",
        f"{ref},Unknown,2026-03-01,2026-03-31,5,0,0",
        head=head,
    )
    file = land_inventory(upload(business_owner, content, "readings"), actor=business_owner)
    assert [outcome for outcome, _ in outcomes(file)] == ["created", "created", "rejected", "rejected", "rejected"]
    assert "read before" in file.outcomes[2][1]
    assert "more of these than decisions" in file.outcomes[3][1]
    assert "no decision “Unknown”" in file.outcomes[4][1]
    assert StepDown.objects.count() == 1
    again = land_inventory(upload(business_owner, content, "readings"), actor=business_owner)
    assert [outcome for outcome, _ in outcomes(again)][:2] == ["unchanged", "unchanged"]
    assert DecisionReading.objects.count() == 2


def test_the_pages_from_upload_to_rejected_rows(client, initiative, business_owner, stranger):
    client.force_login(business_owner)
    content = table(
        f"{initiative.reference},Route a call,,80,low,easy,no,A", f"{initiative.reference},=Odd,,x,low,easy,no,A"
    ).replace(b"Value at risk", b"Damage")
    sent = {"kind": "decisions", "file": ContentFile(content, "decisions.csv")}
    address = client.post("/decision-classes/import/", sent).headers["Location"]
    page = client.get(address).content.decode()
    assert "No column is Cost of error" in page

    mapping = {f"column_{place}": field for place, field in enumerate(InventoryFile.objects.get().mapping)}
    assert client.post(address, mapping | {"column_7": "name"}).status_code == 422
    assert client.post(address, mapping | {"column_4": "cost_of_error"}).status_code == 302
    assert "1 new, 0 changed, 0 as they are, 1 rejected." in client.get(address).content.decode()
    client.post(f"{address}land/")
    assert "1 new, 0 changed, 0 as they were, 1 rejected." in client.get(address).content.decode()
    body = b"".join(client.get(f"{address}rejected/?format=csv")).decode("utf-8-sig")
    lines = [*csv.reader(StringIO(body))]
    assert lines[1][1] == "'=Odd"
    assert "not a whole number" in lines[1][-1]
    sheet = read_sheet(client.get(f"{address}rejected/").content)
    assert sheet.headers[-1] == "Reason it was rejected"
    client.force_login(stranger)
    assert client.get(address).status_code == 404
    assert client.get(f"{address}rejected/").status_code == 404


def test_who_uploads_and_what_is_too_much(initiative, business_owner, auditor):
    with pytest.raises(PermissionDenied):
        upload(auditor, table("x,y,,1,low,easy,no,A"))
    with pytest.raises(DomainError, match="split it"):
        upload(business_owner, table(*[f"{initiative.reference},D{n},,1,low,easy,no,A" for n in range(MOST_ROWS + 1)]))
    with pytest.raises(DomainError, match="no rows"):
        upload(business_owner, table())
    file = upload(business_owner, table("x,y,,1,low,easy,no,A"))
    with pytest.raises(DomainError, match="Two columns"):
        map_inventory(file, actor=business_owner, mapping=["name", "name", *file.mapping[2:]])
