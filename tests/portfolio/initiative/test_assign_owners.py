"""Owners: who is one, since when, who was, and who stands in."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from aiso import clock
from aiso.errors import DomainError
from aiso.web.forms import person_text
from portfolio.actions.assign_owners import assign_owner, end_ownerships_of, take_back_assignment
from portfolio.models import OwnerKind, Ownership
from tests.factories import make_ownership, make_person

from .forms import events, filled_in, htmx, offered_undo, opened

pytestmark = pytest.mark.django_db


def days_ago(days: int):
    return clock.today() - timedelta(days=days)


def owner(initiative, kind: str) -> str:
    return f"{initiative.get_absolute_url()}owners/{kind}/"


def edit_owners(initiative, place: str = "") -> str:
    return f"{initiative.get_absolute_url()}edit/owners/?place={place}&column=owners"


def test_the_office_assigns_since_a_day_with_a_reason(client, initiative, office_member, risk_owner):
    client.force_login(office_member)
    data = opened(client, owner(initiative, "risk"))

    sent = data | {"risk_owner": person_text(risk_owner), "since": days_ago(3), "reason": "Agreed on Monday."}
    response = client.post(owner(initiative, "risk"), sent)

    assert response.headers["Location"].endswith("/owners/")
    row = initiative.ownerships.get(kind="risk")
    assert (row.person, row.started_on, row.ended_on) == (risk_owner, days_ago(3), None)
    assert events("initiative.owner_assigned")[0].payload["person"] == risk_owner.pk
    history = client.get(f"{initiative.get_absolute_url()}history/").content.decode()
    assert "Agreed on Monday." in history


def test_the_business_owner_hands_over(client, initiative, business_owner, stranger):
    client.force_login(business_owner)
    data = opened(client, owner(initiative, "business"))
    assert data["initial-business_owner"] == person_text(business_owner)

    client.post(owner(initiative, "business"), data | {"business_owner": person_text(stranger)})

    initiative.refresh_from_db()
    assert initiative.business_owner == stranger
    assert client.get(owner(initiative, "business")).status_code == 403


@pytest.mark.parametrize("who", ["technical_owner", "stranger", "auditor"])
def test_others_may_not(client, initiative, request, who):
    person = request.getfixturevalue(who)
    client.force_login(person)
    deputy = make_ownership(initiative, make_person(), OwnerKind.RISK, is_deputy=True)
    base = initiative.get_absolute_url()

    assert client.get(owner(initiative, "risk")).status_code == 403
    assert client.post(owner(initiative, "risk"), {"risk_owner": person.email}).status_code == 403
    assert client.post(f"{base}owners/risk/deputies/", {"risk-person": person.email}).status_code == 403
    assert client.post(f"{base}deputies/{deputy.pk}/remove/").status_code == 403
    assert client.get(edit_owners(initiative)).status_code == 403
    initiative.refresh_from_db()
    assert initiative.risk_owner is None


def test_who_does_not_see_it_finds_nothing(client, secret, stranger):
    client.force_login(stranger)

    assert client.post(owner(secret, "risk"), {"risk_owner": stranger.email}).status_code == 404
    assert client.post(f"{secret.get_absolute_url()}owners/risk/deputies/").status_code == 404


@pytest.mark.parametrize("headers", [{}, htmx("dialog")])
@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"risk_owner": "nobody@example.org"}, "Nobody active"),
        ({"since": "yesterday"}, "Enter a valid date"),
        ({"since": ""}, "This field is required"),
        ({"since": "2999-01-01"}, "An owner begins today or earlier"),
    ],
)
def test_what_cannot_be_is_told_beside_the_field(client, initiative, office_member, stranger, headers, sent, told):
    client.force_login(office_member)
    good = {"risk_owner": stranger.email, "initial-risk_owner": "", "since": clock.today().isoformat()}

    response = client.post(owner(initiative, "risk"), good | sent, headers=headers)

    assert response.status_code == 422
    assert told in response.content.decode()
    assert not initiative.ownerships.filter(kind="risk").exists()


def test_a_day_before_the_last_owner_ended_is_refused_in_words(client, initiative, office_member, stranger, risk_owner):
    earlier = make_ownership(initiative, risk_owner, OwnerKind.RISK, since=days_ago(50))
    Ownership.objects.filter(pk=earlier.pk).update(ended_on=days_ago(10))
    client.force_login(office_member)
    sent = {"risk_owner": stranger.email, "initial-risk_owner": "", "since": days_ago(20).isoformat()}

    response = client.post(owner(initiative, "risk"), sent)

    assert response.status_code == 422
    assert f"{risk_owner} was owner until" in response.content.decode()
    with pytest.raises(DomainError):
        assign_owner(initiative, actor=office_member, kind="risk", person=stranger, since=days_ago(11))
    assign_owner(initiative, actor=office_member, kind="risk", person=stranger, since=days_ago(10))


def test_the_second_who_assigns_sees_both_and_chooses(client, initiative, office_member, risk_owner, stranger):
    client.force_login(office_member)
    data = opened(client, owner(initiative, "risk"))
    client.post(owner(initiative, "risk"), data | {"risk_owner": person_text(risk_owner)})

    sent = data | {"risk_owner": person_text(stranger)}
    conflict = client.post(owner(initiative, "risk"), sent, headers=htmx("dialog"))

    assert conflict.status_code == 409
    assert all(str(person) in conflict.content.decode() for person in (risk_owner, stranger, office_member))
    initiative.refresh_from_db()
    assert initiative.risk_owner == risk_owner
    again = filled_in(conflict.content.decode())
    assert client.post(owner(initiative, "risk"), again | {"choice-risk_owner": "mine"}).status_code == 302
    initiative.refresh_from_db()
    assert initiative.risk_owner == stranger


def test_the_three_are_edited_together_in_a_cell(client, initiative, office_member, business_owner, risk_owner):
    client.force_login(office_member)
    data = opened(client, edit_owners(initiative, "cell"), **htmx())

    sent = data | {"technical_owner": "", "risk_owner": person_text(risk_owner)}
    answer = client.post(edit_owners(initiative, "cell"), sent, headers=htmx())

    assert answer.status_code == 200
    initiative.refresh_from_db()
    people = (initiative.business_owner, initiative.technical_owner, initiative.risk_owner)
    assert people == (business_owner, None, risk_owner)
    assert len(events("initiative.owner_assigned")) == 2
    assert "1 missing" in answer.content.decode()


def test_together_all_or_none(client, initiative, office_member, risk_owner, stranger, technical_owner):
    client.force_login(office_member)
    data = opened(client, edit_owners(initiative))
    assign_owner(initiative, actor=office_member, kind="technical", person=stranger)

    sent = data | {"technical_owner": "", "risk_owner": person_text(risk_owner)}
    response = client.post(edit_owners(initiative), sent)

    assert response.status_code == 409
    initiative.refresh_from_db()
    assert (initiative.risk_owner, initiative.technical_owner) == (None, stranger)


def test_undo_restores_the_days_unbroken(client, initiative, office_member, business_owner, stranger):
    client.force_login(office_member)
    data = opened(client, edit_owners(initiative, "cell"), **htmx())
    sent = data | {"business_owner": person_text(stranger)}
    answer = client.post(edit_owners(initiative, "cell"), sent, headers=htmx())
    undo = offered_undo(answer)

    client.post(undo)

    initiative.refresh_from_db()
    assert (initiative.business_owner, initiative.business_owner_since) == (business_owner, days_ago(74))
    assert initiative.ownerships.filter(kind="business").count() == 1
    assert len(events("initiative.owner_assignment_undone")) == 1


def test_an_assignment_is_not_taken_back_over_a_later_one(initiative, office_member, business_owner, stranger):
    before = initiative.ownerships.get(kind="business").pk
    assign_owner(initiative, actor=office_member, kind="business", person=stranger)
    began = initiative.ownerships.current().get(kind="business").pk
    assign_owner(initiative, actor=office_member, kind="business", person=office_member)

    with pytest.raises(DomainError):
        take_back_assignment(initiative, actor=office_member, kind="business", began=began, ended=before)


@pytest.mark.parametrize("headers", [{}, htmx("tab")])
def test_deputies_come_and_go(client, initiative, business_owner, stranger, headers):
    client.force_login(business_owner)
    base = initiative.get_absolute_url()

    added = client.post(f"{base}owners/technical/deputies/", {"technical-person": stranger.email}, headers=headers)
    deputy = initiative.ownerships.get(is_deputy=True)
    twice = client.post(f"{base}owners/technical/deputies/", {"technical-person": stranger.email}, headers=headers)
    removed = client.post(f"{base}deputies/{deputy.pk}/remove/", headers=headers)

    assert (added.status_code, twice.status_code, removed.status_code) == (302, 422, 302)
    assert "already owner or deputy" in twice.content.decode()
    deputy.refresh_from_db()
    assert deputy.ended_on == clock.today()
    assert [len(events(f"initiative.deputy_{done}")) for done in ("added", "removed")] == [1, 1]
    assert client.post(f"{base}deputies/{deputy.pk}/remove/").status_code == 302
    assert len(events("initiative.deputy_removed")) == 1


def test_an_owner_is_not_removed_as_a_deputy(client, initiative, office_member):
    client.force_login(office_member)
    row = initiative.ownerships.get(kind="business")

    assert client.post(f"{initiative.get_absolute_url()}deputies/{row.pk}/remove/").status_code == 404


def test_the_tab_tells_who_it_was_and_when(client, initiative, office_member, business_owner, stranger):
    assign_owner(initiative, actor=office_member, kind="business", person=stranger)
    client.force_login(office_member)

    response = client.get(f"{initiative.get_absolute_url()}owners/")

    line = response.context["page"].owners[0]
    assert (line.ownership.person, line.days) == (stranger, 0)
    assert [(each.person, each.started_on, each.ended_on) for each in line.past] == [
        (business_owner, days_ago(74), clock.today())
    ]
    assert line.stable_from == clock.today() + timedelta(days=29)
    assert "Stable business owner" in response.content.decode()


@pytest.mark.parametrize(("zone", "ends"), [("America/New_York", (2026, 3, 4)), ("Asia/Tokyo", (2026, 3, 5))])
def test_who_left_owned_until_the_day_of_the_office(initiative, stranger, zone, ends):
    held = make_ownership(initiative, stranger, OwnerKind.RISK, since=date(2026, 1, 1))
    stranger.is_active, stranger.deactivated_at = False, datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
    stranger.save()
    with timezone.override(zone):
        assert end_ownerships_of(stranger) == 1
    held.refresh_from_db()
    assert held.ended_on == date(*ends)
