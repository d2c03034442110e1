"""From the upload to the result in the browser, without script."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portfolio.actions.imports.run import run_import, start_import
from portfolio.actions.imports.upload import REASON_HEADER, upload_import
from portfolio.importing.reading import read_sheet
from portfolio.models import ImportJob, Initiative
from tests.factories import make_person

from .conftest import HEADER, ROWS, changed, sheet

pytestmark = pytest.mark.django_db


def page(name: str, *parts: object) -> str:
    return reverse(f"portfolio:import_{name}", args=parts)


def upload(client, content: bytes, name: str = "cases.csv"):
    return client.post(page("upload"), {"file": SimpleUploadedFile(name, content)})


def mapping_of(job: ImportJob, **other: str) -> dict[str, str]:
    chosen = {f"column_{place}": column for place, column in enumerate(job.mapping)}
    return {"source": job.source, "as_of": job.as_of.isoformat(), "unit": "", **chosen, **other}


@pytest.fixture
def member(client, office_member):
    client.force_login(office_member)
    return office_member


def test_a_file_goes_from_upload_to_result(client, member):
    assert client.get(page("upload")).status_code == 200
    response = upload(client, sheet(changed(2, Name="")))
    job = ImportJob.objects.get()
    assert response.url == page("mapping", job.pk)
    columns = client.get(response.url)
    assert [line.confidence for line in columns.context["lines"]].count("sure") >= 8

    checked = client.post(page("mapping", job.pk), mapping_of(job, column_9="notes"))
    assert checked.url == page("preview", job.pk)
    told = client.get(checked.url)
    assert (told.context["preview"].outcomes["created"], told.context["preview"].outcomes["rejected"]) == (2, 1)
    assert not Initiative.objects.exists()

    assert client.post(page("start", job.pk)).url == page("detail", job.pk)
    waiting = client.get(page("detail", job.pk))
    assert b'hx-trigger="every 1s"' in waiting.content
    assert b"http-equiv" in waiting.content
    assert client.post(page("start", job.pk)).url == page("detail", job.pk)
    run_import(job.pk)
    part = client.get(page("detail", job.pk), headers={"HX-Request": "true"})
    assert b"<html" not in part.content
    assert b"every 1s" not in part.content
    assert b"Rejected rows" in part.content


def test_rejected_rows_come_back_to_be_corrected(client, member):
    job = upload_import(sheet([*ROWS[:2], ["=1+1", "", *ROWS[2][2:]]]), file_name="cases.csv", actor=member)
    start_import(job, actor=member)
    run_import(job.pk)

    for kind in ("csv", "xlsx"):
        response = client.get(page("rejected", job.pk, kind))
        assert f'filename="rejected rows of cases.{kind}"' in response.headers["Content-Disposition"]
        back = read_sheet(response.content)
        assert list(back.headers) == [*HEADER, REASON_HEADER]
        assert back.rows[0].cells[0] == "=1+1"
        assert "has no name" in back.rows[0].cells[-1]
    raw = next(
        iter(list(csv.reader(io.StringIO(client.get(page("rejected", job.pk, "csv")).content.decode("utf-8-sig"))))[1:])
    )
    assert raw[0] == "'=1+1"

    corrected = client.get(page("rejected", job.pk, "csv")).content.replace(b",,", b",Named now,", 1)
    upload(client, corrected, "rejected rows of cases.csv")
    again = ImportJob.objects.first()
    assert again.source == job.source
    assert again.mapping[-1] == "-"
    client.post(page("start", again.pk))
    run_import(again.pk)
    assert Initiative.objects.filter(name="Named now", source="cases").exists()


@pytest.mark.parametrize(
    ("content", "word"), [(b"", b"empty"), (b"\x00\x01\x02" * 50, b"not a text table"), (b"Name,Status\n", b"no rows")]
)
def test_a_file_that_cannot_be_read_says_why(client, member, content, word):
    response = upload(client, content)

    assert response.status_code == 422
    assert word in response.content
    assert not ImportJob.objects.exists()


def test_a_mapping_that_makes_no_sense_is_shown_again(client, member):
    job = upload_import(sheet(), file_name="cases.csv", actor=member)

    twice = client.post(page("mapping", job.pk), mapping_of(job, column_0="summary"))
    assert twice.status_code == 422
    assert "Two columns are mapped" in twice.content.decode()
    future = client.post(page("mapping", job.pk), mapping_of(job, as_of="2999-01-01"))
    assert future.status_code == 422
    unknown = client.post(page("mapping", job.pk), mapping_of(job, column_0="nonsense"))
    assert unknown.status_code == 422


def test_undo_and_discard(client, member, bring_in):
    job = bring_in()
    first = Initiative.objects.order_by("pk").first()
    Initiative.objects.filter(pk=first.pk).update(changed_at=job.finished_at)
    refused = client.post(page("undo", job.pk))
    assert refused.status_code == 409
    assert "changed since this import" in refused.content.decode()
    other = upload_import(sheet(), file_name="other.csv", actor=member)
    assert client.post(page("discard", other.pk)).url == page("list")
    assert client.post(page("discard", job.pk)).status_code == 409


def test_undone_in_one_click(client, member, bring_in):
    job = bring_in()
    assert client.post(page("undo", job.pk)).url == job.get_absolute_url()
    assert not Initiative.objects.exists()
    assert client.post(page("undo", job.pk)).status_code == 409
    assert b"nothing of it is left" in client.get(job.get_absolute_url()).content


def test_who_sees_imports(client, bring_in, member, office_lead, auditor, requester):
    job = bring_in()
    waiting = upload_import(sheet(), file_name="other.csv", actor=member)
    for person, listed in ((office_lead, 200), (auditor, 200), (requester, 403)):
        client.force_login(person)
        assert client.get(page("list")).status_code == listed
        assert client.get(page("detail", job.pk)).status_code == (404 if person == requester else 200)
        assert client.get(page("rejected", job.pk, "csv")).status_code == (404 if person == requester else 200)
    client.force_login(auditor)
    assert client.get(page("upload")).status_code == 403
    assert client.get(page("detail", waiting.pk)).status_code == 403
    assert client.post(page("undo", job.pk)).status_code == 403
    client.force_login(requester)
    assert client.post(page("undo", job.pk)).status_code == 404
    assert client.get(page("upload")).status_code == 403


def test_a_local_office_sees_its_own_imports_alone(client, bring_in):
    from aiso.accounts.models import Role
    from tests.factories import make_unit

    bring_in()
    local = make_person("Local", Role.OFFICE_MEMBER, role_unit=make_unit())
    client.force_login(local)

    assert client.get(page("list")).context["jobs"] == []


def test_pages_make_a_fixed_number_of_queries(client, member, bring_in, django_assert_max_num_queries):
    job = bring_in()
    for number in range(5):
        upload_import(sheet(), file_name=f"{number}.csv", actor=member)
    waiting = ImportJob.objects.first()
    for address, most in (
        (page("list"), 8),
        (page("detail", job.pk), 9),
        (page("mapping", waiting.pk), 10),
        (page("preview", waiting.pk), 20),
    ):
        with django_assert_max_num_queries(most):
            assert client.get(address).status_code == 200


def test_the_initiative_tells_what_its_source_said(client, member, bring_in):
    bring_in()
    fraud = Initiative.objects.get(external_id="U-2")

    response = client.get(reverse("portfolio:initiative_imported", args=[fraud.reference]))

    assert response.status_code == 200
    assert "no date is known yet" in response.content.decode()
    assert "As imported" in client.get(fraud.get_absolute_url()).content.decode()


@pytest.mark.parametrize(("who", "may"), [("stranger", False), ("auditor", True), ("finance_controller", True)])
def test_sums_of_the_record_are_for_those_who_see_the_money(client, bring_in, request, who, may):
    bring_in(b"Name,Department,Money asked for,Cost,Colour\nFraud alerts,Service,77777,about 88 888,green\n")
    initiative = Initiative.objects.get(name="Fraud alerts")
    client.force_login(request.getfixturevalue(who))

    imported = client.get(reverse("portfolio:initiative_imported", args=[initiative.reference])).content.decode()
    page = client.get(initiative.get_absolute_url()).content.decode()

    assert "green" in imported
    assert ("77777" in imported, "88 888" in imported) == (may, may)
    assert ("77,777" in page, "88 888" in page) == (may, may)
