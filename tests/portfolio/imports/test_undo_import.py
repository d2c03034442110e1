"""An import goes back as a whole, or says why it cannot."""

import pytest
from django.core.exceptions import PermissionDenied

from aiso.accounts.models import BusinessUnit
from aiso.errors import DomainError
from aiso.events.models import Event
from portfolio.actions.edit_initiative import Change, edit_initiative
from portfolio.actions.imports.undo import undo_import
from portfolio.actions.imports.upload import discard_import, upload_import
from portfolio.models import ImportedRecord, ImportJob, Initiative, Stage, StageChange, Tag
from tests.factories import make_initiative, make_unit

from .conftest import changed, sheet

pytestmark = pytest.mark.django_db


def test_what_it_created_goes_with_all_that_it_added(bring_in, office_member):
    used = make_initiative(unit=make_unit("Claims"))
    job = bring_in()

    undone = undo_import(job, actor=office_member)

    assert (undone.state, undone.undone_by) == (ImportJob.State.UNDONE, office_member)
    assert [*Initiative.objects.all()] == [used]
    assert not Tag.objects.exists()
    assert not ImportedRecord.objects.exists()
    assert [*BusinessUnit.objects.values_list("name", flat=True)] == ["Claims"]
    assert Event.objects.filter(name="import.undone").count() == 1
    assert bring_in().rows_created == 3


def test_what_it_updated_becomes_what_it_was(bring_in, office_member):
    bring_in()
    before = Initiative.objects.values().get(external_id="U-2")
    job = bring_in(sheet(changed(1, Description="New", Status="Live", Bureau="Motor", Tags="other")))
    assert job.rows_updated == 1

    undo_import(job, actor=office_member)

    after = Initiative.objects.values().get(external_id="U-2")
    assert after == before
    fraud = Initiative.objects.get(external_id="U-2")
    assert {*fraud.tags.values_list("name", flat=True)} == {"risk", "fraud"}
    assert [change.stage for change in fraud.stage_changes.all()] == ["discovery", "pilot"]
    assert bring_in().rows_unchanged == 3


def test_it_stays_when_somebody_changed_something_since(bring_in, office_member):
    job = bring_in()
    fraud = Initiative.objects.get(external_id="U-2")
    edit_initiative(fraud, actor=office_member, changes={"summary": Change(fraud.summary, "Ours")})

    with pytest.raises(DomainError, match=f"1 initiative was changed since this import: {fraud.reference}"):
        undo_import(job, actor=office_member)

    assert Initiative.objects.count() == 3


def test_it_stays_when_a_stage_was_decided_or_a_later_import_changed_it(bring_in, office_member):
    job = bring_in()
    later = bring_in(sheet(changed(0, Description="Later")))
    with pytest.raises(DomainError, match="changed since"):
        undo_import(job, actor=office_member)
    undo_import(later, actor=office_member)
    fraud = Initiative.objects.get(external_id="U-2")
    StageChange.objects.create(
        initiative=fraud, stage=Stage.BUILD, changed_on=fraud.stage_since, source=StageChange.Source.INTAKE
    )
    with pytest.raises(DomainError, match="changed since"):
        undo_import(job, actor=office_member)


def test_it_goes_back_once_and_by_those_who_may(bring_in, office_member, office_lead, requester):
    job = bring_in()
    with pytest.raises(PermissionDenied):
        undo_import(job, actor=requester)
    undo_import(job, actor=office_lead)
    with pytest.raises(DomainError, match="only once"):
        undo_import(job, actor=office_member)


def test_an_upload_is_discarded_by_its_uploader_before_it_runs(bring_in, office_member, office_lead):
    job = upload_import(sheet(), file_name="x.csv", actor=office_member)
    with pytest.raises(PermissionDenied):
        discard_import(job, actor=office_lead)
    discard_import(job, actor=office_member)
    assert not ImportJob.objects.exists()
    with pytest.raises(DomainError, match="Undo it instead"):
        discard_import(bring_in(), actor=office_member)
