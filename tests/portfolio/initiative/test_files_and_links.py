"""Files, which only ever leave as downloads, and links."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from portfolio.actions import discuss
from portfolio.models import Attachment, Link
from tests.factories import make_initiative

from .forms import events, htmx, offered_undo

pytestmark = pytest.mark.django_db


def files(initiative, rest: str = "") -> str:
    return f"{initiative.get_absolute_url()}files/{rest}"


def links(initiative, rest: str = "new/") -> str:
    return f"{initiative.get_absolute_url()}links/{rest}"


def upload(client, initiative, name="plan.html", content=b"<script>alert(1)</script>", headers=None):
    file = SimpleUploadedFile(name, content, content_type="text/html")
    return client.post(files(initiative, "new/"), {"file": file}, headers=headers or {})


@pytest.mark.parametrize("headers", [{}, htmx("tab")])
def test_a_file_comes_back_as_it_went_in_as_a_download(client, initiative, business_owner, headers):
    client.force_login(business_owner)

    assert upload(client, initiative, headers=headers).status_code == 302
    attachment = initiative.attachments.get()
    response = client.get(files(initiative, f"{attachment.pk}/"))

    assert b"".join(response.streaming_content) == b"<script>alert(1)</script>"
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"] == 'attachment; filename="plan.html"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert events("attachment.added")[0].payload["attachment"] == attachment.pk


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", 'a"; filename="b.exe.txt', "x\r\nSet-Cookie: a=b.txt", "ü 漢.pdf"]
)
def test_a_name_of_any_kind_harms_nobody(client, initiative, business_owner, name):
    client.force_login(business_owner)

    upload(client, initiative, name)

    attachment = initiative.attachments.get()
    stored = Path(attachment.file.path).resolve()
    assert stored.is_relative_to(Path(settings.MEDIA_ROOT).resolve())
    response = client.get(files(initiative, f"{attachment.pk}/"))
    assert response.headers["Content-Disposition"].startswith("attachment; filename")
    assert "Set-Cookie" not in response.headers
    assert "\n" not in response.headers["Content-Disposition"]


@pytest.mark.parametrize("headers", [{}, htmx("tab")])
@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("empty.txt", b"", "This file is empty"),
        ("run.EXE", b"MZ", "Programs cannot"),
        ("big.txt", b"x" * 20, "Files up to"),
    ],
)
def test_what_is_not_taken_is_told(client, initiative, business_owner, monkeypatch, headers, name, content, told):
    monkeypatch.setattr(discuss, "LARGEST_FILE", 10)
    client.force_login(business_owner)

    response = upload(client, initiative, name, content, headers)

    assert response.status_code == 422
    assert told in response.content.decode()
    assert not initiative.attachments.exists()


def test_no_file_at_all_is_told(client, initiative, business_owner):
    client.force_login(business_owner)

    assert "Choose a file first" in client.post(files(initiative, "new/")).content.decode()


def test_a_removed_file_is_gone_from_the_disk(client, initiative, business_owner, django_capture_on_commit_callbacks):
    client.force_login(business_owner)
    upload(client, initiative)
    attachment = initiative.attachments.get()
    path = Path(attachment.file.path)
    assert path.exists()

    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(files(initiative, f"{attachment.pk}/remove/")).status_code == 302

    assert not path.exists()
    assert client.post(files(initiative, f"{attachment.pk}/remove/")).status_code == 404
    assert client.get(files(initiative, f"{attachment.pk}/")).status_code == 404
    assert len(events("attachment.removed")) == 1


def test_a_file_that_the_disk_lost_is_not_found(client, initiative, business_owner):
    client.force_login(business_owner)
    upload(client, initiative)
    attachment = initiative.attachments.get()
    Path(attachment.file.path).unlink()

    assert client.get(files(initiative, f"{attachment.pk}/")).status_code == 404


def test_files_are_seen_with_their_initiative_and_through_it_only(client, initiative, business_owner, stranger):
    client.force_login(business_owner)
    upload(client, initiative)
    attachment = Attachment.objects.get()

    assert client.get(files(make_initiative(), f"{attachment.pk}/")).status_code == 404
    client.force_login(stranger)
    assert client.get(files(initiative, f"{attachment.pk}/")).status_code == 200
    initiative.is_confidential = True
    initiative.save(update_fields=["is_confidential"])
    assert client.get(files(initiative, f"{attachment.pk}/")).status_code == 404
    client.logout()
    assert client.get(files(initiative, f"{attachment.pk}/")).status_code == 302


@pytest.mark.parametrize("who", ["stranger", "auditor"])
def test_others_attach_and_remove_nothing(client, initiative, request, who):
    link = Link.objects.create(initiative=initiative, name="Plan", address="https://example.org")
    client.force_login(request.getfixturevalue(who))

    assert upload(client, initiative).status_code == 403
    assert client.post(files(initiative, "1/remove/")).status_code == 403
    assert client.post(links(initiative), {"address": "https://example.org"}).status_code == 403
    assert client.post(links(initiative, f"{link.pk}/remove/")).status_code == 403
    assert initiative.links.get() == link


@pytest.mark.parametrize("headers", [{}, htmx("tab")])
def test_a_link_is_added_removed_and_brought_back(client, initiative, business_owner, headers):
    client.force_login(business_owner)

    sent = {"address": "https://example.org/plan", "name": ""}
    assert client.post(links(initiative), sent, headers=headers).status_code == 302
    link = initiative.links.get()
    assert link.name == "https://example.org/plan"
    [*client.get(files(initiative)).context["messages"]]
    assert client.post(links(initiative, f"{link.pk}/remove/"), headers=headers).status_code == 302
    undo = offered_undo(client.get(files(initiative)))
    client.post(undo)

    assert initiative.links.get().address == "https://example.org/plan"
    assert [len(events(f"link.{done}")) for done in ("added", "removed")] == [2, 1]
    assert 'rel="nofollow noopener noreferrer"' in client.get(files(initiative)).content.decode()


@pytest.mark.parametrize("headers", [{}, htmx("tab")])
@pytest.mark.parametrize("address", ["", "javascript:alert(1)", "ftp://example.org", "https://", "file:///etc/passwd"])
def test_only_web_addresses_are_links(client, initiative, business_owner, headers, address):
    client.force_login(business_owner)

    response = client.post(links(initiative), {"address": address, "name": "x"}, headers=headers)

    assert response.status_code == 422
    assert not initiative.links.exists()
