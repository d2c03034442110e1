"""Hours that functions have, and hours that initiatives ask of them: saying, asking, answering, and who is short."""

import threading
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from aiso import clock
from aiso.accounts.models import Role
from aiso.errors import DomainError
from aiso.events.models import Event, Notification
from aiso.web.work import work_of
from portfolio.models import Stage
from stagegates.actions.capacity import answer_specialists, ask_specialists, set_hours, withdraw_specialists
from stagegates.capacity import Board, Cell, cells_of, competition, months_from
from stagegates.capacity_messages import people_asked
from stagegates.capacity_tasks import notify_of_specialists
from stagegates.models import ReviewFunction, SpecialistRequest
from tests.api.conftest import make_api_token
from tests.factories import make_initiative, make_ownership, make_person, make_unit

NOV, DEC, JAN = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)


@pytest.fixture(autouse=True)
def _now():
    with clock.fixed_at(datetime(2026, 11, 21, 9, tzinfo=UTC)):
        yield


@pytest.fixture
def legal(db) -> ReviewFunction:
    return ReviewFunction.objects.get(slug="legal")


@pytest.fixture
def initiative(business_owner):
    return make_initiative("Pumps", stage=Stage.DISCOVERY, owner=business_owner, priority=Decimal("4.2"))


@pytest.fixture
def asked(initiative, legal, business_owner):
    return _ask(initiative, legal, business_owner)


def _ask(initiative, function, actor, hours="40", first=NOV, last=DEC):
    return ask_specialists(
        initiative,
        actor=actor,
        function=function,
        first_month=first,
        last_month=last,
        hours=Decimal(hours),
        purpose="Contract with the supplier",
    )


def test_hours_hold_from_their_month_until_the_next_entry(legal, legal_reviewer, office_member):
    set_hours(legal, actor=legal_reviewer, from_month=date(2026, 11, 19), hours=Decimal(100))
    set_hours(legal, actor=office_member, from_month=JAN, hours=Decimal(60))

    row = next(row for row in Board(date(2026, 10, 1)).rows if row.function == legal)

    assert [cell.there for cell in row.cells] == [None, 100, 100, 60, 60, 60]
    assert Event.objects.filter(name="capacity.set").count() == 2


def test_the_same_hours_again_leave_no_event(legal, legal_reviewer):
    for _ in range(2):
        set_hours(legal, actor=legal_reviewer, from_month=NOV, hours=Decimal(100))

    assert Event.objects.filter(name="capacity.set").count() == 1


@pytest.mark.parametrize("role", [Role.SECURITY_REVIEWER, Role.AUDITOR, Role.REQUESTER, Role.EXECUTIVE])
def test_others_do_not_say_how_many_hours_a_function_has(legal, role):
    with pytest.raises(PermissionDenied):
        set_hours(legal, actor=make_person("Nora Else", role), from_month=NOV, hours=Decimal(1))


def test_a_member_by_name_is_of_the_function(legal):
    person = make_person("Mia Named")
    legal.memberships.create(person=person, started_on=NOV)

    assert set_hours(legal, actor=person, from_month=NOV, hours=Decimal(5)).hours == 5


def test_asking_leaves_an_event_and_waits_for_the_function(asked, legal_reviewer, business_owner):
    assert Event.objects.get(name="specialists.asked").payload["request"] == asked.pk
    [item] = [item for item in work_of(legal_reviewer) if item.verb == "Answer"]
    assert "40 hours a month" in item.what
    assert not [item for item in work_of(business_owner) if item.verb == "Answer"]


def test_the_function_is_told_and_so_is_whoever_asked(asked, legal_reviewer, business_owner):
    event = Event.objects.get(name="specialists.asked")
    notify_of_specialists(event.pk)
    notify_of_specialists(event.pk)

    [told] = Notification.objects.filter(event=event)
    assert (told.person, told.kind) == (legal_reviewer, Notification.Kind.REQUEST)
    assert told.text.startswith(f"Legal is asked for 40 hours a month for {asked.initiative.reference}")
    assert told.path == "/capacity/legal/2026-11/"

    answer_specialists(asked, actor=legal_reviewer, agree=False, reason="Outside counsel does it.")
    answered = Event.objects.get(name="specialists.answered")
    notify_of_specialists(answered.pk)
    [told] = Notification.objects.filter(event=answered)
    assert (told.person, told.kind) == (business_owner, Notification.Kind.NEWS)
    reference = asked.initiative.reference
    assert told.text == f"Legal declines 40 hours a month for {reference}: Outside counsel does it."


def test_nobody_is_told_of_what_was_given_back(asked, business_owner):
    withdraw_specialists(asked, actor=business_owner)
    notify_of_specialists(Event.objects.get(name="specialists.asked").pk)
    assert not Notification.objects.filter(event__name="specialists.asked")


def test_only_lawyers_whose_reach_includes_the_unit_are_told(legal, business_owner):
    here, elsewhere = make_unit("Claims"), make_unit("Sales")
    near, far = (make_person(f"Lawyer {unit}", Role.LEGAL_REVIEWER, role_unit=unit) for unit in (here, elsewhere))
    asked = _ask(make_initiative("Letters", owner=business_owner, unit=here), legal, business_owner)
    assert near in people_asked(asked)
    assert far not in people_asked(asked)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"last": date(2026, 10, 1), "first": date(2026, 10, 1)}, "over"),
        ({"first": JAN, "last": DEC}, "before the first"),
        ({"last": date(2028, 11, 1)}, "24 months"),
    ],
)
def test_months_that_cannot_be_are_refused(initiative, legal, business_owner, change, told):
    with pytest.raises(DomainError, match=told):
        _ask(initiative, legal, business_owner, **change)


def test_twenty_four_months_are_not_too_many(initiative, legal, business_owner):
    assert _ask(initiative, legal, business_owner, last=date(2028, 10, 1)).pk


def test_others_do_not_ask_for_an_initiative(initiative, legal, requester):
    with pytest.raises(PermissionDenied):
        _ask(initiative, legal, requester)


def test_an_ended_initiative_asks_for_nobody(legal, business_owner):
    ended = make_initiative("Gone", stage=Stage.CLOSED, owner=business_owner)
    with pytest.raises(DomainError, match="has ended"):
        _ask(ended, legal, business_owner)


def test_agreeing_counts_as_agreed(asked, legal, legal_reviewer):
    answer_specialists(asked, actor=legal_reviewer, agree=True)

    cell = competition(legal_reviewer, legal, NOV).cell
    assert (cell.agreed, cell.asked) == (40, 0)
    assert Event.objects.get(name="specialists.answered").payload["agreed"] is True


def test_declining_needs_a_reason_and_frees_the_hours(asked, legal, legal_reviewer):
    with pytest.raises(DomainError, match="Say why"):
        answer_specialists(asked, actor=legal_reviewer, agree=False)

    answer_specialists(asked, actor=legal_reviewer, agree=False, reason="Outside counsel does it.")

    assert competition(legal_reviewer, legal, NOV).cell.wanted == 0


def test_answered_twice_is_refused(asked, legal_reviewer):
    answer_specialists(asked, actor=legal_reviewer, agree=True)
    with pytest.raises(DomainError, match="agreed already"):
        answer_specialists(asked, actor=legal_reviewer, agree=False, reason="No.")


def test_nobody_agrees_to_their_own_request(initiative, legal, legal_reviewer):
    make_ownership(initiative, legal_reviewer, "technical")
    own = _ask(initiative, legal, legal_reviewer)
    with pytest.raises(PermissionDenied):
        answer_specialists(own, actor=legal_reviewer, agree=True)


@pytest.mark.parametrize("role", [Role.SECURITY_REVIEWER, Role.OFFICE_LEAD, Role.AUDITOR, Role.BUSINESS_OWNER])
def test_others_do_not_answer(asked, role):
    with pytest.raises(PermissionDenied):
        answer_specialists(asked, actor=make_person("Nora Else", role), agree=True)


def test_given_back_hours_are_free_once(asked, legal, business_owner, requester):
    with pytest.raises(PermissionDenied):
        withdraw_specialists(asked, actor=requester)
    withdraw_specialists(asked, actor=business_owner)
    with pytest.raises(DomainError, match="withdrawn already"):
        withdraw_specialists(asked, actor=business_owner)

    assert competition(business_owner, legal, NOV).cell.wanted == 0


def test_the_highest_priority_stands_first_and_confidential_hours_are_counted_unnamed(
    asked, legal, legal_reviewer, office_lead, business_owner
):
    set_hours(legal, actor=legal_reviewer, from_month=NOV, hours=Decimal(50))
    urgent = make_initiative("Urgent", stage=Stage.BUILD, owner=business_owner, priority=Decimal("4.9"))
    secret = make_initiative("Secret", stage=Stage.BUILD, owner=office_lead, is_confidential=True)
    _ask(urgent, legal, business_owner, hours="20")
    _ask(secret, legal, office_lead, hours="5")

    found = competition(legal_reviewer, legal, NOV)

    assert [each.initiative.name for each in found.requests] == ["Urgent", "Pumps"]
    assert (found.hidden_hours, found.cell.wanted, found.cell.lacking) == (5, 65, 15)
    assert (found.cell.state, Board().over, Board().competing) == ("over", 1, 3)


@pytest.mark.parametrize(
    ("there", "agreed", "state"),
    [
        (None, 0, "free"),
        (None, 1, "unknown"),
        (100, 79, "free"),
        (100, 80, "tight"),
        (100, 100, "tight"),
        (100, "100.1", "over"),
        (0, 0, "free"),
        (0, 1, "over"),
    ],
)
def test_state_of_a_month(there, agreed, state):
    cell = Cell(NOV, None if there is None else Decimal(there), agreed=Decimal(agreed))
    assert cell.state == state


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 36))
def test_months_follow_one_another(day, count):
    months = months_from(day.replace(day=1), count)
    assert len({*months}) == count
    assert all(month.day == 1 and 28 <= (clock.months_later(month, 1) - month).days <= 31 for month in months)
    assert clock.months_later(months[-1], 1 - count) == months[0]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 90), st.booleans()), max_size=12))
def test_no_hour_is_lost_or_counted_twice(asked):
    months = months_from(NOV)
    requests = [
        SpecialistRequest(
            initiative_id=number,
            first_month=months[min(a, b)],
            last_month=months[max(a, b)],
            hours=Decimal(hours),
            state="agreed" if agreed else "asked",
        )
        for number, (a, b, hours, agreed) in enumerate(asked)
    ]
    cells = cells_of(months, [], requests)
    assert sum(cell.wanted for cell in cells) == sum(hours * (abs(a - b) + 1) for a, b, hours, _ in asked)


def test_pages_show_who_competes(client, asked, legal_reviewer, django_assert_num_queries):
    client.force_login(legal_reviewer)
    assert "40" in client.get("/capacity/").content.decode()
    page = client.get("/capacity/legal/2026-11/").content.decode()
    assert "Pumps" in page
    assert "Contract with the supplier" in page
    assert client.get("/capacity/legal/nonsense/").status_code == 404

    answer = client.post(f"/specialists/{asked.pk}/answer/", {"answer": "decline"})
    assert answer.status_code == 422
    assert "Say why" in answer.content.decode()
    answer = client.post(f"/specialists/{asked.pk}/answer/", {"answer": "agree"})
    assert answer.status_code == 302


def test_owners_ask_on_the_initiative_page(client, initiative, legal, business_owner, requester):
    client.force_login(requester)
    assert client.get(f"/initiatives/{initiative.reference}/specialists/new/").status_code == 403
    client.force_login(business_owner)
    assert "Ask for hours" in client.get(initiative.get_absolute_url()).content.decode()
    sent = {
        "function": legal.pk,
        "first_month": "2026-11-01",
        "last_month": "2026-12-01",
        "hours": "12.5",
        "purpose": "x",
    }
    assert client.post(f"/initiatives/{initiative.reference}/specialists/new/", sent).status_code == 302
    assert "12.5" in client.get(initiative.get_absolute_url()).content.decode()
    assert client.post(f"/initiatives/{initiative.reference}/specialists/new/", sent | {"hours": ""}).status_code == 422


def test_a_stranger_finds_no_confidential_request(client, legal, office_lead, legal_reviewer):
    secret = make_initiative("Secret", stage=Stage.BUILD, owner=office_lead, is_confidential=True)
    asked = _ask(secret, legal, office_lead)
    client.force_login(legal_reviewer)
    assert client.post(f"/specialists/{asked.pk}/answer/", {"answer": "agree"}).status_code == 404


def test_api_says_asks_and_answers(client, initiative, legal, business_owner, legal_reviewer):
    owner = {"HTTP_AUTHORIZATION": f"Bearer {make_api_token(business_owner)[1]}", "content_type": "application/json"}
    lawyer = {"HTTP_AUTHORIZATION": f"Bearer {make_api_token(legal_reviewer)[1]}", "content_type": "application/json"}
    hours = {"function": legal.pk, "from_month": "2026-11-05", "hours": "30.0"}
    assert client.post("/api/v1/capacity/", hours, **owner).status_code == 403
    assert client.post("/api/v1/capacity/", hours, **lawyer).json()["months"][0]["there"] == "30.0"
    sent = {
        "function": legal.pk,
        "first_month": "2026-11-01",
        "last_month": "2026-11-01",
        "hours": "40",
        "purpose": "Contract",
    }
    made = client.post(f"/api/v1/initiatives/{initiative.reference}/specialists/", sent, **owner)
    assert made.status_code == 201, made.content
    address = made.headers["Location"]
    assert client.post(f"{address}answer/", {"agree": False}, **lawyer).status_code == 422
    assert client.post(f"{address}answer/", {"agree": True}, **lawyer).json()["state"] == "agreed"
    assert client.post(f"{address}answer/", {"agree": True}, **lawyer).status_code == 409
    loads = client.get("/api/v1/capacity/?first=2026-11-02&months=2", **owner).json()["results"]
    assert [month["load"] for row in loads if row["function"]["id"] == legal.pk for month in row["months"]] == [
        "over",
        "free",
    ]
    assert client.post(f"{address}withdraw/", {}, **owner).json()["state"] == "withdrawn"


def test_queries_do_not_grow(client, legal, office_member, django_assert_max_num_queries):
    client.force_login(office_member)
    for number in range(12):
        each = make_initiative(f"Case {number}", stage=Stage.BUILD, owner=make_person())
        _ask(each, legal, office_member, hours="1")
    with django_assert_max_num_queries(12):
        client.get("/capacity/")
    with django_assert_max_num_queries(16):
        client.get("/capacity/legal/2026-11/")


@pytest.mark.django_db(transaction=True)
def test_two_answer_at_once(transactional_db):
    owner, lawyers = make_person("Boris Owen"), [make_person(f"Lex {n}", Role.LEGAL_REVIEWER) for n in range(2)]
    initiative = make_initiative("Pumps", stage=Stage.BUILD, owner=owner)
    asked = _ask(initiative, ReviewFunction.objects.get(slug="legal"), owner)
    told: list[str] = []

    def answer(person):
        try:
            with clock.fixed_at(datetime(2026, 11, 21, 9, tzinfo=UTC)):
                answer_specialists(asked, actor=person, agree=True)
            told.append("done")
        except DomainError:
            told.append("late")
        finally:
            connection.close()

    threads = [threading.Thread(target=answer, args=[person]) for person in lawyers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == ["done", "late"]
