"""Taking one's last change back, for as long as the message offers it."""

import pytest
from django.core.cache import cache

from portfolio.models import Bucket, Initiative, Ownership
from tests.factories import make_entry

from .forms import events, htmx, offered_undo

pytestmark = pytest.mark.django_db


def change(client, initiative, field="summary", to="New", was="") -> str:
    """Change a field in its cell, and return the address that the message offers."""
    address = f"{initiative.get_absolute_url()}edit/{field}/?place=cell&column=name"
    answer = client.post(address, {field: to, f"initial-{field}": was}, headers=htmx())
    assert answer.status_code == 200
    return offered_undo(answer)


def test_the_change_goes_back_and_says_so(client, initiative, office_member):
    client.force_login(office_member)
    undo = change(client, initiative)

    response = client.post(undo, {"next": "/register/?q=pumps"})

    assert response.headers["Location"] == "/register/?q=pumps"
    initiative.refresh_from_db()
    assert initiative.summary == ""
    assert len(events("initiative.edited")) == 2


def test_it_goes_back_once(client, initiative, office_member):
    client.force_login(office_member)
    undo = change(client, initiative)
    client.post(undo)
    Initiative.objects.filter(pk=initiative.pk).update(summary="New")

    response = client.post(undo, headers={"Sec-Fetch-Mode": "cors"})

    assert response.status_code == 409
    initiative.refresh_from_db()
    assert initiative.summary == "New"


def test_what_somebody_changed_since_stays(client, initiative, office_member):
    client.force_login(office_member)
    undo = change(client, initiative)
    Initiative.objects.filter(pk=initiative.pk).update(summary="Newer")

    assert client.post(undo, headers={"Sec-Fetch-Mode": "cors"}).status_code == 409
    assert client.post(undo).status_code == 302

    initiative.refresh_from_db()
    assert initiative.summary == "Newer"


def test_nobody_takes_back_what_another_did(client, initiative, office_member, office_lead):
    client.force_login(office_member)
    undo = change(client, initiative)
    client.force_login(office_lead)

    assert client.post(undo).status_code == 403

    initiative.refresh_from_db()
    assert initiative.summary == "New"


def test_it_needs_the_right_to_change(client, initiative, business_owner):
    client.force_login(business_owner)
    undo = change(client, initiative)
    Ownership.objects.filter(person=business_owner).delete()

    assert client.post(undo).status_code == 403


def test_it_leads_nowhere_else_and_is_never_a_link(client, initiative, office_member):
    client.force_login(office_member)
    undo = change(client, initiative)

    assert client.get(undo).status_code == 405
    assert (
        client.post(undo, {"next": "https://elsewhere.example/"}).headers["Location"] == initiative.get_absolute_url()
    )


def test_entries_go_back_to_what_they_were(client, initiative, office_member):
    client.force_login(office_member)
    old, new = make_entry(Bucket), make_entry(Bucket)
    Initiative.objects.filter(pk=initiative.pk).update(bucket=old)
    undo = change(client, initiative, "bucket", str(new.pk), str(old.pk))

    client.post(undo)

    initiative.refresh_from_db()
    assert initiative.bucket == old


def test_when_it_is_forgotten_the_page_says_so(client, initiative, office_member):
    client.force_login(office_member)
    undo = change(client, initiative)
    cache.clear()

    response = client.post(undo, follow=True)

    assert "can no longer be taken back" in response.content.decode()
