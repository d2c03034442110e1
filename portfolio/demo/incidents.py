"""Two invented incidents of the demonstration: a severe one under way, and one that is reviewed."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aiso import clock
from aiso.accounts.models import User

from ..actions.handle_incidents import contain_incident, record_rollback, resolve_incident
from ..actions.keep_assets import add_asset, use_asset
from ..actions.report_incidents import report_incident
from ..actions.review_incidents import conclude_review, give_action, write_review
from ..actions.tell_of_incidents import add_escalation, escalate, send_message
from ..models import AutonomyLevel, DecisionClass, Incident, Initiative, MessageTemplate
from ..models.stage import ENDED
from .stories import DEMO


def tell_of_incidents(people: Mapping[str, User]) -> None:
    """On initiatives with stories: the severe one where something acts by itself, if anything does."""
    demo = Initiative.objects.on_register().filter(tags__name=DEMO, is_confidential=False)
    invented = demo.exclude(stage__in=ENDED)
    acting = DecisionClass.objects.filter(initiative__in=invented).exclude(autonomy=AutonomyLevel.KEEP_HUMAN)
    decisions = [*acting.select_related("initiative").order_by("pk")[:1]]
    hit = decisions[0].initiative if decisions else invented.order_by("pk").first()
    if hit is None or Incident.objects.exists():
        return
    office = people["office-member"]
    _severe(hit, decisions, office, people)
    if other := invented.exclude(pk=hit.pk).order_by("pk").last():
        _reviewed(other, office, people)


def _severe(hit: Initiative, decisions: list[DecisionClass], office: User, people: Mapping[str, User]) -> None:
    model = add_asset(actor=office, name="Routing model, version 3", kind="model", description="Runs on the platform.")
    use_asset(model, hit, actor=office)
    now = clock.now()
    incident = report_incident(
        hit,
        actor=office,
        title="One case in five went to the wrong team",
        severity="severe",
        what_happened="Since the last release, cases with attachments were routed by their file name.",
        happened_at=now - timedelta(hours=9),
        detected_at=now - timedelta(hours=2),
        detection=Incident.Detection.USER,
        detected_by="A clerk of the night shift",
        support_owner=people["technical-owner"],
        asset=model,
        decisions=decisions,
    )
    record_rollback(incident, actor=office, what="Release 1.1 back to 1.0.", at=now - timedelta(hours=1))
    contain_incident(incident, actor=office, how="All cases are routed by hand.", at=now - timedelta(minutes=50))
    escalate(add_escalation(incident, actor=office, person=people["risk-owner"]), actor=office)
    add_escalation(incident, actor=office, function="Hotline of the supplier")
    template = MessageTemplate.objects.active().order_by("pk").first()
    if template:
        told: dict[str, Any] = {"subject": template.subject, "body": template.body, "template": template}
        send_message(incident, actor=office, recipients=[people["business-owner"], people["risk-owner"]], **told)


def _reviewed(initiative: Initiative, office: User, people: Mapping[str, User]) -> None:
    now = clock.now()
    incident = report_incident(
        initiative,
        actor=office,
        title="Answers quoted a withdrawn rule",
        severity="moderate",
        what_happened="The index still held the rule book of last year.",
        happened_at=now - timedelta(days=20),
        detected_at=now - timedelta(days=12),
        detection=Incident.Detection.AUDIT,
        support_owner=people["jonas.weber"],
    )
    contain_incident(incident, actor=office, how="The old rule book was taken out.", at=now - timedelta(days=11))
    resolve_incident(incident, actor=office, how="The index is built anew each night.", at=now - timedelta(days=9))
    write_review(
        incident,
        actor=office,
        what_failed="Withdrawn documents stayed in the index.",
        why_late="Nobody compared the index with the list of rules in force.",
        control="A nightly comparison that names every withdrawn document.",
    )
    due = clock.today() + timedelta(days=10)
    owner = people["technical-owner"]
    give_action(incident, actor=office, text="Build the nightly comparison", owner=owner, due_on=due)
    conclude_review(incident, actor=office)
