"""Rows become initiatives, once, with what they say; people's own changes stay."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aiso import clock
from aiso.accounts.models import BusinessUnit, Role
from aiso.errors import DomainError
from aiso.events.models import Event, Notification
from portfolio.actions.edit_initiative import Change, edit_initiative
from portfolio.actions.imports import run
from portfolio.actions.imports.mapping import map_import
from portfolio.actions.imports.run import run_import, start_import
from portfolio.actions.imports.undo import undo_import
from portfolio.actions.imports.upload import upload_import
from portfolio.export import Sheet as Export
from portfolio.export import csv_lines, xlsx_bytes
from portfolio.models import ImportedRecord, ImportJob, Initiative, Link, Stage, StageChange
from tests.factories import make_initiative, make_person, make_unit

from .conftest import HEADER, ROWS, changed, sheet

pytestmark = pytest.mark.django_db


def counts(job: ImportJob) -> tuple[int, int, int, int]:
    return job.rows_created, job.rows_updated, job.rows_unchanged, job.rows_rejected


def test_rows_become_initiatives_with_all_they_say(bring_in, office_member):
    job = bring_in()

    assert (job.state, counts(job)) == (ImportJob.State.DONE, (3, 0, 0, 0))
    first = Initiative.objects.get(external_id="U-1")
    assert (first.name, first.summary, first.source) == ("Invoice matching", "Matches invoices", "cases")
    assert (first.unit.name, first.unit.parent.name) == ("Payables", "Finance")
    assert (first.stage, first.stage_since, first.began_on) == ("scale", date(2023, 9, 1), date(2023, 1, 10))
    assert [*first.tags.values_list("name", flat=True)] == ["cost"]
    assert first.notes == "fine"
    assert first.created_by == office_member
    assert {change.source for change in StageChange.objects.all()} == {"opening"}


def test_what_cannot_be_read_is_noted_with_the_reason(bring_in):
    job = bring_in()

    second, third = job.rows.all()[1:]
    assert [problem[0] for problem in second.problems] == ["Go-live", "Status"]
    assert "no date is known yet" in second.problems[0][2]
    assert "not one of the known values" in third.problems[0][2]
    assert "Status: Whatever" in third.initiative.notes
    assert third.initiative.stage == Stage.INTAKE


def test_the_record_is_kept_as_imported(bring_in):
    bring_in()

    record = ImportedRecord.objects.get(key="id:U-2")
    assert record.record == {header: cell for header, cell in zip(HEADER, ROWS[1], strict=True) if cell}


def test_it_leaves_events_and_tells_its_uploader(bring_in, office_member):
    job = bring_in()

    names = Event.objects.filter(payload__job=job.pk).values_list("name", flat=True)
    assert {*names} == {"import.uploaded", "import.started", "initiative.registered", "import.finished"}
    assert Notification.objects.get(person=office_member).path == job.get_absolute_url()


def test_importing_a_file_again_changes_nothing(bring_in):
    bring_in()
    again = bring_in()

    assert counts(again) == (0, 0, 3, 0)
    assert Initiative.objects.count() == 3
    assert StageChange.objects.count() == 5


def test_a_corrected_file_updates_what_it_corrects(bring_in):
    bring_in()
    job = bring_in(sheet(changed(1, Description="Flags odd claims early", Status="Live", Bureau="Motor")))

    assert counts(job) == (0, 1, 2, 0)
    fraud = Initiative.objects.get(external_id="U-2")
    assert (fraud.summary, fraud.stage, fraud.unit.name) == ("Flags odd claims early", "scale", "Motor")


def test_what_people_changed_here_stays(bring_in, office_member):
    bring_in()
    fraud = Initiative.objects.get(external_id="U-2")
    edit_initiative(fraud, actor=office_member, changes={"summary": Change(fraud.summary, "Our own words")})

    job = bring_in(sheet(changed(1, Description="Theirs", Tags="risk; fraud; new")))

    fraud.refresh_from_db()
    assert fraud.summary == "Our own words"
    assert fraud.tags.filter(name="new").exists()
    assert "changed here since" in job.rows.get(number=3).problems[-1][2]
    assert counts(bring_in(sheet(changed(1, Description="Theirs", Tags="risk; fraud; new")))) == (0, 0, 3, 0)


def test_a_stage_decided_since_is_not_moved(bring_in):
    bring_in()
    fraud = Initiative.objects.get(external_id="U-2")
    StageChange.objects.create(
        initiative=fraud, stage=Stage.BUILD, changed_on=clock.today(), source=StageChange.Source.INTAKE
    )

    job = bring_in(sheet(changed(1, Status="Live")))

    fraud.refresh_from_db()
    assert fraud.stage == Stage.BUILD
    assert "follows from decisions" in job.rows.get(number=3).problems[-1][2]


def test_rows_without_a_name_come_back_with_a_reason(bring_in):
    job = bring_in(sheet(changed(0, Name="")))

    assert counts(job) == (2, 0, 0, 1)
    assert job.rows.get(number=2).reason == "It has no name. Enter one in the column “Name”."


def test_a_corrected_rejected_row_joins_the_others(bring_in):
    bring_in(sheet(changed(0, Name="")))
    job = bring_in(sheet([ROWS[0]]), name="rejected rows of cases.csv")

    assert counts(job) == (1, 0, 0, 0)
    assert job.source == "cases"
    assert counts(bring_in()) == (0, 0, 3, 0)


def test_repeated_records_without_identifiers_all_arrive(bring_in):
    rows = [["Chatbot", "HR", "Live"], ["Chatbot", "HR", "Live"], ["Chatbot", "IT", "Pilot"]]
    content = sheet(rows, ["Name", "Organisation", "Status"])

    assert counts(bring_in(content)) == (3, 0, 0, 0)
    assert counts(bring_in(content)) == (0, 0, 3, 0)


def test_a_repeated_identifier_belongs_to_nobody(bring_in):
    job = bring_in(sheet([*ROWS, ["U-1", "Another one", *ROWS[0][2:]]]))

    assert counts(job) == (4, 0, 0, 0)
    assert not Initiative.objects.filter(external_id="U-1").exists()
    assert counts(bring_in(sheet([*ROWS, ["U-1", "Another one", *ROWS[0][2:]]]))) == (0, 0, 4, 0)


def test_it_finds_initiatives_that_came_another_way(bring_in):
    known = make_initiative("Invoice matching", source="cases", external_id="U-1", stage=Stage.PILOT)

    job = bring_in()

    assert counts(job) == (2, 1, 0, 0)
    known.refresh_from_db()
    assert (known.summary, known.stage) == ("Matches invoices", "pilot")


def test_owners_are_found_by_address(bring_in):
    ann = make_person("Ann Owner", Role.BUSINESS_OWNER, email="ann@example.org")
    rows = [["A", "Finance", "Ann <ANN@example.org>"], ["B", "Finance", "nobody@example.org"]]

    job = bring_in(sheet(rows, ["Name", "Organisation", "Business owner"]))

    first, second = Initiative.objects.order_by("pk")
    assert (first.business_owner, second.business_owner) == (ann, None)
    assert "assign the owner by hand" in job.rows.get(number=3).problems[-1][2]
    assert "nobody@example.org" in second.notes


def test_one_organisation_in_several_spellings_is_one_unit(bring_in):
    rows = [
        ["A", "Department of Veterans Affairs", "VA"],
        ["B", "Department of veterans affairs ", "VA"],
        ["C", "Veterans Dept.", "VA"],
    ]
    bring_in(sheet(rows, ["Name", "Agency", "Abbreviation"]))

    assert BusinessUnit.objects.filter(initiatives__isnull=False).distinct().count() == 1
    assert BusinessUnit.objects.get().short_name == "VA"


def test_units_stand_below_the_chosen_one(office_member):
    base = make_unit("Group")
    job = upload_import(sheet(), file_name="cases.csv", actor=office_member)
    map_import(job, actor=office_member, mapping=job.mapping, source="cases", as_of=job.as_of, unit=base)
    start_import(job, actor=office_member)
    run_import(job.pk)

    assert {*base.children.values_list("name", flat=True)} == {"Finance", "Claims", "Plant"}


def test_an_office_of_one_unit_brings_in_that_unit_alone(bring_in, db):
    claims = make_unit("Claims")
    member = make_person("Local Member", Role.OFFICE_MEMBER, role_unit=claims)

    job = bring_in(actor=member)

    assert counts(job) == (1, 0, 0, 2)
    assert "other units than “Finance / Payables”" in job.rows.get(number=2).reason


def test_an_office_of_one_unit_changes_no_initiative_of_another(bring_in):
    bring_in()
    member = make_person("Local Member", Role.OFFICE_MEMBER, role_unit=BusinessUnit.objects.get(name="Claims"))

    job = bring_in(sheet(changed(0, Organisation="Claims", Bureau="", Description="Taken over")), actor=member)

    assert counts(job) == (0, 0, 1, 2)
    assert "a unit that is not yours" in job.rows.get(number=2).reason
    assert not Initiative.objects.filter(summary="Taken over").exists()


def test_others_may_not_import(business_owner, auditor, executive, stranger):
    for person in (business_owner, auditor, executive, stranger):
        with pytest.raises(PermissionDenied):
            upload_import(sheet(), file_name="x.csv", actor=person)
    assert not ImportJob.objects.exists()


def test_an_import_starts_once(office_member, office_lead, requester):
    job = upload_import(sheet(), file_name="cases.csv", actor=office_member)
    with pytest.raises(PermissionDenied):
        start_import(job, actor=requester)
    start_import(job, actor=office_lead)
    with pytest.raises(DomainError, match="started before"):
        start_import(job, actor=office_member)
    with pytest.raises(DomainError, match="columns are fixed"):
        map_import(job, actor=office_member, mapping=job.mapping, source="x", as_of=job.as_of)


@pytest.mark.parametrize(
    ("mapping", "word"),
    [
        (["summary", "summary"], "Two columns"),
        (["summary", ""], "holds the name"),
        (["use_case_name", "nonsense"], "not a standard column"),
        (["use_case_name"], "one entry for each"),
    ],
)
def test_a_mapping_must_make_sense(office_member, mapping, word):
    job = upload_import(sheet([["A", "B"]], ["Name", "Text"]), file_name="x.csv", actor=office_member)
    with pytest.raises(DomainError, match=word):
        map_import(job, actor=office_member, mapping=mapping, source="x", as_of=job.as_of)


def test_a_header_alone_is_refused(office_member):
    with pytest.raises(DomainError, match="no rows"):
        upload_import(sheet([]), file_name="x.csv", actor=office_member)


def test_each_batch_makes_the_same_number_of_statements(office_member, monkeypatch):
    """What a batch costs does not grow with its rows."""
    monkeypatch.setattr(run, "BATCH", 20)
    rows = [
        [f"U-{n}", f"Case {n}", f"Unit {n % 4}", "", "Live", "2023-01-10", "", "Text", "one; two", "x"]
        for n in range(60)
    ]
    spent = []
    for size in (20, 40, 60):
        Initiative.objects.all().delete()
        job = upload_import(sheet(rows[:size]), file_name=f"{size}.csv", actor=office_member)
        start_import(job, actor=office_member)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            run_import(job.pk)
        spent.append(len(queries))

    assert spent[2] - spent[1] <= 42
    assert abs((spent[2] - spent[1]) - (spent[1] - spent[0])) <= 6


def test_one_row_the_database_refuses_keeps_no_other_out(bring_in, monkeypatch):
    refused = run.Batch.land

    def land(self, rows):
        if any(row.reading.name == "Fraud detection" for row in rows):
            from django.db import DataError

            raise DataError("value too long")
        refused(self, rows)

    monkeypatch.setattr(run.Batch, "land", land)
    job = bring_in()

    assert counts(job) == (2, 0, 0, 1)
    assert "The register refused it: value too long" in job.rows.get(number=3).reason


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_register_exports_and_imports_again_without_loss(bring_in, kind, office_member):
    bring_in()
    make_initiative(
        "=SUM(A1) trick",
        summary="+1 is not a formula",
        outcome="-2 hours a case",
        value=3,
        is_customer_facing=True,
        stage=Stage.BUILD,
        requested_amount=Decimal("1250000.50"),
    )
    exported = Export(Initiative.objects.all(), [], user=office_member, everything=True)
    content = "".join(csv_lines(exported)).encode() if kind == "csv" else xlsx_bytes(exported)

    same = bring_in(content, name="register.csv")
    assert (same.preset, counts(same)) == ("register", (0, 0, 4, 0))

    Initiative.objects.all().delete()
    fresh = bring_in(content, name="elsewhere.csv")
    assert counts(fresh)[0] == 4
    trick = Initiative.objects.get(name="=SUM(A1) trick")
    assert (
        trick.summary,
        trick.outcome,
        trick.value,
        trick.is_customer_facing,
        trick.stage,
        trick.requested_amount,
    ) == (
        "+1 is not a formula",
        "-2 hours a case",
        3,
        True,
        "build",
        Decimal("1250000.50"),
    )
    assert Initiative.objects.get(external_id="U-1").source == "cases"


def test_an_export_from_before_the_outcome_is_still_known(bring_in, office_member):
    make_initiative("Invoice matching")
    exported = Export(Initiative.objects.all(), [], user=office_member, everything=True)
    content = "".join(csv_lines(exported)).replace("Outcome", "").encode()

    job = bring_in(content, name="register.csv")

    assert (job.preset, counts(job)) == ("register", (0, 0, 1, 0))


@pytest.mark.parametrize(
    ("header", "cells", "summary", "outcome"),
    [
        (["Problem statement", "Expected benefits"], ["Late bills", "Two days less"], "Late bills", "Two days less"),
        (["Description", "Expected benefits"], ["Matches bills", "Two days less"], "Matches bills", "Two days less"),
        (["Purpose and benefits", "Remark"], ["Bills in time", ""], "Bills in time", ""),
        (["Expected benefits", "Remark"], ["Two days less", ""], "", "Two days less"),
    ],
)
def test_expected_benefits_are_the_outcome(bring_in, header, cells, summary, outcome):
    content = sheet([["Invoice matching", *cells]], ["Use case name", *header])

    assert counts(bring_in(content)) == (1, 0, 0, 0)

    initiative = Initiative.objects.get()
    assert (initiative.summary, initiative.outcome) == (summary, outcome)
    assert counts(bring_in(content)) == (0, 0, 1, 0)


MONEY = [*HEADER, "Requested budget"]


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("50000", 50_000),
        ("50,000", 50_000),
        ("€ 1.250.000,50", Decimal("1250000.50")),
        ("1 250 000 EUR", 1_250_000),
        ("1’250’000 CHF", 1_250_000),
        ("0", 0),
        ("12.5", Decimal("12.50")),
        ("", None),
        ("n/a", None),
        ("about a million", None),
        ("-5", None),
        ("1" * 15, None),
    ],
)
def test_money_is_read_as_people_write_it(bring_in, cell, amount):
    bring_in(sheet([[*ROWS[0], cell]], MONEY))

    assert Initiative.objects.get().requested_amount == amount


def test_money_follows_its_source_and_goes_back(bring_in, office_member):
    bring_in(sheet([[*ROWS[0], "50,000"]], MONEY))
    assert counts(bring_in(sheet([[*ROWS[0], "50,000"]], MONEY))) == (0, 0, 1, 0)
    job = bring_in(sheet([[*ROWS[0], "60,000"]], MONEY))
    assert Initiative.objects.get().requested_amount == 60_000

    undo_import(job, actor=office_member)
    assert Initiative.objects.get().requested_amount == 50_000

    edit_initiative(
        Initiative.objects.get(), actor=office_member, changes={"requested_amount": Change(Decimal(50_000), 70_000)}
    )
    kept = bring_in(sheet([[*ROWS[0], "80,000"]], MONEY))
    assert Initiative.objects.get().requested_amount == 70_000
    assert kept.rows.get().problems


def test_lanes_follow_an_import_that_is_taken_back(bring_in, office_member):
    header = [*HEADER, "Risk tier"]
    bring_in(sheet([[*ROWS[0], "low"]], header))
    assert Initiative.objects.get().lane_decided_by == "decisions"
    job = bring_in(sheet([[*ROWS[0], "high"]], header))
    assert Initiative.objects.get().lane_decided_by == "tier"

    undo_import(job, actor=office_member)

    assert Initiative.objects.get().lane_decided_by == "decisions"


def test_our_reference_alone_does_not_make_it_the_same(bring_in, office_member):
    other = make_initiative("Something else entirely")
    exported = Export(Initiative.objects.all(), [], user=office_member, everything=True)
    content = "".join(csv_lines(exported)).replace("Something else entirely", "A newcomer").encode()

    job = bring_in(content, name="register.csv")

    assert counts(job) == (0, 0, 0, 1)
    assert f"{other.reference} is another initiative here" in job.rows.get().reason


def test_addresses_become_links(bring_in):
    rows = [["A", "See www.example.org/a, and (https://example.org/b)."], ["B", "javascript:alert(1)"]]
    bring_in(sheet(rows, ["Name", "Link"]))

    assert {*Link.objects.values_list("address", flat=True)} == {"https://www.example.org/a", "https://example.org/b"}


def test_days_to_come_never_enter(bring_in):
    later = (clock.today() + timedelta(days=40)).isoformat()
    job = bring_in(sheet(changed(0, **{"Go-live": later})))

    assert "lies in the future" in str(job.rows.get(number=2).problems)
    assert not StageChange.objects.filter(changed_on__gt=clock.today()).exists()


def test_a_slash_parts_units_where_all_begin_alike(bring_in):
    rows = [["A", "HHS/ACF"], ["B", "HHS/NIH/NCI"], ["C", "HHS"]]
    bring_in(sheet(rows, ["Name", "Bureau"]))
    assert BusinessUnit.objects.get(name="NCI").parent.parent.name == "HHS"

    bring_in(sheet([["D", "BC/BCP"], ["E", "BE/BC"]], ["Name", "Bureau"]), name="other.csv")
    assert BusinessUnit.objects.filter(name="BC/BCP").exists()


def test_a_file_named_after_a_year_tells_how_it_ended(bring_in):
    job = bring_in(sheet([["A", "Retired"]], ["Name", "Status"]), name="cases-2024.csv")

    assert job.as_of == date(2024, 12, 31)
    assert Initiative.objects.get().stage_since == date(2024, 12, 31)
