"""Changing many initiatives at once, and taking it back: action and page."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from aiso.accounts.models import Role
from aiso.errors import DomainError
from aiso.events.models import Event
from portfolio.actions.edit_many import edit_many, undo_bulk_edit
from portfolio.models import Bucket, BulkEdit, Initiative
from tests.factories import make_initiative, make_person, make_unit


@pytest.fixture
def bucket(db):
    return Bucket.objects.get(name="Customer operations")


@pytest.fixture
def three(db):
    return [make_initiative(f"Number {number}") for number in range(3)]


def pks(initiatives):
    return [initiative.pk for initiative in initiatives]


def buckets():
    return {*Initiative.objects.values_list("bucket__name", flat=True)}


def test_all_get_the_value_and_an_event_says_so(three, office_member, bucket):
    edit = edit_many(pks(three), actor=office_member, field="bucket", value=bucket)

    assert buckets() == {"Customer operations"}
    assert edit.rows.count() == 3
    event = Event.objects.get(name="initiatives.edited")
    assert (event.actor, sorted(event.payload["initiatives"])) == (office_member, pks(three))


def test_undo_brings_back_what_each_had(three, office_member, bucket):
    other = Bucket.objects.exclude(pk=bucket.pk).first()
    Initiative.objects.filter(pk=three[0].pk).update(bucket=other)
    edit = edit_many(pks(three), actor=office_member, field="bucket", value=bucket)

    assert undo_bulk_edit(edit, actor=office_member) == (3, 0)
    assert [*Initiative.objects.order_by("pk").values_list("bucket", flat=True)] == [other.pk, None, None]


def test_undo_keeps_what_somebody_changed_since(three, office_member, office_lead, bucket):
    edit = edit_many(pks(three), actor=office_member, field="bucket", value=bucket)
    other = Bucket.objects.exclude(pk=bucket.pk).first()
    edit_many([three[0].pk], actor=office_lead, field="bucket", value=other)

    assert undo_bulk_edit(edit, actor=office_member) == (2, 1)
    three[0].refresh_from_db()
    assert three[0].bucket == other


def test_undo_works_once_and_for_its_author(three, office_member, office_lead, bucket):
    edit = edit_many(pks(three), actor=office_member, field="bucket", value=bucket)

    with pytest.raises(PermissionDenied):
        undo_bulk_edit(edit, actor=office_lead)
    undo_bulk_edit(edit, actor=office_member)
    with pytest.raises(DomainError, match="already"):
        undo_bulk_edit(edit, actor=office_member)


def test_one_forbidden_row_stops_all(three, business_owner, bucket):
    mine = make_initiative("Mine", owner=business_owner)

    with pytest.raises(PermissionDenied, match=three[0].reference):
        edit_many([mine.pk, three[0].pk], actor=business_owner, field="bucket", value=bucket)

    assert buckets() == {None}
    assert not BulkEdit.objects.exists()


def test_rows_that_one_may_not_see_are_not_touched(db, requester, bucket):
    secret = make_initiative(is_confidential=True)

    edit = edit_many([secret.pk], actor=requester, field="bucket", value=bucket)

    assert edit.rows.count() == 0
    assert buckets() == {None}


def test_owners_are_assigned_to_many(three, office_member, technical_owner):
    edit = edit_many(pks(three), actor=office_member, field="technical_owner", value=technical_owner)
    assert {*Initiative.objects.values_list("technical_owner", flat=True)} == {technical_owner.pk}

    undo_bulk_edit(edit, actor=office_member)
    assert {*Initiative.objects.values_list("technical_owner", flat=True)} == {None}


def test_a_stage_is_not_for_many(three, office_member):
    with pytest.raises(DomainError):
        edit_many(pks(three), actor=office_member, field="stage", value="scale")


def test_an_office_role_in_one_unit_ends_there(db, bucket):
    division = make_unit("Division")
    member = make_person("Uni Tofice", Role.OFFICE_MEMBER, role_unit=division)
    inside, outside = make_initiative(unit=division), make_initiative()

    with pytest.raises(PermissionDenied):
        edit_many([inside.pk, outside.pk], actor=member, field="bucket", value=bucket)

    assert edit_many([inside.pk], actor=member, field="bucket", value=bucket).rows.count() == 1


def test_the_page_asks_first_then_changes_then_offers_undo(client, three, office_member, bucket):
    client.force_login(office_member)
    page = reverse("portfolio:bulk_edit")
    asked = client.post(page, {"field": "bucket", "pk": pks(three)})
    assert "Bucket of 3 initiatives" in asked.content.decode()
    assert buckets() == {None}

    changed = client.post(page, {"field": "bucket", "pk": pks(three), "apply": "1", "value": bucket.pk}, follow=True)

    assert buckets() == {"Customer operations"}
    undo = reverse("portfolio:bulk_edit_undo", args=[BulkEdit.objects.get().pk])
    assert undo in changed.content.decode()
    client.post(undo)
    assert buckets() == {None}


def test_everything_that_an_address_finds_can_be_selected(client, three, office_member, bucket):
    client.force_login(office_member)
    form = {"field": "bucket", "all": "1", "query": "q=number", "apply": "1", "value": bucket.pk}

    client.post(reverse("portfolio:bulk_edit"), form)

    assert Initiative.objects.filter(bucket=bucket).count() == 3


@pytest.mark.parametrize(("form", "status"), [({"field": "stage"}, 302), ({"field": "bucket", "pk": ["x"]}, 400)])
def test_bad_selections_are_refused(client, office_member, form, status):
    client.force_login(office_member)

    assert client.post(reverse("portfolio:bulk_edit"), form).status_code == status


def test_a_wrong_value_comes_back_with_the_selection(client, three, office_member):
    client.force_login(office_member)

    response = client.post(
        reverse("portfolio:bulk_edit"), {"field": "bucket", "pk": pks(three), "apply": "1", "value": "0"}
    )

    assert response.status_code == 422
    assert response.content.decode().count('name="pk"') == 3


def test_nobody_undoes_what_another_made(client, three, office_member, office_lead, bucket):
    edit = edit_many(pks(three), actor=office_member, field="bucket", value=bucket)
    client.force_login(office_lead)

    assert client.post(reverse("portfolio:bulk_edit_undo", args=[edit.pk])).status_code == 404
