"""Risks: raised, changed, treated, closed and reopened; told, reminded of, and found in My work."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from aiso import clock
from aiso.accounts.models import Role
from aiso.errors import ConflictError, DomainError
from aiso.events.models import Event, Notification
from aiso.events.reminders import remind_of
from portfolio import tasks
from portfolio.actions.keep_risks import change_risk, close_risk, raise_risk, reopen_risk, treat_risk
from portfolio.merging import carry_along, what_moves
from portfolio.models import Initiative, Risk
from portfolio.risks import risks_due, risks_of, risks_to_treat
from tests.factories import (
    make_acceptance,
    make_initiative,
    make_ownership,
    make_person,
    make_risk,
    make_unit,
    move_stage,
)
from tests.portfolio.initiative.forms import events

from .conftest import NOON, TODAY

pytestmark = pytest.mark.django_db


def facts(owner, /, **other) -> dict:
    told = {"title": "Wrong orders", "cause": " Few labels ", "event": "wrong answers", "effect": "late orders"}
    told |= {"likelihood": 4, "impact": 3, "treatment": "reduce", "measures": "More labels."}
    return told | {"owner": owner, "due_on": TODAY + timedelta(days=30)} | other


@pytest.mark.parametrize("who", ["business_owner", "risk_owner", "office_member", "risk_reviewer"])
def test_owners_the_risk_function_and_the_office_raise_one(request, initiative, technical_owner, who):
    actor = request.getfixturevalue(who)
    raised = raise_risk(initiative, actor=actor, **facts(technical_owner))

    assert (raised.cause, raised.score, raised.residual_score, raised.status) == ("Few labels", 12, 12, "open")
    [event] = events("risk.raised")
    about = {"initiative": initiative.pk, "risk": raised.pk, "owner": technical_owner.pk}
    assert (event.actor, event.payload) == (actor, about)


def test_a_deputy_raises_one_and_a_risk_reviewer_of_another_unit_does_not(initiative, technical_owner, requester):
    make_ownership(initiative, requester, "technical", is_deputy=True)
    assert raise_risk(initiative, actor=requester, **facts(technical_owner)).raised_by == requester
    elsewhere = make_person("Local", Role.RISK_REVIEWER, role_unit=make_unit())
    with pytest.raises(PermissionDenied):
        raise_risk(initiative, actor=elsewhere, **facts(technical_owner))


@pytest.mark.parametrize("who", ["stranger", "auditor", "executive", "requester", "legal_reviewer", "service_account"])
def test_nobody_else_does_anything(request, initiative, risk, who):
    actor = request.getfixturevalue(who)
    with pytest.raises(PermissionDenied):
        raise_risk(initiative, actor=actor, **facts(risk.owner))
    with pytest.raises(PermissionDenied):
        change_risk(risk, actor=actor, title="Other")
    for deed in (treat_risk, close_risk, reopen_risk):
        with pytest.raises(PermissionDenied):
            deed(risk, actor=actor, reason="So.")
    assert not events("risk.changed")


def test_a_risk_reviewer_does_nothing_on_a_confidential_one_they_do_not_see(initiative, risk, risk_reviewer):
    Initiative.objects.filter(pk=initiative.pk).update(is_confidential=True)

    with pytest.raises(PermissionDenied):
        raise_risk(initiative, actor=risk_reviewer, **facts(risk_reviewer))
    with pytest.raises(PermissionDenied):
        close_risk(risk, actor=risk_reviewer, reason="Gone.")
    # Nor does its own owner, who does not see it any more.
    with pytest.raises(PermissionDenied):
        close_risk(risk, actor=risk.owner, reason="Gone.")


def test_what_is_wrong_is_named(initiative, office_member, service_account, stranger, technical_owner):
    def refused(**wrong) -> str | None:
        with pytest.raises(DomainError) as refusal:
            raise_risk(initiative, actor=office_member, **facts(technical_owner) | wrong)
        return refusal.value.field

    assert refused(due_on=TODAY - timedelta(days=1)) == "due_on"
    assert refused(owner=service_account) == refused(owner=make_person("Gone", is_active=False)) == "owner"
    for wrong in ({"residual_impact": 4}, {"likelihood": 6}, {"impact": 0}, {"measures": " "}, {"title": ""}):
        with pytest.raises(ValidationError):
            raise_risk(initiative, actor=office_member, **facts(technical_owner) | wrong)
    left = facts(technical_owner, treatment="accept", measures="")
    assert raise_risk(initiative, actor=office_member, **left).measures == ""
    Initiative.objects.filter(pk=initiative.pk).update(is_confidential=True)
    assert refused(owner=stranger) == "owner"
    move_stage(initiative, "closed", TODAY)
    assert refused() is None


def test_a_title_is_one_line_and_a_day_within_ten_years(initiative, risk, office_member):
    for title in ("Wrong\norders", "Wrong\x07orders", "Wrong\u2028orders"):
        with pytest.raises(DomainError) as refused:
            raise_risk(initiative, actor=office_member, **facts(risk.owner, title=title))
        assert refused.value.field == "title"
        with pytest.raises(DomainError, match="one line"):
            change_risk(risk, actor=office_member, title=title)
    too_far = date(2037, 6, 16)
    with pytest.raises(DomainError, match="10 years from today") as refused:
        raise_risk(initiative, actor=office_member, **facts(risk.owner, due_on=too_far))
    assert refused.value.field == "due_on"
    with pytest.raises(DomainError, match="10 years"):
        change_risk(risk, actor=office_member, due_on=too_far)
    assert change_risk(risk, actor=office_member, due_on=date(2037, 6, 15)).due_on == date(2037, 6, 15)


def test_the_same_is_raised_once_while_it_is_open(initiative, technical_owner, office_member, business_owner):
    first = raise_risk(initiative, actor=office_member, **facts(technical_owner))
    with pytest.raises(DomainError, match="stands here already") as refused:
        raise_risk(initiative, actor=business_owner, **facts(technical_owner, title="wrong ORDERS "))
    assert refused.value.field == "title"
    assert (Risk.objects.count(), len(events("risk.raised"))) == (1, 1)
    raise_risk(initiative, actor=office_member, **facts(technical_owner, cause="Another cause"))
    raise_risk(make_initiative("Claims"), actor=office_member, **facts(technical_owner))
    close_risk(first, actor=office_member, reason="Gone.")
    assert raise_risk(initiative, actor=office_member, **facts(technical_owner)).pk != first.pk


def test_what_is_treated_by_acceptance_is_treated_while_one_holds(initiative, technical_owner, office_member):
    left = {"treatment": "accept", "measures": "", "due_on": TODAY}
    risk = make_risk(initiative, technical_owner, "Left", **left)
    with pytest.raises(DomainError, match="no acceptance holds"):
        treat_risk(risk, actor=technical_owner, reason="Let it be.")
    make_acceptance(risk, office_member, TODAY + timedelta(days=2))
    treated = treat_risk(risk, actor=technical_owner, reason="Let it be.")
    assert not treated.is_to_treat
    assert not Risk.objects.to_treat().exists()
    assert risks_to_treat(technical_owner) == 0
    with clock.fixed_at(NOON + timedelta(days=3)):
        assert (treated.is_to_treat, treated.is_late, risks_to_treat(technical_owner)) == (True, True, 1)
        assert [*Risk.objects.late()] == [risk]
        assert [due.step for due in risks_due()] == ["late"]
        assert "Risk: Left" in [item.what for item in risks_of(technical_owner)]
    # One that was treated by doing something stays so.
    done = {"status": "treated", "reason": "So.", "status_by": office_member, "status_at": NOON}
    make_risk(initiative, technical_owner, **done)
    assert not Risk.objects.to_treat().exists()


def test_it_is_changed_and_the_second_editor_asked(risk, business_owner, office_member):
    change_risk(risk, actor=risk.owner, seen={"title": risk.title}, title="Late orders")
    change_risk(risk, actor=business_owner, title="Late orders")

    assert [event.payload["fields"] for event in events("risk.changed")] == [["title"]]
    with pytest.raises(ConflictError):
        change_risk(risk, actor=office_member, seen={"title": risk.title}, title="Something else")
    with pytest.raises(ValidationError, match="no greater"):
        change_risk(risk, actor=office_member, residual_likelihood=5)


def test_a_day_that_is_past_may_stay_and_none_is_set(initiative, technical_owner, office_member):
    late = make_risk(initiative, technical_owner, due_on=TODAY - timedelta(days=3))

    assert change_risk(late, actor=office_member, seen={"due_on": late.due_on}, title="New", due_on=late.due_on).is_late
    with pytest.raises(DomainError, match="past"):
        change_risk(late, actor=office_member, due_on=TODAY - timedelta(days=1))


def test_it_is_treated_closed_and_opened_again_each_once_and_says_why(risk, business_owner):
    with pytest.raises(DomainError, match="open already"):
        reopen_risk(risk, actor=business_owner, reason="So.")
    with pytest.raises(DomainError, match="Say why"):
        treat_risk(risk, actor=business_owner, reason="  ")
    treated = treat_risk(risk, actor=risk.owner, reason=" Labels there. ")
    assert (treated.status, treated.reason, treated.status_by, treated.status_at) == (
        *("treated", "Labels there."),
        *(risk.owner, NOON),
    )
    with pytest.raises(DomainError, match="treated already"):
        treat_risk(risk, actor=business_owner, reason="Again.")
    close_risk(risk, actor=business_owner, reason="Switched off.")
    with pytest.raises(DomainError, match="closed already"):
        close_risk(risk, actor=business_owner, reason="Again.")
    for deed in (
        lambda: treat_risk(risk, actor=business_owner, reason="So."),
        lambda: change_risk(risk, actor=business_owner),
    ):
        with pytest.raises(DomainError, match="Reopen it first"):
            deed()
    assert reopen_risk(risk, actor=business_owner, reason="Switched on.").status == "open"
    assert [len(events(f"risk.{each}")) for each in ("treated", "closed", "reopened")] == [1, 1, 1]


def test_of_what_has_ended_nothing_is_asked(technical_owner, office_member):
    ended = make_initiative("Ended", stage="closed")
    past = make_risk(ended, technical_owner, due_on=date(2027, 1, 1))

    assert not Risk.objects.open().exists()
    assert [*risks_due()] == [*risks_of(technical_owner)] == []
    for deed in (
        lambda: change_risk(past, actor=office_member, title="Other"),
        lambda: treat_risk(past, actor=office_member, reason="So."),
    ):
        with pytest.raises(DomainError, match="has ended"):
            deed()
    closed = close_risk(past, actor=office_member, reason="Ended.")
    with pytest.raises(DomainError, match="has ended"):
        reopen_risk(closed, actor=office_member, reason="No.")


def test_whom_it_concerns_is_told_once(initiative, technical_owner, business_owner, office_member):
    raised = raise_risk(initiative, actor=office_member, **facts(technical_owner))
    change_risk(raised, actor=office_member, title="Late orders")
    change_risk(raised, actor=office_member, owner=business_owner)
    treat_risk(raised, actor=office_member, reason="Done.")
    reopen_risk(raised, actor=office_member, reason="Not so.")
    for _ in range(2):
        for event in Event.objects.filter(name__in=["risk.raised", "risk.changed", "risk.reopened"]):
            tasks.notify_of_risk(event.pk)

    told = Notification.objects.order_by("pk").values_list("person__name", "text")
    assert {person for person, _ in told} == {business_owner.name}
    assert f"Yours to treat again on {initiative.reference}: Late orders" in [text for _, text in told]


def test_an_owner_is_reminded_a_week_before_and_once_it_is_late(initiative, technical_owner, office_member):
    days = [TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=7), TODAY + timedelta(days=8)]
    made = [make_risk(initiative, technical_owner, due_on=day, raised_by=office_member) for day in days]
    make_risk(
        initiative,
        technical_owner,
        due_on=days[0],
        status="treated",
        reason="So.",
        status_by=office_member,
        status_at=NOON,
    )

    found = [(due.key.partition(":")[0], due.step, [*due.people]) for due in risks_due()]
    assert found == [
        (str(made[0].pk), "late", [technical_owner, office_member]),
        (str(made[1].pk), "before", [technical_owner]),
        (str(made[2].pk), "before", [technical_owner]),
    ]
    assert (remind_of("risks"), remind_of("risks")) == (3, 0)


def test_an_owner_finds_what_is_due_in_my_work(
    client, initiative, technical_owner, stranger, django_assert_num_queries
):
    due = make_risk(initiative, technical_owner, "Wrong orders")
    make_risk(initiative, technical_owner, due_on=TODAY + timedelta(days=8))
    technical_owner.role_units  # noqa: B018 - read before it is counted
    with django_assert_num_queries(2):
        [item] = risks_of(technical_owner)

    assert (item.what, item.due, item.verb) == ("Risk: Wrong orders", due.due_on, "Treat")
    assert [*risks_of(stranger)] == []
    assert (risks_to_treat(technical_owner), risks_to_treat(stranger)) == (2, 0)
    client.force_login(technical_owner)
    assert "Wrong orders" in client.get("/").content.decode()
    Initiative.objects.filter(pk=initiative.pk).update(is_confidential=True)
    assert [*risks_of(technical_owner)] == []


def test_open_ones_go_along_with_a_merge_and_are_accepted_anew(initiative, risk, technical_owner, office_member):
    goal = make_initiative("Maintenance")
    make_acceptance(risk, office_member, TODAY + timedelta(days=90))
    closed = make_risk(
        initiative, technical_owner, status="closed", reason="So.", status_by=office_member, status_at=NOON
    )

    moving = what_moves(initiative, goal)
    assert moving["risks"] == [risk.pk]
    carry_along(moving, initiative, goal)
    risk.refresh_from_db()
    closed.refresh_from_db()
    assert (risk.initiative, risk.is_accepted, closed.initiative) == (goal, False, initiative)
    assert {*Risk.objects.unaccepted()} == {closed, risk}
    carry_along(moving, goal, initiative, back=True)
    risk.refresh_from_db()
    assert risk.is_accepted
