"""Acceptances: who gives them, how long they hold, and what ends them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from aiso import clock
from aiso.accounts.models import Role
from aiso.errors import DomainError
from aiso.events.models import Event, Notification
from aiso.events.reminders import remind_of
from portfolio import tasks
from portfolio.actions.accept_risks import accept_risk, withdraw_acceptance
from portfolio.actions.keep_risks import change_risk, close_risk, reopen_risk
from portfolio.models import Initiative, Intake, Risk, RiskAcceptance, RiskAcceptanceEnd
from portfolio.risk_permissions import can_accept_risk
from portfolio.risks import acceptances_ending, risks_of
from tests.factories import make_acceptance, make_ownership, make_person, make_risk, make_unit, move_stage
from tests.portfolio.initiative.forms import events

from .conftest import NOON, TODAY

pytestmark = pytest.mark.django_db
LATER = TODAY + timedelta(days=180)


def accept(risk: Risk, actor, until: date = LATER, reason: str = "Borne.") -> RiskAcceptance:
    return accept_risk(risk, actor=actor, reason=reason, until=until)


@pytest.mark.parametrize("who", ["risk_owner", "risk_reviewer", "office_member"])
def test_within_appetite_the_risk_owner_the_function_and_the_office_accept(request, risk, who):
    actor = request.getfixturevalue(who)
    given = accept(risk, actor, reason=" Borne. ")

    assert (given.reason, given.until, given.score, given.residual_score, given.appetite) == ("Borne.", LATER, 12, 6, 9)
    risk.refresh_from_db()
    assert risk.is_accepted
    [event] = events("risk.accepted")
    assert (event.actor, event.payload["risk"], event.payload["owner"]) == (actor, risk.pk, risk.owner_id)


def test_a_deputy_of_the_risk_owner_accepts_in_their_place(risk, requester):
    make_ownership(risk.initiative, requester, "risk", is_deputy=True)

    assert accept(risk, requester).accepted_by == requester


def test_above_appetite_the_risk_owner_may_not(grave, risk_owner, risk_reviewer):
    with pytest.raises(PermissionDenied):
        accept(grave, risk_owner)
    assert not RiskAcceptance.objects.exists()
    assert accept(grave, risk_reviewer).residual_score == 20


def test_whoever_lowered_the_score_does_not_accept_what_is_left_then(grave, risk_owner, office_member, risk_reviewer):
    change_risk(grave, actor=risk_owner, residual_likelihood=3, residual_impact=3)
    with pytest.raises(PermissionDenied, match="last changed its score"):
        accept(grave, risk_owner)
    # A word of its text is no assessment, another score is one.
    change_risk(grave, actor=office_member, title="Hurt few people")
    with pytest.raises(PermissionDenied):
        accept(grave, risk_owner)
    change_risk(grave, actor=office_member, residual_impact=2)
    with pytest.raises(PermissionDenied):
        accept(grave, office_member)
    assert accept(grave, risk_owner).residual_score == 6
    assert can_accept_risk(risk_reviewer, grave, appetite=9)


def test_whoever_raised_or_ever_owned_it_does_not_accept_it(initiative, technical_owner, office_member, risk_reviewer):
    raised = make_risk(initiative, technical_owner, raised_by=office_member)
    with pytest.raises(PermissionDenied):
        accept(raised, office_member)
    change_risk(raised, actor=technical_owner, owner=risk_reviewer)
    change_risk(raised, actor=risk_reviewer, owner=technical_owner)
    with pytest.raises(PermissionDenied, match="owns or owned"):
        accept(raised, risk_reviewer)


def test_above_appetite_nobody_of_the_function_or_office_who_owns_anything_may(grave, office_member, risk_reviewer):
    make_ownership(grave.initiative, office_member, "technical")
    make_ownership(grave.initiative, risk_reviewer, "technical", is_deputy=True)
    for actor in (office_member, risk_reviewer):
        with pytest.raises(PermissionDenied):
            accept(grave, actor)


def test_no_party_to_it_accepts_whatever_else_they_are(
    risk, grave, office_member, office_lead, risk_reviewer, risk_owner
):
    """The risk's own owner, the business owner with their deputies, and who asked for the initiative."""
    for each in (risk, grave):
        Risk.objects.filter(pk=each.pk).update(owner=risk_reviewer)
    make_ownership(risk.initiative, office_member, "business", is_deputy=True)
    Intake.objects.create(requester=office_lead, initiative=risk.initiative)
    for actor in (risk_reviewer, office_member, office_lead, risk.initiative.business_owner):
        for each in (risk, grave):
            with pytest.raises(PermissionDenied):
                accept(Risk.objects.get(pk=each.pk), actor)
    Risk.objects.filter(pk=risk.pk).update(owner=risk_owner)
    with pytest.raises(PermissionDenied):
        accept(risk, risk_owner)


@pytest.mark.parametrize(
    "who", ["stranger", "auditor", "executive", "requester", "legal_reviewer", "service_account", "technical_owner"]
)
def test_nobody_else_accepts_or_withdraws(request, risk, grave, office_member, who):
    actor = request.getfixturevalue(who)
    for each in (risk, grave):
        with pytest.raises(PermissionDenied):
            accept(each, actor)
    make_acceptance(risk, office_member, LATER)
    with pytest.raises(PermissionDenied):
        withdraw_acceptance(risk, actor=actor, reason="No.")


def test_a_program_of_the_office_and_reviewers_out_of_reach_or_sight_do_not(
    initiative, risk, risk_reviewer, service_account
):
    elsewhere = make_person("Local", Role.RISK_REVIEWER, role_unit=make_unit())
    make_ownership(initiative, service_account, "risk", is_deputy=True)
    for actor in (elsewhere, service_account):
        with pytest.raises(PermissionDenied):
            accept(Risk.objects.get(pk=risk.pk), actor)
    Initiative.objects.filter(pk=initiative.pk).update(is_confidential=True)
    with pytest.raises(PermissionDenied):
        accept(risk, risk_reviewer)


def test_twelve_months_at_most_with_a_reason_and_not_twice(risk, office_member):
    def refused(**other) -> str | None:
        with pytest.raises(DomainError) as refusal:
            accept(risk, office_member, **other)
        return refusal.value.field

    assert refused(until=TODAY - timedelta(days=1)) == refused(until=date(2028, 6, 16)) == "until"
    assert refused(reason="  ") == "reason"
    assert accept(risk, office_member, until=date(2028, 6, 15)).until == date(2028, 6, 15)
    assert refused() is None
    assert RiskAcceptance.objects.count() == 1


def test_a_closed_risk_and_one_of_what_has_ended_are_not_accepted(risk, office_member):
    close_risk(risk, actor=office_member, reason="Gone.")
    with pytest.raises(DomainError, match="closed"):
        accept(risk, office_member)
    reopen_risk(risk, actor=office_member, reason="Back.")
    move_stage(risk.initiative, "closed", TODAY)
    with pytest.raises(DomainError, match="ended"):
        accept(risk, office_member)


def test_it_is_renewed_in_its_last_days_and_the_last_word_counts(risk, office_member, risk_owner):
    first = accept(risk, risk_owner, until=TODAY + timedelta(days=14))
    second = accept(risk, office_member)
    risk.refresh_from_db()
    assert risk.last_acceptance == second
    withdraw_acceptance(risk, actor=office_member, reason="It was wrong.")
    risk.refresh_from_db()
    assert (risk.last_acceptance, risk.is_accepted) == (None, False)
    assert not RiskAcceptanceEnd.objects.filter(acceptance=first).exists()


def test_it_holds_through_its_last_day_by_the_clock_of_the_office(settings, risk, office_member):
    """The day ends at midnight of the office, with no task that runs."""
    settings.TIME_ZONE = "America/New_York"
    make_acceptance(risk, office_member, TODAY)

    def standing(at: datetime) -> tuple[bool, list[Risk], list[Risk], list[Risk]]:
        with clock.fixed_at(at):
            found = Risk.objects.get(pk=risk.pk)
            every = Risk.objects.all()
            return found.is_accepted, [*every.accepted()], [*every.expired()], [*every.unaccepted()]

    timezone.get_default_timezone.cache_clear()
    try:
        # In New York midnight is four hours after that of Greenwich.
        assert standing(datetime(2027, 6, 16, 3, 59, 59, tzinfo=UTC)) == (True, [risk], [], [])
        assert standing(datetime(2027, 6, 16, 4, 0, tzinfo=UTC)) == (False, [], [risk], [risk])
    finally:
        settings.TIME_ZONE = "UTC"
        timezone.get_default_timezone.cache_clear()


def test_an_expired_one_is_accepted_anew(risk, office_member):
    make_acceptance(risk, office_member, TODAY - timedelta(days=1))
    with pytest.raises(DomainError, match="not accepted"):
        withdraw_acceptance(risk, actor=office_member, reason="No.")

    assert accept(risk, office_member).pk == Risk.objects.get(pk=risk.pk).acceptance_id


@pytest.mark.parametrize("who", ["risk_owner", "risk_reviewer", "office_lead"])
def test_it_is_withdrawn_once_with_a_reason(request, risk, office_member, who):
    given, actor = accept(risk, office_member), request.getfixturevalue(who)
    with pytest.raises(DomainError, match="Say why"):
        withdraw_acceptance(risk, actor=actor, reason=" ")
    end = withdraw_acceptance(risk, actor=actor, reason="It was wrong.")

    assert (end.acceptance, end.kind, end.reason, end.ended_by) == (given, "withdrawn", "It was wrong.", actor)
    [event] = events("risk.acceptance_withdrawn")
    assert (event.actor, event.payload["accepted_by"]) == (actor, office_member.pk)
    with pytest.raises(DomainError, match="not accepted"):
        withdraw_acceptance(risk, actor=actor, reason="Again.")


@pytest.mark.parametrize(
    ("levels", "voids"),
    [
        ({"residual_likelihood": 3}, True),
        ({"likelihood": 5}, True),
        ({"residual_likelihood": 1}, False),
        ({"residual_likelihood": 3, "residual_impact": 2}, False),
        ({"title": "Other"}, False),
    ],
)
def test_a_higher_score_voids_it_and_no_lower_one(risk, office_member, business_owner, levels, voids):
    given = accept(risk, office_member)
    changed = change_risk(risk, actor=business_owner, **levels)

    assert changed.is_accepted is not voids
    assert RiskAcceptanceEnd.objects.filter(acceptance=given, kind="raised").exists() is voids
    assert len(events("risk.acceptance_voided")) == int(voids)
    # For good: the score of before brings it not back.
    back = change_risk(risk, actor=business_owner, likelihood=4, residual_likelihood=2, residual_impact=3)
    assert back.is_accepted is not voids


def test_closing_ends_it_and_reopening_does_not_bring_it_back(risk, office_member, business_owner):
    accept(risk, office_member)
    close_risk(risk, actor=business_owner, reason="Switched off.")

    assert [end.kind for end in RiskAcceptanceEnd.objects.all()] == ["closed"]
    assert not reopen_risk(risk, actor=business_owner, reason="On again.").is_accepted


def test_whoever_accepted_it_does_not_become_its_owner(risk, risk_owner, office_member):
    accept(risk, risk_owner)
    with pytest.raises(DomainError, match="somebody else owns it") as refused:
        change_risk(risk, actor=office_member, owner=risk_owner)
    assert refused.value.field == "owner"


@pytest.mark.parametrize("table", ["riskacceptance", "riskacceptanceend"])
def test_what_was_accepted_is_never_edited(risk, office_member, table):
    accept(risk, office_member)
    withdraw_acceptance(risk, actor=office_member, reason="Wrong.")
    for statement in (f"UPDATE portfolio_{table} SET reason = 'x'", f"DELETE FROM portfolio_{table}"):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_people_are_told_before_it_ends_and_when_it_did_also_if_nothing_ran_for_days(
    risk, grave, risk_owner, office_member
):
    make_acceptance(risk, office_member, TODAY + timedelta(days=14))
    make_acceptance(grave, office_member, TODAY + timedelta(days=15))

    def told(at: datetime) -> list[tuple[str, str]]:
        with clock.fixed_at(at):
            return [(due.path.split("/")[-2], due.step) for due in acceptances_ending()]

    assert told(NOON) == [(str(risk.pk), "before")]
    [due] = acceptances_ending()
    assert {*due.people} == {risk.owner, office_member, risk_owner}
    assert (remind_of("risk acceptances"), remind_of("risk acceptances")) == (1, 0)
    late = NOON + timedelta(days=20)
    assert told(late) == [(str(risk.pk), "ended"), (str(grave.pk), "ended")]
    with clock.fixed_at(late):
        assert (remind_of("risk acceptances"), remind_of("risk acceptances")) == (2, 0)
    texts = {*Notification.objects.filter(person=risk_owner).values_list("text", flat=True)}
    assert f"Risk no longer accepted since 30 Jun 2027 on {risk.initiative.reference}: Wrong orders" in texts


def test_it_stands_in_my_work_of_its_owner_and_of_who_accepted_it(risk, grave, office_member, risk_owner):
    make_acceptance(risk, office_member, TODAY + timedelta(days=14))
    make_acceptance(grave, office_member, TODAY - timedelta(days=1))

    found = [(item.what, item.due) for item in risks_of(office_member)]
    assert found == [
        ("Acceptance ended: Hurt people", TODAY - timedelta(days=1)),
        ("Acceptance ends: Wrong orders", TODAY + timedelta(days=14)),
    ]
    assert len([*risks_of(risk.owner)]) == 4  # both are due within a week, too
    assert [*risks_of(risk_owner)] == []


def test_who_accepted_and_the_owner_are_told_of_its_end(risk, office_member, business_owner):
    accept(risk, office_member)
    change_risk(risk, actor=business_owner, residual_likelihood=4)
    for _ in range(2):
        tasks.notify_of_risk(Event.objects.get(name="risk.acceptance_voided").pk)

    told = Notification.objects.values_list("person", "text")
    assert {person for person, _ in told} == {risk.owner_id, office_member.pk}
    assert len(told) == 2


def test_the_appetite_is_what_the_office_configured(risk, risk_owner):
    assert can_accept_risk(risk_owner, risk, appetite=6)
    assert not can_accept_risk(risk_owner, risk, appetite=5)


def test_owner_of_risk_may_be_replaced_by_another(initiative, office_member, risk_owner):
    """Nobody accepts what they own, so the risk owner of the initiative who owns a risk asks the risk function."""
    own = make_risk(initiative, risk_owner)
    assert not can_accept_risk(risk_owner, own, appetite=25)
    assert can_accept_risk(office_member, own, appetite=25)
