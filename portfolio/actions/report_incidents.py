"""Incidents: reported, their facts put right, and the initiatives and decision classes that they concern."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.conflicts import changes_to_make
from aiso.errors import DomainError
from aiso.events.outbox import publish
from aiso.web import figures

from ..incident_clocks import set_clocks
from ..incident_log import Kind, check_goes_on, hold_incident, line_given, record, store, words_given
from ..incident_permissions import WHO_REPORTS, can_report_incident
from ..models import (
    Asset,
    DecisionClass,
    Incident,
    IncidentDecision,
    IncidentShare,
    Initiative,
    Stage,
)
from .edit_initiative import touch
from .step_down import step_down

# The facts that may be put right afterwards; state, severity and rollback have deeds of their own.
FACTS = (
    *("title", "what_happened", "happened_at", "detected_at"),
    *("detection", "detected_by", "asset", "support_owner"),
)


def to_minute(moment: datetime) -> datetime:
    """Moments are typed to the minute, and compared as they are typed."""
    return moment.replace(second=0, microsecond=0)


@transaction.atomic
def report_incident(
    initiative: Initiative,
    *,
    actor: User,
    title: str,
    severity: str,
    what_happened: str,
    happened_at: datetime,
    detection: str,
    support_owner: User,
    detected_at: datetime | None = None,
    detected_by: str = "",
    asset: Asset | None = None,
    decisions: Iterable[DecisionClass] = (),
    key: str = "",
) -> Incident:
    """Report what went wrong with an initiative. A severe one steps the decision classes concerned down at once. `key`
    names the report, so that sending it twice makes one.

    Raises DomainError for an initiative that was merged, moments to come or the wrong way round, and a support owner
    who could not see it.
    """
    locked = _initiative_for(actor, initiative)
    if earlier := _sent_before(actor, key, title.strip(), what_happened.strip()):
        return earlier
    incident = Incident(
        title=title.strip(),
        severity=severity,
        what_happened=what_happened.strip(),
        happened_at=to_minute(happened_at),
        detected_at=to_minute(detected_at or clock.now()),
        detection=detection,
        detected_by=detected_by.strip(),
        asset=asset,
        support_owner=support_owner,
        reported_by=actor,
        reported_at=clock.now(),
        key=key,
    )
    _check_new(incident, locked)
    incident.clock_began_at = incident.detected_at
    set_clocks(incident)
    store_new(incident, locked)
    record(incident, Kind.REPORTED, actor=actor, text=incident.get_severity_display())
    _concern(incident, locked, decisions, actor)
    publish("incident.reported", actor=actor, incident=incident, initiatives=[locked.pk], severity=incident.severity)
    return incident


def _check_new(incident: Incident, lead: Initiative) -> None:
    _check_facts(incident)
    _check_support(incident.support_owner, [lead.pk])
    _check_asset(incident.asset)


def _sent_before(actor: User, key: str, *said: str) -> Incident | None:
    """The report of this key. Raises DomainError where it says something else."""
    earlier = Incident.objects.filter(reported_by=actor, key=key).first() if key else None
    if earlier and (earlier.title, earlier.what_happened) != said:
        raise DomainError(f"This page was sent already, as {earlier.reference}. Open it anew to report another.")
    return earlier


def store_new(incident: Incident, lead: Initiative) -> None:
    incident.full_clean(validate_constraints=False)
    incident.save()
    IncidentShare.objects.create(incident=incident, initiative=lead, is_lead=True)
    touch([lead.pk])


@transaction.atomic
def change_incident(
    incident: Incident, *, actor: User, seen: Mapping[str, Any] | None = None, **wanted: Any
) -> Incident:
    """Put facts of an incident right. `seen` as in `changes_to_make`. Its clocks follow an earlier detection."""
    incident = hold_incident(incident, actor)
    check_goes_on(incident)
    changed = changes_to_make(
        incident, seen=seen or {}, wanted={name: wanted[name] for name in FACTS if name in wanted}
    )
    was = {name: getattr(incident, name) for name in changed}
    was_reopened = incident.clock_began_at > incident.detected_at
    for field, value in changed.items():
        setattr(incident, field, value)
    if not changed:
        return incident
    _check_facts(incident)
    if "asset" in changed:
        _check_asset(incident.asset)
    if "support_owner" in changed:
        _check_support(incident.support_owner, incident.shares.values_list("initiative", flat=True))
    if incident.detected_at < incident.clock_began_at and not was_reopened:
        # An earlier detection begins its clocks earlier; a later one gives nobody more time.
        incident.clock_began_at = incident.detected_at
        set_clocks(incident)
    store(incident)
    record(incident, Kind.CHANGED, actor=actor, text=_told_of(incident, was))
    publish("incident.changed", actor=actor, incident=incident, fields=sorted(changed))
    return incident


@transaction.atomic
def add_initiative(
    incident: Incident,
    *,
    actor: User,
    initiative: Initiative,
    what: str = "",
    decisions: Iterable[DecisionClass] = (),
) -> IncidentShare:
    """Say that an incident concerns another initiative, too, and what happened there: it is a coordinated one."""
    _initiative_for(actor, initiative)
    incident = hold_incident(incident, actor)
    check_goes_on(incident)
    if incident.shares.filter(initiative=initiative).exists():
        raise DomainError("It concerns this initiative already.", field="initiative")
    share = incident.shares.create(initiative=initiative, what=what.strip())
    touch([initiative.pk])
    record(incident, Kind.JOINED, actor=actor, text=share.what, initiative=initiative)
    _concern(incident, initiative, decisions, actor)
    publish("incident.joined", actor=actor, incident=incident, initiatives=[initiative.pk])
    return share


@transaction.atomic
def change_share(
    share: IncidentShare, *, actor: User, what: str, decisions: Iterable[DecisionClass] | None = None
) -> IncidentShare:
    """Say what happened in one of its initiatives, and which decision classes there it concerns. Classes are only
    added: one that was stepped down because of it stays named.
    """
    incident = hold_incident(share.incident, actor)
    check_goes_on(incident)
    share = incident.shares.select_related("initiative").get(pk=share.pk)
    if not can_report_incident(actor, share.initiative):
        raise PermissionDenied(WHO_REPORTS)
    if share.what != what.strip():
        share.what = what.strip()
        share.save(update_fields=["what"])
        record(incident, Kind.CHANGED, actor=actor, text="what happened there", initiative=share.initiative)
    _concern(incident, share.initiative, decisions or (), actor)
    touch([share.initiative_id])
    publish("incident.changed", actor=actor, incident=incident, fields=["share"])
    return share


def judge_decisions(incident: Incident, actor: User) -> list[IncidentDecision]:
    """Step down, once each, the decision classes that a severe incident concerns. For whoever made it severe."""
    if not incident.is_severe:
        return []
    waiting = incident.decisions.filter(judged_at=None).select_related("decision_class__initiative")
    judged = [*waiting.order_by("decision_class__initiative_id", "pk")]
    for each in judged:
        decision = each.decision_class
        because = f"Severe incident {incident.reference}: {incident.title}"
        each.step = step_down(decision, because=because, actor=actor)
        each.judged_at = clock.now()
        each.save(update_fields=["step", "judged_at"])
        to = f"down to {each.step.get_to_level_display().lower()}" if each.step else "people keep it anyway"
        record(incident, Kind.STEPPED_DOWN, actor=actor, text=f"{decision}: {to}", initiative=decision.initiative)
    return judged


def _concern(incident: Incident, initiative: Initiative, decisions: Iterable[DecisionClass], actor: User) -> None:
    for decision in decisions:
        if decision.initiative_id != initiative.pk:
            # As of an id that there is not: its name is for those who see its initiative.
            raise DomainError(f"There is none with the id {decision.pk}.", field="decisions")
        incident.decisions.get_or_create(decision_class=decision)
    judge_decisions(incident, actor)


def _initiative_for(actor: User, initiative: Initiative) -> Initiative:
    locked: Initiative = Initiative.objects.select_for_update(of=["self"]).get(pk=initiative.pk)
    if not can_report_incident(actor, locked):
        raise PermissionDenied(WHO_REPORTS)
    if locked.stage == Stage.MERGED or locked.is_off_register:
        raise DomainError("This initiative goes on in another, or is not on the register.", field="initiative")
    return locked


def _told_of(incident: Incident, was: Mapping[str, Any]) -> str:
    """Which facts were changed; of moments from when to when, for its clocks hang on them."""
    told = []
    for name, before in sorted(was.items()):
        label, now = str(Incident._meta.get_field(name).verbose_name), getattr(incident, name)  # type: ignore[union-attr]
        moments = f" {figures.moment(before)} → {figures.moment(now)}" if isinstance(now, datetime) else ""
        told.append(f"{label}{moments}")
    return ", ".join(told)


def _check_asset(asset: Asset | None) -> None:
    if asset and not asset.is_active:
        raise DomainError(f"“{asset}” is retired. Choose an asset in use.", field="asset")


def _check_facts(incident: Incident) -> None:
    line_given(incident.title, "title", "Say in a few words what went wrong.")
    words_given(incident.what_happened, "what_happened", "Say what happened.")
    if incident.detected_at > clock.now():
        raise DomainError("This moment is still to come.", field="detected_at")
    if incident.happened_at > incident.detected_at:
        raise DomainError("It cannot happen after it was detected.", field="happened_at")


def _check_support(owner: User, initiatives: Iterable[int]) -> None:
    """Somebody who is here, is a person, and sees one of its initiatives."""
    if owner.is_service_account or not owner.is_active:
        raise DomainError(f"{owner} cannot support it. Choose an active person.", field="support_owner")
    if not Initiative.objects.visible_to(owner).filter(pk__in=[*initiatives]).exists():
        raise DomainError(f"{owner} may not see this initiative. Choose somebody who does.", field="support_owner")
