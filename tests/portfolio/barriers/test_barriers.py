"""Barriers: actions, the tab, the page over the portfolio, My work, filters, files and the API."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aiso import clock
from aiso.accounts.models import Role
from aiso.errors import ConflictError, DomainError
from aiso.events.models import Event, Notification
from aiso.web.filtered import PAGE
from portfolio import tasks
from portfolio.actions.clear_barriers import change_barrier, lift_barrier, raise_barrier, reopen_barrier
from portfolio.barriers import barriers_due, barriers_of, usual_day
from portfolio.models import Barrier, BarrierKind, Initiative
from tests.factories import make_barrier, make_initiative, make_person, make_unit
from tests.portfolio.initiative.forms import events

pytestmark = pytest.mark.django_db

# After the rules that the migrations shipped began to hold.
NOON = datetime(2027, 6, 15, 12, tzinfo=UTC)
TODAY = date(2027, 6, 15)


@pytest.fixture(autouse=True)
def _at_noon():
    with clock.fixed_at(NOON):
        yield


@pytest.fixture
def initiative(business_owner) -> Initiative:
    return make_initiative("Predictive maintenance", stage="pilot", owner=business_owner)


@pytest.fixture
def kind(db) -> BarrierKind:
    return BarrierKind.objects.get(name="Data access")


@pytest.fixture
def barrier(initiative, technical_owner) -> Barrier:
    return make_barrier(initiative, technical_owner, "No access to the maintenance log")


def tab(initiative: Initiative, *parts: object) -> str:
    return reverse("portfolio:initiative_barriers", args=[initiative.reference]) + "".join(f"{each}/" for each in parts)


def test_ten_working_days_pass_over_two_weekends():
    assert usual_day() == date(2027, 6, 29)
    with clock.fixed_at(datetime(2027, 6, 20, 12, tzinfo=UTC)):
        assert usual_day() == date(2027, 7, 5)


@pytest.mark.parametrize("who", ["business_owner", "office_member", "legal_reviewer", "security_reviewer"])
def test_owners_office_and_reviewers_raise_one(request, initiative, kind, technical_owner, who):
    actor = request.getfixturevalue(who)
    raised = raise_barrier(initiative, actor=actor, kind=kind, what=" No log ", owner=technical_owner)

    assert (raised.what, raised.wanted_by, raised.raised_at) == ("No log", date(2027, 6, 29), NOON)
    [event] = events("barrier.raised")
    about = {"initiative": initiative.pk, "barrier": raised.pk, "owner": technical_owner.pk}
    assert (event.actor, event.payload) == (actor, about)


@pytest.mark.parametrize("who", ["stranger", "auditor", "executive", "requester", "service_account"])
def test_nobody_else_does_anything(request, initiative, kind, barrier, who):
    actor = request.getfixturevalue(who)
    with pytest.raises(PermissionDenied):
        raise_barrier(initiative, actor=actor, kind=kind, what="No log", owner=actor)
    with pytest.raises(PermissionDenied):
        change_barrier(barrier, actor=actor, what="Other")
    with pytest.raises(PermissionDenied):
        lift_barrier(barrier, actor=actor, how="Done.")
    lift_barrier(barrier, actor=barrier.owner, how="Done.")
    with pytest.raises(PermissionDenied):
        reopen_barrier(barrier, actor=actor)


def test_a_reviewer_of_another_unit_raises_none(initiative, kind, technical_owner):
    actor = make_person("Local", Role.LEGAL_REVIEWER, role_unit=make_unit())

    with pytest.raises(PermissionDenied):
        raise_barrier(initiative, actor=actor, kind=kind, what="No log", owner=technical_owner)


def test_an_owner_must_be_here_and_see_the_initiative(initiative, kind, office_member, service_account, stranger):
    raising = {"actor": office_member, "kind": kind, "what": "No log"}
    for owner in (service_account, make_person("Gone", is_active=False)):
        with pytest.raises(DomainError, match="active person"):
            raise_barrier(initiative, owner=owner, **raising)
    Initiative.objects.filter(pk=initiative.pk).update(is_confidential=True)
    with pytest.raises(DomainError, match="may not see") as refused:
        raise_barrier(initiative, owner=stranger, **raising)
    assert refused.value.field == "owner"
    assert stranger.name in str(refused.value)


def test_what_has_ended_is_held_up_by_nothing(kind, office_member, business_owner):
    ended = make_initiative("Ended", stage="closed")
    make_barrier(ended, business_owner, wanted_by=date(2027, 1, 1))

    with pytest.raises(DomainError, match="has ended"):
        raise_barrier(ended, actor=office_member, kind=kind, what="No log", owner=business_owner)
    assert not [*barriers_due()]
    assert [*barriers_of(business_owner)] == []


def test_a_retired_kind_or_a_past_day_is_refused(initiative, kind, office_member):
    raising = {"actor": office_member, "what": "No log", "owner": office_member}
    with pytest.raises(DomainError, match="past"):
        raise_barrier(initiative, kind=kind, wanted_by=date(2027, 6, 14), **raising)
    kind.is_active = False
    with pytest.raises(DomainError, match="retired"):
        raise_barrier(initiative, kind=kind, **raising)


def test_a_barrier_is_changed_and_the_second_editor_asked(barrier, business_owner, office_member):
    change_barrier(barrier, actor=business_owner, seen={"what": barrier.what}, what="No log at all")
    change_barrier(barrier, actor=business_owner, what="No log at all")

    assert [event.payload["fields"] for event in events("barrier.changed")] == [["what"]]
    with pytest.raises(ConflictError):
        change_barrier(barrier, actor=office_member, seen={"what": barrier.what}, what="Something else")


def test_who_raised_it_changes_it_and_does_not_lift_it(initiative, kind, technical_owner, legal_reviewer):
    raised = raise_barrier(initiative, actor=legal_reviewer, kind=kind, what="No log", owner=technical_owner)

    assert change_barrier(raised, actor=legal_reviewer, waiting_on="IT").waiting_on == "IT"
    with pytest.raises(PermissionDenied):
        lift_barrier(raised, actor=legal_reviewer, how="Done.")


@pytest.mark.parametrize("who", ["technical_owner", "business_owner", "office_lead"])
def test_it_is_lifted_once_and_says_how(request, barrier, who):
    actor = request.getfixturevalue(who)
    with pytest.raises(DomainError, match="how"):
        lift_barrier(barrier, actor=actor, how="  ")
    lifted = lift_barrier(barrier, actor=actor, how="Access granted.")

    assert (lifted.lifted_by, lifted.lifted_at, lifted.how) == (actor, NOON, "Access granted.")
    assert len(events("barrier.lifted")) == 1
    with pytest.raises(DomainError, match="lifted already"):
        lift_barrier(barrier, actor=actor, how="Again.")
    with pytest.raises(DomainError, match="Reopen"):
        change_barrier(barrier, actor=actor, what="Other")


def test_it_is_opened_again(barrier, business_owner):
    with pytest.raises(DomainError, match="open already"):
        reopen_barrier(barrier, actor=business_owner)
    lift_barrier(barrier, actor=business_owner, how="Access granted.")

    again = reopen_barrier(barrier, actor=business_owner, wanted_by=date(2027, 7, 1), reason="Taken away.")
    assert (again.lifted_at, again.lifted_by, again.how, again.wanted_by) == (None, None, "", date(2027, 7, 1))
    assert len(events("barrier.reopened")) == 1


def test_whom_it_concerns_is_told_once(initiative, kind, technical_owner, business_owner, office_member):
    raised = raise_barrier(initiative, actor=office_member, kind=kind, what="No log", owner=technical_owner)
    change_barrier(raised, actor=office_member, what="No log at all")
    change_barrier(raised, actor=office_member, owner=business_owner)
    lift_barrier(raised, actor=business_owner, how="Found.")
    for _ in range(2):
        for event in Event.objects.filter(name__startswith="barrier."):
            tasks.notify_of_barrier(event.pk)

    told = Notification.objects.order_by("pk").values_list("person__name", "text")
    # The first is told of nothing more: by then the barrier is somebody else's.
    assert [text for person, text in told if person == office_member.name] == [
        f"Lifted on {initiative.reference}: No log at all"
    ]
    assert business_owner.name in {person for person, _ in told}
    assert len(told) == len({*told.values_list("person", "event")})


def test_late_ones_are_listed_the_longest_first(initiative, technical_owner):
    days = [date(2027, 6, 14), date(2027, 6, 1), TODAY, date(2027, 6, 20)]
    made = [make_barrier(initiative, technical_owner, wanted_by=day) for day in days]
    make_barrier(initiative, technical_owner, wanted_by=days[1], lifted_at=NOON, lifted_by=technical_owner, how="Done.")

    steps = [(due.key.partition(":")[0], due.step) for due in barriers_due()]
    assert steps == [(str(made[1].pk), "late"), (str(made[0].pk), "late"), (str(made[2].pk), "before")]


def test_an_owner_finds_it_in_my_work(client, barrier, technical_owner, stranger, django_assert_num_queries):
    technical_owner.role_units  # noqa: B018 - read before it is counted
    with django_assert_num_queries(1):
        [item] = barriers_of(technical_owner)

    assert (item.what, item.due, item.since) == (f"Barrier: {barrier.what}", barrier.wanted_by, TODAY)
    assert [*barriers_of(stranger)] == []
    client.force_login(technical_owner)
    assert barrier.what in client.get("/").content.decode()


def test_the_initiative_page_tells_what_holds_it_up(client, initiative, barrier, stranger):
    client.force_login(stranger)
    page = client.get(initiative.get_absolute_url()).content.decode()
    assert barrier.what in page
    assert "A barrier lifted" not in page

    Barrier.objects.update(wanted_by=date(2027, 6, 1))
    assert "A barrier lifted" in client.get(initiative.get_absolute_url()).content.decode()
    assert "14 days late" in client.get(tab(initiative)).content.decode()


def test_barriers_are_raised_changed_lifted_and_reopened_on_the_tab(client, initiative, kind, technical_owner):
    client.force_login(initiative.business_owner)
    sent = {"what": "No log", "kind": kind.pk, "owner": technical_owner.email, "wanted_by": "2027-06-30"}

    assert client.post(tab(initiative, "new"), sent | {"owner": ""}).status_code == 422
    assert client.post(tab(initiative, "new"), sent | {"wanted_by": "2027-01-01"}).status_code == 422
    assert client.post(tab(initiative, "new"), sent).status_code == 302
    barrier = Barrier.objects.get()
    assert client.post(tab(initiative, barrier.pk), sent | {"waiting_on": "IT"}).status_code == 302
    barrier.refresh_from_db()
    assert (barrier.waiting_on, barrier.owner) == ("IT", technical_owner)

    assert client.post(tab(initiative, barrier.pk, "lift"), {"how": ""}).status_code == 422
    assert client.post(tab(initiative, barrier.pk, "lift"), {"how": "Granted."}).status_code == 302
    assert client.post(tab(initiative, barrier.pk, "lift"), {"how": "Granted."}).status_code == 422
    assert "Granted." in client.get(tab(initiative)).content.decode()
    assert client.post(tab(initiative, barrier.pk, "reopen")).status_code == 302
    assert client.post(tab(initiative, barrier.pk, "reopen")).status_code == 409
    history = client.get(f"{initiative.get_absolute_url()}history/").content.decode()
    assert "No log" in history


def test_two_editors_of_one_barrier_are_shown_each_other(client, barrier, initiative):
    client.force_login(initiative.business_owner)
    form = client.get(tab(initiative, barrier.pk)).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    sent |= {"owner": barrier.owner.email, "what": "Mine", "initial-what": barrier.what}
    Barrier.objects.update(what="Theirs")

    answer = client.post(tab(initiative, barrier.pk), sent)
    assert answer.status_code == 409
    assert "Theirs" in answer.content.decode()


def test_others_see_it_and_may_not(client, barrier, initiative, stranger):
    client.force_login(stranger)

    assert client.get(tab(initiative)).status_code == 200
    for address in (tab(initiative, "new"), tab(initiative, barrier.pk), tab(initiative, barrier.pk, "lift")):
        assert client.get(address).status_code == 403
    assert client.post(tab(initiative, barrier.pk, "reopen")).status_code == 403


def test_of_a_confidential_one_nothing_is_found(client, barrier, initiative, stranger, technical_owner):
    Initiative.objects.filter(pk=initiative.pk).update(is_confidential=True)
    client.force_login(stranger)

    assert client.get(tab(initiative)).status_code == 404
    assert client.get(tab(initiative, barrier.pk, "lift")).status_code == 404
    page = client.get("/barriers/")
    assert page.context["register"].counts == {"open": 0, "late": 0, "mine": 0, "lifted": 0}
    assert barrier.what not in page.content.decode()
    assert barrier.what not in client.get("/barriers/export/?format=csv").getvalue().decode()
    assert [*barriers_of(technical_owner)] == []


def test_the_page_finds_by_state_owner_kind_and_unit(client, initiative, barrier, technical_owner, office_member):
    other = make_initiative("Claims", unit=make_unit("Motor", parent=initiative.unit))
    budget = BarrierKind.objects.get(name="Budget")
    late = make_barrier(other, office_member, "No money", kind=budget, wanted_by=date(2027, 6, 1))
    done = make_barrier(initiative, office_member, "Old", lifted_at=NOON, lifted_by=office_member, how="Gone.")
    client.force_login(office_member)

    def found(query: str = "") -> list[Barrier]:
        return client.get(f"/barriers/?{query}").context["register"].page.rows

    assert found() == [late, barrier]
    assert found("order=-due") == [barrier, late]
    assert found("state=late") == found("state=mine") == found(f"kind={budget.pk}") == [late]
    assert found("state=lifted") == [done]
    assert found(f"owner={technical_owner.pk}") == [barrier]
    assert found(f"unit={other.unit_id}") == [late]
    assert found(f"unit={initiative.unit_id}") == [late, barrier]
    assert found("kind=junk&order=junk&state=junk&unit=-1&after=junk") == [late, barrier]
    page = client.get(f"/barriers/?kind={budget.pk}")
    assert [(chip.label, chip.text) for chip in page.context["register"].chips] == [("Kind", "Budget")]


def test_the_page_costs_the_same_however_many(client, initiative, technical_owner, office_member):
    client.force_login(office_member)

    def cost() -> int:
        office_member.__dict__.pop("role_units", None)
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/barriers/").status_code == 200
        return len(queries)

    make_barrier(initiative, technical_owner)
    cost()
    one = cost()
    for number in range(PAGE + 5):
        make_barrier(make_initiative(), make_person(), raised_at=NOON - timedelta(days=number))
    assert cost() == one <= 16
    first = client.get("/barriers/?order=age").context["register"]
    second = client.get(f"/barriers/?order=age&after={first.page.after}").context["register"]
    assert len(first.page.rows) == PAGE
    assert len(second.page.rows) == 6
    assert not {row.pk for row in first.page.rows} & {row.pk for row in second.page.rows}


def test_what_is_shown_comes_as_a_file(client, barrier, stranger):
    Barrier.objects.update(what="=1+1")
    client.force_login(stranger)

    lines = client.get("/barriers/export/?format=csv").getvalue().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Initiative,Name,Unit,Kind,What holds it up")
    assert "=1+1" in lines[1]
    assert ",=1+1" not in lines[1]
    workbook = client.get("/barriers/export/?format=xlsx")
    assert workbook.headers["Content-Disposition"] == 'attachment; filename="barriers-2027-06-15.xlsx"'
    assert workbook.content[:2] == b"PK"


def test_the_register_finds_what_is_held_up(client, initiative, barrier, kind, office_member):
    late = make_initiative("Late one")
    make_barrier(late, office_member, wanted_by=date(2027, 6, 1), kind=BarrierKind.objects.get(name="Budget"))
    make_initiative("Free one")
    client.force_login(office_member)

    def found(query: str) -> set[str]:
        return {row.name for row in client.get(f"/register/?{query}").context["register"].page.rows}

    assert found("barrier=any") == {initiative.name, "Late one"}
    assert found("barrier=late") == {"Late one"}
    assert found(f"held_up_by={kind.pk}") == {initiative.name}
    rows = client.get("/administration/lists/barrier-kinds/").context["rows"]
    assert {entry.name: uses for entry, uses in rows if uses} == {"Data access": 1, "Budget": 1}
