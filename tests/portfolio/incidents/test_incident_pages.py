"""The pages of incidents, assets and templates."""

from datetime import timedelta

import pghistory
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aiso.web import figures
from portfolio.actions.handle_incidents import contain_incident, resolve_incident
from portfolio.actions.report_incidents import add_initiative
from portfolio.actions.review_incidents import give_action, write_review
from portfolio.actions.tell_of_incidents import add_escalation
from portfolio.models import Asset, Incident, IncidentMessage, IncidentShare, MessageTemplate
from tests.factories import make_decision, make_initiative, make_person, make_unit

from .conftest import NOON

pytestmark = pytest.mark.django_db
FORM = {
    "title": "Invoices lost",
    "severity": "severe",
    "what_happened": "A hundred of them.",
    "happened_at": "2027-06-15T08:00",
    "detected_at": "2027-06-15T11:00",
    "detection": "monitoring",
    "detected_by": "Alarm 7",
    "support_owner": "tessa.owen@example.org",
}


def at(incident: Incident, *parts: object) -> str:
    return incident.get_absolute_url() + "".join(f"{each}/" for each in parts)


def test_one_is_reported_by_its_form(client, initiative, decision, business_owner):
    client.force_login(business_owner)
    address = f"{initiative.get_absolute_url()}incidents/new/"
    assert "Which team gets an invoice" in client.get(address).content.decode()
    wrong = client.post(address, FORM | {"happened_at": "2027-06-15T11:30"})
    assert wrong.status_code == 422
    assert "cannot happen after it was detected" in wrong.content.decode()

    answer = client.post(address, FORM | {"decisions": [decision.pk]})
    incident = Incident.objects.get()
    assert answer.headers["Location"] == incident.get_absolute_url()
    page = client.get(answer.headers["Location"]).content.decode()
    for told in ("Invoices lost", "stepped down to delegate with audit", "Alarm 7", "Tessa Owen", "Severe"):
        assert told in page
    tab = client.get(f"{initiative.get_absolute_url()}incidents/").content.decode()
    assert "Invoices lost" in tab
    assert "Invoices lost" in client.get(initiative.get_absolute_url()).content.decode()


def test_the_way_from_the_register_leads_to_the_form(client, initiative, business_owner, stranger):
    client.force_login(business_owner)
    assert client.post("/incidents/new/", {"initiative": "AI-999999"}).status_code == 422
    answer = client.post("/incidents/new/", {"initiative": str(initiative)})
    assert answer.headers["Location"] == f"{initiative.get_absolute_url()}incidents/new/"
    client.force_login(stranger)
    assert client.get(answer.headers["Location"]).status_code == 403


def test_its_forms_lead_it_to_its_end(client, incident, technical_owner, executive):
    client.force_login(technical_owner)
    assert client.post(at(incident, "contain"), {"how": " "}).status_code == 422
    for deed, sent in (
        ("contain", {"how": "Off.", "at": ""}),
        ("rollback", {"what": "1.1 to 1.0", "at": "2027-06-15T11:30"}),
        ("note", {"text": "Supplier called."}),
        ("resolve", {"how": "Retrained."}),
    ):
        assert client.get(at(incident, deed)).status_code == 200
        assert client.post(at(incident, deed), sent).status_code == 302
    refused = client.post(at(incident, "review", "conclude"))
    assert refused.status_code == 409
    assert "Say what failed." in refused.content.decode()
    text = {"what_failed": "Tests", "why_late": "No alarm", "control": "An alarm"}
    assert client.post(at(incident, "review"), text).status_code == 302
    due = {"due_on": "2027-06-20", "owner": executive.email}
    assert client.post(at(incident, "actions", "new"), {"text": "Add an alarm"} | due).status_code == 302
    assert client.post(at(incident, "review", "conclude")).status_code == 302
    incident.refresh_from_db()
    assert incident.state == "reviewed"

    client.force_login(executive)
    action = incident.actions.get()
    assert "Add an alarm" in client.get("/").content.decode()
    assert client.post(at(incident, "actions", action.pk, "done"), {"result": "It rings."}).status_code == 302
    assert "It rings." in client.get(at(incident)).content.decode()
    assert client.get(at(incident, "contain")).status_code == 403


def test_a_message_begins_with_its_template(client, incident, technical_owner, business_owner, executive):
    client.force_login(technical_owner)
    template = MessageTemplate.objects.get(name="It is over")
    page = client.get(f"{at(incident, 'message')}?template={template.pk}").content.decode()
    assert "{incident} is over" in page
    sent = {"subject": "{incident}", "body": "{state}", "people": [business_owner.pk], "also": executive.email}
    answer = client.post(f"{at(incident, 'message')}?template={template.pk}", sent)
    message = IncidentMessage.objects.get()
    assert answer.headers["Location"].endswith(f"#message-{message.pk}")
    assert (message.template, message.body) == ("It is over", "open")
    assert {*message.recipients.all()} == {business_owner, executive}
    assert client.post(at(incident, "message"), {"subject": "S", "body": "B"}).status_code == 422


def test_a_message_can_be_sent_to_those_whom_its_form_ticks(client, incident, office_member, technical_owner):
    secret = make_initiative("Secret salaries", is_confidential=True, owner=make_person("Insider"))
    add_initiative(incident, actor=office_member, initiative=secret)
    client.force_login(technical_owner)
    page = client.get(at(incident, "message"))
    html, form = page.content.decode(), page.context["form"]
    assert "Insider" not in html
    assert "Secret" not in html
    ticked = [each.pk for each in form.initial["people"]]
    assert technical_owner.pk in ticked
    sent = {"subject": "S", "body": "B", "people": ticked, "key": form.initial["key"]}
    for _ in range(2):
        assert client.post(at(incident, "message"), sent).status_code == 302
    assert {*IncidentMessage.objects.get().recipients.values_list("pk", flat=True)} == {*ticked}
    assert client.post(at(incident, "message"), sent | {"body": "Other"}).status_code == 422

    # Nobody usual sees all that the office does: then another has to be named, and is.
    add_initiative(incident, actor=office_member, initiative=make_initiative("Without an owner", is_confidential=True))
    client.force_login(office_member)
    page = client.get(at(incident, "message"))
    assert "people" not in page.context["form"].fields
    assert client.post(at(incident, "message"), {"subject": "S", "body": "B"}).status_code == 422
    alone = {"subject": "S", "body": "B", "also": office_member.email}
    assert client.post(at(incident, "message"), alone).status_code == 302


def test_a_report_sent_twice_is_one_and_says_what_a_severe_one_did_not(client, initiative, decision, business_owner):
    client.force_login(business_owner)
    address = f"{initiative.get_absolute_url()}incidents/new/"
    sent = FORM | {"key": client.get(address).context["form"].initial["key"]}
    answers = [client.post(address, sent, follow=True) for _ in range(2)]
    assert answers[0].redirect_chain == answers[1].redirect_chain
    assert Incident.objects.count() == 1
    assert "nothing was stepped down" in answers[0].content.decode()
    other = client.post(address, FORM | {"decisions": [decision.pk], "key": "other"}, follow=True).content.decode()
    assert "nothing was stepped down" not in other


def test_the_hour_of_its_first_clock_stands_everywhere(client, incident, initiative, technical_owner):
    client.force_login(technical_owner)
    for path in (at(incident), "/incidents/", f"{initiative.get_absolute_url()}incidents/"):
        assert "16 Jun 2027, 11:00" in client.get(path).content.decode(), path
    assert figures.moment(incident.contain_by) in client.get("/").content.decode()


def test_initiatives_escalation_and_facts(client, incident, office_member, technical_owner):
    second = make_initiative("Reminders")
    decision = make_decision(second, "Whom to remind")
    client.force_login(office_member)
    joined = client.post(at(incident, "initiatives", "new"), {"initiative": second.reference, "what": "Late."})
    assert joined.headers["Location"] == at(incident, "initiatives", second.reference)
    client.post(joined.headers["Location"], {"what": "Very late.", "decisions": [decision.pk]})
    assert IncidentShare.objects.get(initiative=second).what == "Very late."
    client.post(at(incident, "escalation", "new"), {"function": "Hotline"})
    step = incident.escalation.get()
    assert client.post(at(incident, "escalation", step.pk, "told"), {}).status_code == 302
    assert client.post(at(incident, "escalation", step.pk, "remove")).status_code == 302
    assert incident.escalation.exists()
    page = client.get(at(incident, "edit")).content.decode()
    assert "Invoices went to the wrong team" in page
    seen = {f"initial-{name}": value for name, value in FORM.items() if name != "severity"}
    now = {name: value for name, value in FORM.items() if name != "severity"}
    assert client.post(at(incident, "edit"), now | seen | {"initial-title": incident.title}).status_code == 302
    incident.refresh_from_db()
    assert incident.title == "Invoices lost"


def test_the_register_shows_filters_and_exports(client, report, initiative, stranger, technical_owner):
    first, second = report("severe"), report("minor", title="Colours wrong")
    contain_incident(second, actor=technical_owner, how="Off.")
    resolve_incident(second, actor=technical_owner, how="On.")
    client.force_login(stranger)
    page = client.get("/incidents/").content.decode()
    assert first.reference in page
    assert second.reference not in page
    for query, found in (
        ("?state=review", second),
        ("?severity=severe", first),
        (f"?unit={initiative.unit_id}", first),
        (f"?support={technical_owner.pk}&order=-reported", first),
    ):
        assert found.reference in client.get(f"/incidents/{query}").content.decode()
    for query in (f"?unit={make_unit().pk}", "?severity=minor", "?state=overdue", "?state=mine", "?state=closed"):
        answer = client.get(f"/incidents/{query}").content.decode()
        assert "No incident fits" in answer
    assert client.get("/incidents/?state=x&severity=y&unit=z&after=w").status_code == 200
    csv = b"".join(client.get("/incidents/export/?format=csv").streaming_content).decode()
    assert first.reference in csv
    assert initiative.reference in csv
    assert client.get("/incidents/export/?format=xlsx").status_code == 200


def test_the_list_and_the_page_cost_the_same_however_many(client, report, stranger, technical_owner, office_member):
    def cost(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    incident = report()
    client.force_login(stranger)
    tab = f"{incident.shares.get().initiative.get_absolute_url()}incidents/"
    before = [cost(path) for path in ("/incidents/", tab)]
    for _ in range(5):
        report()
    assert [cost(path) for path in ("/incidents/", tab)] == before
    one = cost(at(incident))
    for number in range(4):
        give_action(incident, actor=technical_owner, text=f"A{number}", owner=office_member, due_on=NOON.date())
        add_escalation(incident, actor=technical_owner, function=f"F{number}")
    client.force_login(office_member)
    for_office = cost(at(incident))
    for _ in range(3):
        add_initiative(incident, actor=office_member, initiative=make_initiative())
    assert cost(at(incident)) == for_office
    client.force_login(stranger)
    assert cost(at(incident)) == one
    assert max(*before, one) < 40


def test_assets_are_kept_used_and_named(client, incident, initiative, security_reviewer, business_owner, stranger):
    client.force_login(stranger)
    assert "No assets yet" in client.get("/assets/").content.decode()
    assert client.get("/assets/new/").status_code == 403
    client.force_login(security_reviewer)
    assert client.post("/assets/new/", {"name": "Router"}).status_code == 422
    client.post("/assets/new/", {"name": "Router", "kind": "model", "description": "v3"})
    asset = Asset.objects.get()
    assert client.post("/assets/new/", {"name": "ROUTER", "kind": "model"}).status_code == 422
    assert client.post(f"{asset.get_absolute_url()}uses/", {"initiative": initiative.reference}).status_code == 302
    assert client.post(f"{asset.get_absolute_url()}uses/", {"initiative": "AI-9999"}).status_code == 422
    Incident.objects.filter(pk=incident.pk).update(asset=asset)
    page = client.get(asset.get_absolute_url()).content.decode()
    assert incident.reference in page
    assert "One that uses this asset." in page
    assert "hit first" not in page
    assert "Invoice routing" in page
    assert "Router" in client.get("/assets/?q=rout&kind=model").content.decode()
    assert "Router" in client.get(f"{initiative.get_absolute_url()}incidents/").content.decode()
    seen = {"initial-name": "Router", "initial-kind": "model", "initial-description": "v3"}
    edit = {"name": "Router", "kind": "ai_agent", "description": "v3"}
    assert client.post(f"{asset.get_absolute_url()}edit/", edit | seen).status_code == 302
    client.post(f"{asset.get_absolute_url()}retire/")
    asset.refresh_from_db()
    assert (asset.kind, asset.is_active) == ("ai_agent", False)
    client.force_login(business_owner)
    refused = client.post(f"{initiative.get_absolute_url()}incidents/new/", FORM | {"asset": asset.pk})
    assert refused.status_code == 422
    client.force_login(security_reviewer)
    client.post(f"{asset.get_absolute_url()}uses/{initiative.reference}/remove/")
    assert not asset.initiatives.exists()


def test_assets_go_to_a_file(client, initiative, stranger):
    secret = make_initiative("Secret", is_confidential=True)
    for name, kind, users in (
        ("Router", "model", [initiative, secret]),
        ("Old", "model", []),
        ("Data", "data_set", []),
    ):
        asset = Asset.objects.create(name=name, kind=kind, description="v3", is_active=name != "Old")
        asset.initiatives.set(users)
    client.force_login(stranger)
    assert "/assets/export/?kind=model&amp;format=csv" in client.get("/assets/?kind=model").content.decode()
    answer = client.get("/assets/export/?kind=model&format=csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").strip().splitlines()
    assert lines[1:] == [f"Router,Model,In use,,,{initiative.reference},v3"]
    old = client.get("/assets/export/?state=retired&format=csv")
    assert b"Old,Model,Retired" in b"".join(old.streaming_content)
    assert client.get("/assets/export/?format=xlsx").status_code == 200


def test_templates_are_kept_by_the_office(client, office_lead, auditor, stranger):
    address = reverse("portfolio:template_list")
    client.force_login(stranger)
    assert client.get(address).status_code == 403
    client.force_login(auditor)
    assert "It is over" in client.get(address).content.decode()
    assert client.get(f"{address}new/").status_code == 403
    client.force_login(office_lead)
    wrong = client.post(f"{address}new/", {"name": "New", "subject": "{nobody}", "body": "B"})
    assert (wrong.status_code, "There is no field {nobody}" in wrong.content.decode()) == (422, True)
    assert client.post(f"{address}new/", {"name": "New", "subject": "{incident}", "body": "B"}).status_code == 302
    template = MessageTemplate.objects.get(name="New")
    seen = {"initial-name": "New", "initial-subject": "{incident}", "initial-body": "B", "initial-is_active": "True"}
    changed = {"name": "New", "subject": "S", "body": "B"} | seen
    assert client.post(f"{address}{template.pk}/", changed).status_code == 302
    template.refresh_from_db()
    assert (template.subject, template.is_active) == ("S", False)


def test_history_of_the_initiative_names_it(client, incident, initiative, stranger):
    client.force_login(stranger)
    assert incident.reference in client.get(f"{initiative.get_absolute_url()}history/").content.decode()


def test_unfinished_ones_and_assets_go_along_when_merged(incident, initiative, report, technical_owner, office_member):
    from portfolio.merging import carry_along, what_moves

    closed, survivor = report(), make_initiative("Goes on")
    resolve_incident(closed, actor=technical_owner, how="Done.")
    write_review(closed, actor=technical_owner, what_failed="A", why_late="B", control="C")
    Incident.objects.filter(pk=closed.pk).update(state="reviewed", reviewed_at=NOON, due_at=None)
    asset = Asset.objects.create(name="Router", kind="model")
    asset.initiatives.add(initiative)

    moving = what_moves(initiative, survivor)
    assert moving["incidents"] == [incident.shares.get().pk]
    carry_along(moving, initiative, survivor)
    assert incident.shares.get().initiative == survivor
    assert closed.shares.get().initiative == initiative
    assert {*asset.initiatives.all()} == {initiative, survivor}
    carry_along(moving, survivor, initiative, back=True)
    assert incident.shares.get().initiative == initiative
    assert {*asset.initiatives.all()} == {initiative}


def test_clocks_are_configured(office_lead):
    from aiso.configuration.kinds import kind_of
    from portfolio.incident_clocks import CLOCKS, clock_of

    kind = kind_of(CLOCKS)
    assert kind is not None
    assert clock_of("severe").contain_hours == 4
    content = {
        f"{severity}_{part}": "5"
        for severity in ("severe", "major", "moderate", "minor")
        for part in ("contain_hours", "resolve_days", "review_days")
    }
    assert kind.publishable(content)
    with pytest.raises(Exception, match="severe incident has longer to contain"):
        kind.publishable(content | {"severe_contain_hours": "6"})


def test_overdue_shows(client, incident, stranger):
    from aiso import clock

    client.force_login(stranger)
    with clock.fixed_at(incident.contain_by + timedelta(hours=1)):
        assert "Overdue" in client.get("/incidents/?state=overdue").content.decode()
        assert "overdue" in client.get(at(incident)).content.decode()


def test_a_story_of_the_demonstration_carries_no_reason_of_another(monkeypatch, initiative, office_member):
    from aiso.audit.history import history_of
    from portfolio import demo
    from portfolio.actions.keep_assets import add_asset

    def one(people):
        initiative.name = "Renamed"
        with pghistory.context(reason="A reason of its own"):
            initiative.save(update_fields=["name"])

    monkeypatch.setattr(demo, "_tellers", [lambda people: add_asset(actor=office_member, name="R", kind="model"), one])
    demo.tell_more({}, user=office_member.pk, reason="Invented.")
    assert [each.reason for each in history_of(Asset.objects.get()).entries] == ["Invented."]
    assert history_of(initiative).entries[0].reason == "A reason of its own"
