"""Who sits in which body on a day: actions, pages and API."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from aiso import clock
from aiso.accounts.actions import deactivate_person
from aiso.accounts.models import Role
from aiso.errors import ConflictError, DomainError
from aiso.events.models import Event
from forums import tasks
from forums.actions.keep_forums import add_member, change_forum, end_membership
from forums.models import Forum, Membership
from tests.factories import make_person, make_seat

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 15)
NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_noon():
    with clock.fixed_at(NOON):
        yield


@pytest.fixture
def forum(db) -> Forum:
    return Forum.objects.get(slug="portfolio-review")


@pytest.fixture
def sponsor(db) -> Forum:
    return Forum.objects.get(slug="executive-sponsor")


def told(name: str) -> list[dict]:
    return [event.payload for event in Event.objects.filter(name=name)]


def test_five_bodies_are_shipped_the_highest_first():
    assert [(forum.slug, forum.rank) for forum in Forum.objects.all()] == [
        ("executive-sponsor", 30),
        ("portfolio-review", 20),
        ("standards-review", 15),
        ("value-and-risk-review", 15),
        ("fast-lane-delegate", 10),
    ]


def test_a_seat_counts_from_its_first_day_to_the_day_before_its_last(forum, executive):
    seat = make_seat(forum.slug, executive, since=DAY, ended_on=date(2026, 6, 20))

    days = [date(2026, 6, 14), DAY, date(2026, 6, 19), date(2026, 6, 20)]
    assert [forum.is_member(executive, day) for day in days] == [False, True, True, False]
    assert [[*forum.members_on(day)] for day in days] == [[], [seat], [seat], []]
    assert [[*Forum.objects.bodies_of(executive, day)] for day in days] == [[], [forum], [forum], []]


def test_chair_and_secretary_are_read_of_a_day(forum, executive, office_member):
    make_seat(forum.slug, executive, "chair", since=date(2026, 1, 1), ended_on=DAY)
    make_seat(forum.slug, office_member, "secretary", since=DAY)

    assert forum.chair_of(date(2026, 6, 14)) == executive
    assert forum.chair_of() is None
    assert forum.secretary_of() == office_member
    assert forum.is_member(office_member)
    assert not forum.has_vote(office_member)


def test_bodies_are_named_the_highest_first(executive):
    for slug in ("fast-lane-delegate", "executive-sponsor", "standards-review"):
        make_seat(slug, executive, since=DAY)

    assert [each.rank for each in Forum.objects.bodies_of(executive)] == [30, 15, 10]


@pytest.mark.parametrize(
    ("share", "least", "voting", "needed"),
    [("0.5", 3, 0, 3), ("0.5", 3, 5, 3), ("0.5", 3, 8, 4), ("0.5", 3, 9, 5), ("0", 1, 4, 1), ("1", 1, 4, 4)],
)
def test_the_quorum_is_a_share_and_never_less_than_its_least(share, least, voting, needed):
    forum = Forum(quorum_share=share, quorum_least=least)
    forum.clean_fields(exclude=["slug", "name", "rank"])

    assert forum.quorum(voting) == needed


def test_an_office_lead_gives_a_seat(forum, office_lead, executive):
    seat = add_member(forum, actor=office_lead, person=executive, role="chair")

    assert (seat.started_on, seat.ended_on) == (DAY, None)
    assert told("forum.member_added") == [
        {"forum": forum.pk, "membership": seat.pk, "person": executive.pk, "role": "chair"}
    ]


@pytest.mark.parametrize("who", ["office_member", "executive", "auditor", "stranger", "business_owner"])
def test_nobody_else_gives_ends_or_changes(request, forum, executive, who):
    actor, seat = request.getfixturevalue(who), make_seat(forum.slug, make_person())

    with pytest.raises(PermissionDenied):
        add_member(forum, actor=actor, person=executive)
    with pytest.raises(PermissionDenied):
        end_membership(seat, actor=actor)
    with pytest.raises(PermissionDenied):
        change_forum(forum, actor=actor, rank=40)
    assert not Event.objects.filter(name__startswith="forum.").exists()


@pytest.mark.parametrize("who", ["service_account", "auditor"])
def test_programs_and_auditors_sit_nowhere(request, forum, office_lead, who):
    with pytest.raises(DomainError):
        add_member(forum, actor=office_lead, person=request.getfixturevalue(who))
    assert not forum.memberships.exists()


def test_somebody_who_left_gets_no_seat(forum, office_lead):
    with pytest.raises(DomainError, match="not active"):
        add_member(forum, actor=office_lead, person=make_person("Gone", is_active=False))


def test_nobody_gives_themselves_a_vote(forum, office_lead):
    for role in ("member", "chair", "sponsor"):
        with pytest.raises(PermissionDenied, match="themselves"):
            add_member(forum, actor=office_lead, person=office_lead, role=role)

    assert add_member(forum, actor=office_lead, person=office_lead, role="secretary").pk


def test_a_person_has_one_seat_at_a_time(forum, office_lead, executive):
    seat = add_member(forum, actor=office_lead, person=executive)
    with pytest.raises(DomainError, match="already"):
        add_member(forum, actor=office_lead, person=executive, role="chair")

    end_membership(seat, actor=office_lead)
    assert add_member(forum, actor=office_lead, person=executive, role="chair").role == "chair"


def test_the_database_holds_one_seat_and_one_chair_a_day(forum, executive, office_member):
    make_seat(forum.slug, executive, "chair", since=DAY)
    for person, role in ((executive, "member"), (office_member, "chair")):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_seat(forum.slug, person, role, since=date(2026, 7, 1))


@pytest.mark.parametrize("role", ["chair", "secretary"])
def test_there_is_one_of_them(forum, office_lead, executive, office_member, role):
    add_member(forum, actor=office_lead, person=executive, role=role)

    with pytest.raises(DomainError, match=executive.name) as refused:
        add_member(forum, actor=office_lead, person=office_member, role=role)
    assert refused.value.field == "role"


def test_the_sponsor_is_one_person(sponsor, office_lead, executive, office_member):
    add_member(sponsor, actor=office_lead, person=executive, role="sponsor")

    with pytest.raises(DomainError, match="1 seat"):
        add_member(sponsor, actor=office_lead, person=office_member, role="sponsor")
    with pytest.raises(DomainError, match="1 seat"):
        add_member(sponsor, actor=office_lead, person=office_member, started_on=date(2026, 9, 1))


def test_a_seat_ends_once_and_its_time_stays(forum, office_lead, executive):
    seat = make_seat(forum.slug, executive, since=date(2026, 1, 1))
    end_membership(seat, actor=office_lead, reason="Rotation.")

    seat.refresh_from_db()
    assert seat.ended_on == DAY
    assert told("forum.membership_ended") == [{"forum": forum.pk, "membership": seat.pk, "person": executive.pk}]
    with pytest.raises(DomainError, match="ended already"):
        end_membership(seat, actor=office_lead)


def test_a_seat_cannot_end_before_it_began(forum, office_lead, executive):
    seat = make_seat(forum.slug, executive, since=DAY)

    with pytest.raises(DomainError) as refused:
        end_membership(seat, actor=office_lead, ended_on=date(2026, 6, 1))
    assert refused.value.field == "ended_on"


def test_who_leaves_frees_the_seats_however_often_it_is_told(forum, office_lead, executive):
    make_seat(forum.slug, executive, since=date(2026, 1, 1))
    make_seat("standards-review", executive, since=date(2026, 9, 1))
    deactivate_person(executive, actor=office_lead, reason="Retired.")
    event = Event.objects.get(name="person.deactivated")

    for _ in range(2):
        tasks.end_memberships(event.pk)
    assert not Membership.objects.filter(ended_on=None).exists()
    assert not Forum.objects.bodies_of(executive, date(2026, 12, 1)).exists()
    assert len(told("forum.membership_ended")) == 2


def test_a_forum_is_changed_and_the_second_editor_asked(forum, office_lead):
    change_forum(forum, actor=office_lead, seen={"rank": 20}, rank=22, majority="two_thirds")

    forum.refresh_from_db()
    assert (forum.rank, forum.majority) == (22, "two_thirds")
    assert told("forum.changed") == [{"forum": forum.pk, "fields": ["majority", "rank"]}]
    with pytest.raises(ConflictError):
        change_forum(forum, actor=office_lead, seen={"rank": 20}, rank=25)


@pytest.mark.parametrize("wrong", [{"quorum_share": 2}, {"quorum_least": 0}, {"majority": "loudest"}, {"name": ""}])
def test_what_cannot_be_is_refused(forum, office_lead, wrong):
    with pytest.raises(ValidationError):
        change_forum(forum, actor=office_lead, **wrong)


def test_seats_are_not_cut_below_those_who_sit(forum, office_lead):
    for _ in range(2):
        make_seat(forum.slug, make_person())

    with pytest.raises(DomainError, match="1 seat"):
        change_forum(forum, actor=office_lead, most_members=1)


def test_everybody_reads_who_decides_in_few_queries(
    client, forum, stranger, executive, office_lead, django_assert_max_num_queries
):
    for number in range(12):
        make_seat(forum.slug, make_person(f"Member {number}"))
    make_seat(forum.slug, executive, "chair")
    client.force_login(stranger)

    with django_assert_max_num_queries(8):
        page = client.get(reverse("forums:forum_list")).content.decode()
    assert "Needs 7 of 13 with a vote" in page
    assert page.index(executive.name) < page.index("Member 0")
    assert "lack the people to decide today" in page


def test_the_lead_gives_and_ends_a_seat_on_the_pages(client, forum, office_lead, executive):
    client.force_login(office_lead)
    address = reverse("forums:forum_detail", args=[forum.slug])
    given = {"person": executive.email, "role": "chair", "started_on": "2026-06-15"}

    assert client.post(f"{address}members/", given).status_code == 302
    seat = forum.memberships.get()
    assert "Eva Chief" in client.get(address).content.decode()
    assert client.post(f"{address}members/", given).status_code == 422
    assert client.get(f"{address}members/{seat.pk}/end/").status_code == 200
    ended = {"ended_on": "2026-07-01", "reason": "Rotation."}
    assert client.post(f"{address}members/{seat.pk}/end/", ended).status_code == 302
    assert client.post(f"{address}members/{seat.pk}/end/", ended).status_code == 422
    assert "Rotation." in client.get(f"{address}history/").content.decode()
    assert client.get(reverse("forums:forum_detail", args=["no-such"])).status_code == 404


def test_the_lead_edits_a_forum_on_its_page(client, forum, office_lead):
    client.force_login(office_lead)
    address = reverse("forums:forum_edit", args=[forum.slug])
    shown = client.get(address).context["form"]
    sent = {field.html_name: field.value() or "" for field in shown}
    sent |= {field.html_initial_name: field.value() or "" for field in shown}
    sent |= {"rank": 25, "most_members": "", "initial-is_delegate": "False"}
    del sent["is_delegate"]

    assert client.post(address, sent).status_code == 302
    forum.refresh_from_db()
    assert forum.rank == 25
    assert client.post(address, sent | {"quorum_share": "3"}).status_code == 422


def test_a_member_of_the_office_reads_and_changes_nothing(client, forum, office_member):
    client.force_login(office_member)
    address = reverse("forums:forum_detail", args=[forum.slug])

    assert "Give a seat" not in client.get(address).content.decode()
    assert client.get(f"{address}edit/").status_code == 403
    assert client.get(reverse("forums:administration")).status_code == 200


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.REQUESTER])
def test_others_do_not_see_the_administration(client, forum, role):
    client.force_login(make_person("Somebody", role))

    assert client.get(reverse("forums:forum_detail", args=[forum.slug])).status_code == 403
