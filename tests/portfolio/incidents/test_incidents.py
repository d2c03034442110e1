"""Incidents: reported, contained, resolved, reopened, judged anew, reviewed; their clocks and their timeline."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.utils import ProgrammingError

from aiso import clock
from aiso.accounts.models import Role
from aiso.errors import ConflictError, DomainError
from aiso.events.models import Event, Notification
from aiso.events.reminders import remind_of
from aiso.web import figures
from portfolio import tasks
from portfolio.actions.handle_incidents import (
    add_note,
    contain_incident,
    judge_incident,
    record_rollback,
    reopen_incident,
    resolve_incident,
)
from portfolio.actions.report_incidents import add_initiative, change_incident, change_share
from portfolio.actions.review_incidents import (
    conclude_review,
    drop_action,
    finish_action,
    give_action,
    write_review,
)
from portfolio.actions.step_down import answer_step_down
from portfolio.actions.tell_of_incidents import (
    add_escalation,
    add_template,
    edit_template,
    escalate,
    remove_escalation,
    send_message,
)
from portfolio.incidents import incidents_of, may_be_told
from portfolio.models import (
    Asset,
    AutonomyLevel,
    Incident,
    IncidentMessage,
    MessageTemplate,
    StepDown,
    TimelineEntry,
)
from tests.factories import make_decision, make_initiative, make_person, make_unit

from .conftest import NOON

pytestmark = pytest.mark.django_db


def kinds(incident: Incident) -> list[str]:
    return [*incident.timeline.order_by("pk").values_list("kind", flat=True)]


def told_by(name: str) -> list[Notification]:
    event = Event.objects.filter(name=name).latest("pk")
    tasks.notify_of_incident(event.pk)
    tasks.notify_of_incident(event.pk)
    return [*event.notifications.order_by("person__name")]


def learn(incident: Incident, actor) -> None:
    write_review(incident, actor=actor, what_failed="The test set.", why_late="Nobody looked.", control="An alarm.")


# --- Reporting


def test_a_report_sets_its_clocks_by_severity_and_joins_the_timeline(report):
    incident = report("major")

    assert incident.reference == f"INC-{incident.pk:04d}"
    assert (incident.state, incident.contain_by) == ("open", NOON + timedelta(hours=23))
    # Five working days from Tuesday.
    assert incident.resolve_on == date(2027, 6, 22)
    assert (incident.due_at, incident.review_on) == (incident.contain_by, None)
    assert kinds(incident) == ["reported"]
    assert incident.shares.get().is_lead
    assert Event.objects.filter(name="incident.reported", payload__incident=incident.pk).count() == 1


def test_owners_and_support_are_told_once(report, business_owner):
    report("severe")
    found = told_by("incident.reported")

    assert [each.person.name for each in found] == ["Rolf Owen", "Tessa Owen"]
    assert {each.kind for each in found} == {Notification.Kind.ESCALATION}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"happened_at": NOON}, "happened_at"),
        ({"detected_at": NOON + timedelta(minutes=1)}, "detected_at"),
        ({"title": " "}, "title"),
        ({"what_happened": ""}, "what_happened"),
    ],
)
def test_wrong_facts_are_refused(report, wrong, field):
    with pytest.raises(DomainError) as refused:
        report(**wrong)
    assert refused.value.field == field
    assert not Incident.objects.exists()


def test_support_is_somebody_who_is_here_and_sees_it(report, initiative):
    initiative.is_confidential = True
    initiative.save()
    for person in (make_person("Gone", is_active=False), make_person("Sees nothing")):
        with pytest.raises(DomainError) as refused:
            report(support_owner=person)
        assert refused.value.field == "support_owner"


@pytest.mark.parametrize(
    ("who", "may"),
    [
        *(("business_owner", True), ("risk_owner", True), ("office_member", True), ("risk_reviewer", True)),
        *(("security_reviewer", True), ("legal_reviewer", False), ("stranger", False), ("auditor", False)),
        ("finance_controller", False),
    ],
)
def test_who_reports(report, request, who, may):
    actor = request.getfixturevalue(who)
    if may:
        assert report(actor=actor).reported_by == actor
        return
    with pytest.raises(PermissionDenied):
        report(actor=actor)


def test_a_risk_reviewer_reports_within_reach_and_sight_only(report, initiative):
    elsewhere = make_person("Elsewhere", Role.RISK_REVIEWER, role_unit=make_unit())
    with pytest.raises(PermissionDenied):
        report(actor=elsewhere)
    initiative.is_confidential = True
    initiative.save()
    with pytest.raises(PermissionDenied):
        report(actor=make_person("Sees it not", Role.RISK_REVIEWER))


def test_support_staff_reports_the_next_one_too(report, initiative):
    helper = make_person("Helper")
    with pytest.raises(PermissionDenied):
        report(actor=helper)
    report(support_owner=helper)
    assert report(actor=helper).reported_by == helper


def test_nothing_is_reported_on_a_merged_one(report, initiative):
    from tests.factories import move_stage

    move_stage(initiative, "merged")
    with pytest.raises(DomainError):
        report()


# --- Severe


def test_a_severe_one_steps_its_classes_down_at_once(report, initiative, decision):
    human = make_decision(initiative, "End a contract", autonomy=AutonomyLevel.KEEP_HUMAN)
    untouched = make_decision(initiative, "Which colour")
    was = decision.autonomy
    incident = report("severe", decisions=[decision, human])

    decision.refresh_from_db()
    step = StepDown.objects.get()
    assert (was, decision.autonomy) == ("delegate", "delegate_with_audit")
    assert step.because == f"Severe incident {incident.reference}: Invoices went to the wrong team"
    assert incident.decisions.get(decision_class=decision).step == step
    assert incident.decisions.get(decision_class=human).step is None
    untouched.refresh_from_db()
    assert untouched.autonomy == "delegate"
    assert kinds(incident) == ["reported", "stepped_down", "stepped_down"]
    texts = [*incident.timeline.filter(kind="stepped_down").values_list("text", flat=True)]
    assert texts[1] == "End a contract: people keep it anyway"


def test_raising_it_to_severe_steps_down_once_each(report, decision, business_owner, office_member):
    incident = report("major", decisions=[decision])
    assert not StepDown.objects.exists()

    judge_incident(incident, actor=business_owner, severity="severe", reason="More than thought.")
    judge_incident(incident, actor=business_owner, severity="minor", reason="Less.")
    judge_incident(incident, actor=business_owner, severity="severe", reason="More again.")
    other = make_decision(incident.shares.get().initiative, "Whom to remind")
    change_share(incident.shares.get(), actor=business_owner, what="", decisions=[decision, other])

    assert [*StepDown.objects.order_by("pk").values_list("decision_class", flat=True)] == [decision.pk, other.pk]
    answer_step_down(StepDown.objects.first(), actor=office_member, answer="lifted", reason="Mended.")
    assert incident.decisions.count() == 2


def test_what_refuses_the_report_leaves_no_step_down(report, decision):
    stray = make_decision(make_initiative(), "Of another")
    with pytest.raises(DomainError):
        report("severe", decisions=[decision, stray])

    assert not StepDown.objects.exists()
    assert not Incident.objects.exists()


def test_another_severity_counts_its_clocks_from_the_detection(incident, business_owner):
    began, first = incident.detected_at, (incident.contain_by, incident.resolve_on)
    with clock.fixed_at(NOON + timedelta(days=2)):
        milder = judge_incident(incident, actor=business_owner, severity="minor", reason="Few.")
        assert (milder.clock_began_at, milder.contain_by) == (began, began + timedelta(hours=168))
        again = judge_incident(incident, actor=business_owner, severity="major", reason="As before.")
        assert ((again.contain_by, again.resolve_on), again.is_overdue) == (first, True)
        worse = judge_incident(incident, actor=business_owner, severity="severe", reason="Many.")
        assert worse.contain_by == began + timedelta(hours=4)
        with pytest.raises(DomainError, match="severe already"):
            judge_incident(incident, actor=business_owner, severity="severe", reason="Many.")
        with pytest.raises(DomainError, match="Say why"):
            judge_incident(incident, actor=business_owner, severity="minor", reason=" ")


# --- On its way


def test_it_is_contained_resolved_reviewed_and_reopened(incident, technical_owner):
    contained = contain_incident(incident, actor=technical_owner, how="Switched off.")
    assert (contained.state, contained.contained_at) == ("contained", NOON)
    assert contained.due_at == datetime(2027, 6, 23, tzinfo=UTC)
    resolved = resolve_incident(incident, actor=technical_owner, how="New model.", at=NOON)
    # Ten working days.
    assert (resolved.state, resolved.review_on) == ("resolved", date(2027, 6, 29))
    learn(incident, technical_owner)
    closed = conclude_review(incident, actor=technical_owner)
    assert (closed.state, closed.due_at, closed.reviewed_at) == ("reviewed", None, NOON)

    with clock.fixed_at(NOON + timedelta(days=30)):
        again = reopen_incident(incident, actor=technical_owner, reason="It came back.")
        assert (again.state, again.contained_at, again.resolved_at) == ("open", None, None)
        assert again.contain_by == clock.now() + timedelta(hours=24)
    assert kinds(incident) == ["reported", "contained", "resolved", "reviewed", "reopened"]
    incident.review.refresh_from_db()
    assert (incident.review.concluded_at, incident.review.what_failed) == (None, "The test set.")
    names = [*Event.objects.filter(name__startswith="incident.").order_by("pk").values_list("name", flat=True)]
    assert names == [
        *("incident.reported", "incident.contained", "incident.resolved", "incident.review_written"),
        *("incident.reviewed", "incident.reopened"),
    ]


def test_resolving_contains_what_was_not(incident, technical_owner):
    resolved = resolve_incident(incident, actor=technical_owner, how="Gone by itself.")
    assert resolved.contained_at == resolved.resolved_at == NOON


def test_steps_happen_once_and_in_order(incident, technical_owner):
    with pytest.raises(DomainError, match="open already"):
        reopen_incident(incident, actor=technical_owner, reason="No.")
    with pytest.raises(DomainError, match="Resolve it first"):
        conclude_review(incident, actor=technical_owner)
    contain_incident(incident, actor=technical_owner, how="Off.")
    with pytest.raises(DomainError, match="contained already"):
        contain_incident(incident, actor=technical_owner, how="Off.")
    with pytest.raises(DomainError, match="before it was contained"):
        resolve_incident(incident, actor=technical_owner, how="Done.", at=NOON - timedelta(minutes=30))
    resolve_incident(incident, actor=technical_owner, how="Done.")
    with pytest.raises(DomainError, match="resolved already"):
        resolve_incident(incident, actor=technical_owner, how="Done.")


@pytest.mark.parametrize("at", [NOON + timedelta(minutes=1), NOON - timedelta(hours=2)])
def test_moments_lie_between_its_detection_and_now(incident, technical_owner, at):
    with pytest.raises(DomainError) as refused:
        contain_incident(incident, actor=technical_owner, how="Off.", at=at)
    assert refused.value.field == "at"


def test_others_do_not_handle_it(incident, stranger, auditor, legal_reviewer):
    for actor in (stranger, auditor, legal_reviewer):
        for deed in (
            lambda actor=actor: contain_incident(incident, actor=actor, how="Off."),
            lambda actor=actor: resolve_incident(incident, actor=actor, how="Off."),
            lambda actor=actor: judge_incident(incident, actor=actor, severity="minor", reason="No."),
            lambda actor=actor: record_rollback(incident, actor=actor, what="All."),
            lambda actor=actor: add_note(incident, actor=actor, text="Hm."),
            lambda actor=actor: write_review(incident, actor=actor, control="X"),
            lambda actor=actor: add_escalation(incident, actor=actor, function="Head"),
            lambda actor=actor: change_incident(incident, actor=actor, title="Other"),
            lambda actor=actor: give_action(incident, actor=actor, text="X", owner=actor, due_on=clock.today()),
        ):
            with pytest.raises(PermissionDenied):
                deed()
    assert kinds(incident) == ["reported"]


def test_facts_are_put_right_and_conflicts_told(incident, business_owner):
    earlier = NOON - timedelta(hours=3)
    changed = change_incident(incident, actor=business_owner, detected_at=earlier, title="Invoices went astray")
    assert (changed.contain_by, changed.title) == (earlier + timedelta(hours=24), "Invoices went astray")
    was = NOON - timedelta(hours=1)
    told = f"it was detected {figures.moment(was)} → {figures.moment(earlier)}, title"
    assert incident.timeline.last().text == told
    with pytest.raises(ConflictError):
        change_incident(incident, actor=business_owner, seen={"title": "As it was"}, title="Mine")
    change_incident(incident, actor=business_owner, title="Invoices went astray")
    assert kinds(incident) == ["reported", "changed"]


def test_a_later_detection_gives_no_more_time(incident, business_owner, technical_owner):
    until = (incident.contain_by, incident.resolve_on, incident.due_at)
    with clock.fixed_at(NOON + timedelta(days=3)):
        later = change_incident(incident, actor=business_owner, detected_at=clock.now(), happened_at=NOON)
        assert (later.contain_by, later.resolve_on, later.due_at) == until
        assert later.is_overdue
        judge_incident(incident, actor=business_owner, severity="minor", reason="Few.")
        back = judge_incident(incident, actor=business_owner, severity="major", reason="As before.")
        assert (back.contain_by, back.resolve_on, back.due_at) == until
        earlier = change_incident(
            incident, actor=business_owner, detected_at=NOON - timedelta(hours=3), happened_at=NOON - timedelta(hours=6)
        )
        assert earlier.contain_by == NOON + timedelta(hours=21)
        resolve_incident(incident, actor=technical_owner, how="Done.")
        reopened = reopen_incident(incident, actor=technical_owner, reason="It came back.")
        change_incident(incident, actor=business_owner, detected_at=NOON - timedelta(hours=5))
        incident.refresh_from_db()
        assert incident.contain_by == reopened.contain_by == clock.now() + timedelta(hours=24)


def test_a_retired_asset_fails_no_more(report, incident, business_owner):
    asset = Asset.objects.create(name="Router", kind="model", is_active=False)
    for deed in (lambda: report(asset=asset), lambda: change_incident(incident, actor=business_owner, asset=asset)):
        with pytest.raises(DomainError, match="is retired") as refused:
            deed()
        assert refused.value.field == "asset"
    Incident.objects.filter(pk=incident.pk).update(asset=asset)
    assert change_incident(incident, actor=business_owner, title="Other").asset == asset


@pytest.mark.parametrize("text", ["Two\nlines", "Re:\r\nBcc: x", "Bell\x07", "Next\u2028line", "Nul\x00"])
def test_titles_and_subjects_are_one_line(report, incident, business_owner, technical_owner, office_lead, text):
    template = MessageTemplate.objects.first()
    for field, deed in (
        ("title", lambda: report(title=text)),
        ("title", lambda: change_incident(incident, actor=business_owner, title=text)),
        *(
            ("subject", deed)
            for deed in (
                lambda: send_message(
                    incident, actor=technical_owner, subject=text, body="B", recipients=[technical_owner]
                ),
                lambda: add_template(actor=office_lead, name="New", subject=text, body="B"),
                lambda: edit_template(template, actor=office_lead, subject=text),
            )
        ),
    ):
        with pytest.raises(DomainError, match="one line") as refused:
            deed()
        assert refused.value.field == field


def test_what_is_sent_twice_with_its_key_is_done_once(report, technical_owner, business_owner):
    first = report(key="k")
    assert report(key="k") == first
    assert kinds(first) == ["reported"]
    with pytest.raises(DomainError, match=f"sent already, as {first.reference}"):
        report(key="k", title="Another one")
    assert report(key="k", actor=technical_owner) != first
    told = {"actor": technical_owner, "subject": "S", "recipients": [business_owner], "key": "m"}
    message = send_message(first, body="B", **told)
    assert send_message(first, body="B", **told) == message
    with pytest.raises(DomainError, match="sent already"):
        send_message(first, body="Other", **told)
    assert IncidentMessage.objects.count() == 1
    assert kinds(first) == ["reported", "told"]


def test_the_timeline_takes_dated_notes_and_never_changes(incident, technical_owner):
    note = add_note(incident, actor=technical_owner, text="Called the supplier.", at=NOON - timedelta(minutes=5))
    assert note.happened_at == NOON - timedelta(minutes=5)
    for change in (
        lambda: TimelineEntry.objects.filter(pk=note.pk).update(text="Else"),
        lambda: TimelineEntry.objects.filter(pk=note.pk).delete(),
    ):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change()
    with pytest.raises(DomainError):
        add_note(incident, actor=technical_owner, text="Tomorrow.", at=NOON + timedelta(days=1))


def test_a_rollback_says_what_and_when(incident, technical_owner):
    done = record_rollback(incident, actor=technical_owner, what="Release 1.1 to 1.0.")
    assert (done.rollback, done.rolled_back_at) == ("Release 1.1 to 1.0.", NOON)
    with pytest.raises(DomainError):
        record_rollback(incident, actor=technical_owner, what=" ")
    assert kinds(incident) == ["reported", "rolled_back"]


# --- Several initiatives


def test_a_coordinated_one_has_a_share_of_each(incident, office_member, business_owner, decision):
    second = make_initiative("Reminders", owner=make_person("Second Owner"))
    with pytest.raises(PermissionDenied):
        add_initiative(incident, actor=business_owner, initiative=second)
    other = make_decision(second, "Whom to remind")
    add_initiative(incident, actor=office_member, initiative=second, what="Late reminders.", decisions=[other])
    judge_incident(incident, actor=office_member, severity="severe", reason="Two at once.")

    assert [each.initiative.name for each in incident.shares.all()] == ["Invoice routing", "Reminders"]
    assert StepDown.objects.get().decision_class == other
    with pytest.raises(DomainError, match="already"):
        add_initiative(incident, actor=office_member, initiative=second)
    assert [each.person.name for each in told_by("incident.joined")] == ["Second Owner"]


def test_what_one_does_not_see_of_it_stays_hidden(client, incident, office_member, stranger, risk_reviewer):
    secret = make_initiative("Secret salaries", is_confidential=True, owner=make_person("Insider"))
    add_initiative(incident, actor=office_member, initiative=secret, what="Salaries were shown.")
    send_message(incident, actor=office_member, subject="On {initiative}", body="{what}", recipients=[office_member])
    for who in (stranger, risk_reviewer):
        client.force_login(who)
        page = client.get(incident.get_absolute_url()).content.decode()
        assert "Invoices went to the wrong team" in page
        assert "Secret" not in page
        assert "Salaries were shown" not in page
        assert secret.reference not in page
    client.force_login(office_member)
    page = client.get(incident.get_absolute_url()).content.decode()
    assert "Secret salaries" in page
    assert "Initiative concerned" in page
    assert TimelineEntry.objects.visible_to(office_member).count() == TimelineEntry.objects.count()


def test_one_of_confidential_initiatives_alone_is_not_there(client, incident, initiative, stranger):
    initiative.is_confidential = True
    initiative.save()
    client.force_login(stranger)
    assert client.get(incident.get_absolute_url()).status_code == 404
    assert not Incident.objects.visible_to(stranger).exists()
    assert "INC-" not in client.get("/incidents/").content.decode()


# --- Escalation and messages


def test_escalation_goes_up_in_order_and_tells_people(incident, technical_owner, executive):
    hotline = add_escalation(incident, actor=technical_owner, function="Supplier hotline")
    chief = add_escalation(incident, actor=technical_owner, person=executive, function="Head of finance")
    assert [str(each) for each in incident.escalation.all()] == ["Supplier hotline", "Head of finance (Eva Chief)"]
    escalate(chief, actor=technical_owner, at=NOON - timedelta(minutes=10))
    assert [each.person for each in told_by("incident.escalated")] == [executive]
    with pytest.raises(DomainError, match="already"):
        escalate(chief, actor=technical_owner)
    with pytest.raises(DomainError):
        remove_escalation(chief, actor=technical_owner)
    remove_escalation(hotline, actor=technical_owner)
    with pytest.raises(DomainError, match="person or a function"):
        add_escalation(incident, actor=technical_owner)
    assert kinds(incident) == ["reported", "escalated"]


def test_a_message_is_filled_in_sent_and_kept(incident, technical_owner, executive, business_owner):
    template = MessageTemplate.objects.get(name="First word to those concerned")
    message = send_message(
        incident,
        actor=technical_owner,
        template=template,
        subject=template.subject,
        body=template.body,
        recipients=[executive, business_owner],
    )
    assert message.subject == f"major incident: {incident}"
    assert "Since the release of Monday" in message.body
    assert "Invoice routing" in message.body
    assert "{" not in message.body
    assert [each.person for each in told_by("incident.told")] == [business_owner, executive]
    assert incident.timeline.last().text == "Boris Owen, Eva Chief"
    with pytest.raises(ProgrammingError), transaction.atomic():
        IncidentMessage.objects.update(subject="Other")


def test_nobody_is_told_who_may_not_know(incident, initiative, technical_owner, executive):
    initiative.is_confidential = True
    initiative.save()
    told = {"actor": technical_owner, "subject": "S", "body": "B"}
    for recipients in ([executive], []):
        with pytest.raises(DomainError) as refused:
            send_message(incident, recipients=recipients, **told)
        assert refused.value.field == "recipients"
    assert not IncidentMessage.objects.exists()


def test_a_refusal_names_all_who_may_not_know(incident, initiative, technical_owner, executive, stranger):
    initiative.is_confidential = True
    initiative.save()
    with pytest.raises(DomainError, match=f"{executive}, {stranger} may not see|{stranger}, {executive} may not see"):
        send_message(
            incident, actor=technical_owner, subject="S", body="B", recipients=[executive, stranger, technical_owner]
        )


def test_only_who_may_know_is_offered_to_be_told(incident, office_member, technical_owner, business_owner, risk_owner):
    insider = make_person("Insider")
    secret = make_initiative("Secret salaries", is_confidential=True, owner=insider)
    add_initiative(incident, actor=office_member, initiative=secret)
    assert {*may_be_told(incident, technical_owner)} == {technical_owner, business_owner, risk_owner}
    # Who sees both may name both, and the owners of the open one may not be told of the other.
    add_escalation(incident, actor=office_member, person=office_member)
    assert may_be_told(incident, office_member) == [insider, office_member]
    for sender in (technical_owner, office_member):
        told = send_message(
            incident, actor=sender, subject="S", body="{initiative}", recipients=may_be_told(incident, sender)
        )
        assert ("Secret" in told.body) == (sender == office_member)

    seen = [*TimelineEntry.objects.visible_to(technical_owner).filter(kind="told").values_list("text", flat=True)]
    assert len(seen) == 1
    assert "Insider" not in seen[0]
    assert TimelineEntry.objects.visible_to(office_member).filter(kind="told").count() == 2


def test_what_is_filled_in_is_no_template_and_no_markup(client, report, technical_owner):
    incident = report(what_happened="<script>alert(1)</script> {support} **bold**")
    send_message(incident, actor=technical_owner, subject="S", body="{what}", recipients=[technical_owner])
    assert IncidentMessage.objects.get().body == "<script>alert(1)</script> {support} **bold**"
    client.force_login(technical_owner)
    page = client.get(incident.get_absolute_url()).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("text", ["{initiative.name}", "{0}", "{}", "{what!r}", "{what:>10}", "{nobody}"])
def test_a_template_knows_its_fields_alone(office_lead, incident, technical_owner, text):
    for subject, body, field in ((text, "B", "subject"), ("S", text, "body")):
        with pytest.raises(DomainError, match="no field") as refused:
            add_template(actor=office_lead, name="New", subject=subject, body=body)
        assert refused.value.field == field
    with pytest.raises(DomainError):
        send_message(incident, actor=technical_owner, subject=text, body="B", recipients=[technical_owner])


# --- What is learnt


@pytest.mark.parametrize("empty", ["what_failed", "why_late", "control"])
def test_no_part_of_a_review_may_be_empty_when_it_is_concluded(incident, technical_owner, empty):
    resolve_incident(incident, actor=technical_owner, how="Done.")
    with pytest.raises(DomainError):
        conclude_review(incident, actor=technical_owner)
    learn(incident, technical_owner)
    write_review(incident, actor=technical_owner, **{empty: "  "})
    with pytest.raises(DomainError, match="Say wh"):
        conclude_review(incident, actor=technical_owner)
    assert kinds(incident) == ["reported", "resolved"]


def test_a_closed_one_stays_until_it_is_reopened(incident, technical_owner):
    resolve_incident(incident, actor=technical_owner, how="Done.")
    learn(incident, technical_owner)
    conclude_review(incident, actor=technical_owner)
    for deed in (
        lambda: conclude_review(incident, actor=technical_owner),
        lambda: write_review(incident, actor=technical_owner, control="Other"),
        lambda: judge_incident(incident, actor=technical_owner, severity="severe", reason="No."),
        lambda: change_incident(incident, actor=technical_owner, title="Other"),
        lambda: record_rollback(incident, actor=technical_owner, what="All."),
    ):
        with pytest.raises(DomainError, match="Reopen it first"):
            deed()
    add_note(incident, actor=technical_owner, text="A letter of thanks.")


def test_actions_are_given_done_and_dropped(incident, technical_owner, executive):
    due = clock.today() + timedelta(days=3)
    first = give_action(incident, actor=technical_owner, text="Add an alarm", owner=executive, due_on=due)
    second = give_action(incident, actor=technical_owner, text="Ask legal", owner=executive, due_on=due)
    assert [each.person for each in told_by("incident.action_given")] == [executive]
    rows = {each.what: each.due for each in incidents_of(executive)}
    assert rows == {"Add an alarm": due, "Ask legal": due}

    finish_action(first, actor=executive, result="It rings.")
    drop_action(second, actor=technical_owner, reason="Legal said so before.")
    assert [*incidents_of(executive)] == []
    for action in (first, second):
        with pytest.raises(DomainError, match="already"):
            finish_action(action, actor=executive, result="Again.")
    third = give_action(incident, actor=technical_owner, text="Third", owner=executive, due_on=due)
    with pytest.raises(DomainError):
        finish_action(third, actor=executive, result=" ")
    with pytest.raises(PermissionDenied):
        finish_action(third, actor=make_person(), result="Done.")
    with pytest.raises(DomainError):
        give_action(incident, actor=technical_owner, text="X", owner=executive, due_on=due - timedelta(days=9))
    with pytest.raises(DomainError, match="ten years") as refused:
        give_action(incident, actor=technical_owner, text="X", owner=executive, due_on=date(2037, 6, 17))
    assert refused.value.field == "due_on"


# --- Clocks


def test_it_waits_for_support_and_owners_and_nobody_else(incident, technical_owner, risk_owner, stranger):
    for person in (technical_owner, risk_owner):
        [row] = incidents_of(person)
        assert (row.verb, row.due) == ("Contain", date(2027, 6, 16))
    assert [*incidents_of(stranger)] == []


def test_a_clock_that_ran_out_escalates_once(incident, technical_owner):
    assert remind_of("incidents") == 1
    assert Notification.objects.get().person == technical_owner
    with clock.fixed_at(incident.contain_by):
        incident.refresh_from_db()
        assert incident.is_overdue
        assert [*Incident.objects.overdue()] == [incident]
        assert remind_of("incidents") == 1
        assert remind_of("incidents") == 0
        late = Notification.objects.filter(kind=Notification.Kind.ESCALATION)
        assert sorted(each.person.name for each in late) == ["Boris Owen", "Rolf Owen", "Tessa Owen"]
    with clock.fixed_at(incident.contain_by - timedelta(seconds=1)):
        assert not Incident.objects.overdue().exists()


def test_a_late_action_escalates_to_whoever_gave_it(incident, technical_owner, executive):
    resolve_incident(incident, actor=technical_owner, how="Done.")
    give_action(incident, actor=technical_owner, text="Add an alarm", owner=executive, due_on=clock.today())
    assert remind_of("incidents") == 1
    with clock.fixed_at(NOON + timedelta(days=1)):
        remind_of("incidents")
        late = Notification.objects.filter(kind=Notification.Kind.ESCALATION)
        assert sorted(each.person.name for each in late) == ["Eva Chief", "Tessa Owen"]
