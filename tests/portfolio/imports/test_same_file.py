"""A file keeps its source under another name; what an undone import brought is counted no more."""

import pytest

from portfolio.actions.imports.undo import undo_import
from portfolio.actions.imports.upload import upload_import
from portfolio.counts import count_register

from .conftest import changed, sheet


@pytest.mark.parametrize("name", ["copy of plan (1).csv", "something else.csv"])
def test_the_same_bytes_under_another_name(bring_in, office_member, name):
    first = bring_in()

    again = upload_import(sheet(), file_name=name, actor=office_member)

    assert again.source == first.source


def test_a_corrected_file_that_a_browser_renamed(bring_in, office_member):
    first = bring_in()
    stem, _, ending = first.file_name.rpartition(".")

    again = upload_import(sheet(changed(0, Name="Other")), file_name=f"{stem} (2).{ending}", actor=office_member)

    assert again.source == first.source


def test_counts_after_an_undo(bring_in, office_member, django_capture_on_commit_callbacks):
    job = bring_in()
    assert count_register(office_member) == 3

    with django_capture_on_commit_callbacks(execute=True):
        undo_import(job, actor=office_member)

    assert count_register(office_member) == 0
