"""A spreadsheet from the upload to its result, with the progress in between, and what imports leave to decide."""

import re

import pytest
from playwright.sync_api import expect

from aiso.accounts.models import Role
from portfolio.actions.imports import run
from portfolio.actions.imports.upload import upload_import
from portfolio.models import ImportJob, Initiative
from tests.factories import make_person
from tests.portfolio.importing.files import inventory
from tests.portfolio.imports.conftest import ROWS, changed, sheet

from .conftest import LOOKS, axe_findings, overflow


@pytest.fixture
def member(transactional_db):
    return make_person("Olga Member", Role.OFFICE_MEMBER)


def upload(page, name: str, content: bytes) -> None:
    page.get_by_label("Spreadsheet").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Upload and check columns").click()
    page.wait_for_url("**/columns/")


def sound(page) -> bool:
    return axe_findings(page) == [] and overflow(page) == 0


@pytest.mark.parametrize("script", [True, False])
def test_import_with_progress(visit, member, monkeypatch, script):
    monkeypatch.setattr(run, "BATCH", 2)
    page = visit("/imports/new/", as_=member, script=script)
    upload(page, "cases.csv", sheet(changed(2, Name="")))
    assert page.get_by_label("What “Status” holds").input_value() == "development_stage"
    page.get_by_label("What “Remark” holds").select_option("notes")
    page.get_by_role("button", name="Check 3 rows").click()
    page.wait_for_url("**/preview/")
    expect(page.locator(".answer")).to_contain_text("2 would become new initiatives")

    page.get_by_role("button", name="Import 2 rows").click()
    page.wait_for_url(re.compile(r"/imports/\d+/$"))
    expect(page.get_by_text("Waiting for a worker")).to_be_visible()
    job = ImportJob.objects.get()
    assert run._take_up(job.pk)
    assert run._advance(job.pk)
    assert run._advance(job.pk)
    page.get_by_text("2 of 3 rows done").wait_for()
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "2")
    while run._advance(job.pk):
        pass
    page.get_by_role("heading", name="Undo this import").wait_for()
    expect(page.locator(".answer")).to_contain_text("2 created, 0 updated, 0 unchanged, 1 rejected")
    expect(page.get_by_role("link", name="Rejected rows (XLSX)")).to_be_visible()

    page.get_by_role("link", name="Show the initiatives").click()
    expect(page.get_by_role("link", name="Fraud detection")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Undo the import of 3 rows").click()
    page.get_by_text("nothing of it is left in the register").wait_for()
    assert not Initiative.objects.exists()


@pytest.mark.parametrize(("on", "theme"), LOOKS)
def test_every_page_of_an_import(visit, member, on, theme):
    page = visit("/imports/", as_=member, on=on, theme=theme)
    assert sound(page)
    page.goto("/imports/new/")
    assert sound(page)
    upload(page, "doj.xlsx", inventory("hud-2025.xlsx"))
    assert sound(page)
    page.get_by_role("button", name="Check 11 rows").click()
    page.wait_for_url("**/preview/")
    assert sound(page)
    page.get_by_role("button", name="Import 11 rows").click()
    page.get_by_text("Waiting for a worker").wait_for()
    assert sound(page)
    run.run_import(ImportJob.objects.get().pk)
    page.get_by_role("heading", name="Undo this import").wait_for()
    assert sound(page)
    for path in ("/imports/", "/administration/value-maps/", "/administration/value-maps/stage/"):
        page.goto(path)
        assert sound(page), path
    page.goto(f"/initiatives/{Initiative.objects.first().reference}/imported/")
    assert sound(page)


def test_a_word_is_mapped_in_place(visit, member):
    job = run.start_import(upload_import(sheet(ROWS), file_name="cases.csv", actor=member), actor=member)
    run.run_import(job.pk)
    page = visit("/administration/value-maps/stage/", as_=member)
    page.get_by_label("What “Whatever” stands for").select_option("build")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved", exact=True).wait_for()
    assert page.get_by_label("What “Whatever” stands for").input_value() == "build"
