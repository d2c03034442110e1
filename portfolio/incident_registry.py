"""What incidents put elsewhere: a tab and a panel of the initiative page, My work, reminders, history, merges."""

from typing import Any

from django.db.models import Q, QuerySet
from django.template.loader import render_to_string

from aiso.accounts.permissions import can_see_administration
from aiso.audit.history import Told
from aiso.events.outbox import subscribe
from aiso.events.reminders import register_reminders
from aiso.events.sight import register_sight
from aiso.web.navigation import Entry, register_entry
from aiso.web.work import register_work

from . import tasks
from .demo import register_teller
from .demo.incidents import tell_of_incidents
from .history import register_history
from .incidents import incidents_due, incidents_of, incidents_open
from .merging import Mover, register_mover
from .models import Incident, IncidentShare, Initiative
from .page import InitiativePage
from .panels import Panel, Tab, count_of, register_panel, register_tab

ENTRIES = (
    Entry(
        "Incidents",
        "alert-triangle",
        "portfolio:incident_list",
        section="portfolio",
        order=34,
        count=incidents_open,
        about="What went wrong, who sees to it, and what was learnt.",
    ),
    Entry(
        "Assets",
        "robot",
        "portfolio:asset_list",
        section="portfolio",
        order=36,
        about="Models, data sets, AI agents and service accounts that initiatives run on.",
    ),
    Entry(
        "Message templates",
        "message",
        "portfolio:template_list",
        section="administration",
        order=35,
        may_see=can_see_administration,
        about="What people are told of incidents.",
    ),
)
TOLD = ("reported", "changed", "joined", "severity_changed", "contained", "resolved", "reviewed", "reopened", "told")


def incidents_panel(page: InitiativePage) -> str:
    """What goes wrong with it now. No query where that is nothing."""
    if not page.initiative.incidents_count:  # type: ignore[attr-defined]
        return ""
    shares = IncidentShare.objects.open().filter(initiative=page.initiative).select_related("incident__support_owner")
    context = {"initiative": page.initiative, "shares": shares.order_by("incident__due_at", "pk")}
    return render_to_string("portfolio/_open_incidents.html", context)


def _open_shares(merged: Initiative, survivor: Initiative) -> "QuerySet[Any]":
    """Those of unfinished incidents that do not concern the survivor already. The leading one goes on leading."""
    there = survivor.incident_shares.values("incident")
    running = ~Q(incident__state=Incident.State.REVIEWED)
    return merged.incident_shares.filter(running).exclude(incident__in=there)


def _new_assets(merged: Initiative, survivor: Initiative) -> "QuerySet[Any]":
    return merged.assets.exclude(pk__in=survivor.assets.values("pk"))


MOVERS = (
    Mover("incidents", "unfinished incident", "unfinished incidents", _open_shares),
    Mover(
        "assets",
        "asset",
        "assets",
        _new_assets,
        # The merged one keeps them for the record: it did use them.
        lambda ids, origin, goal: goal.assets.add(*ids),
        lambda ids, origin, goal: origin.assets.remove(*ids),
    ),
)


def register_incidents() -> None:
    for entry in ENTRIES:
        register_entry(entry)
    for mover in MOVERS:
        register_mover(mover)
    running = count_of(IncidentShare, incident__state__in=("open", "contained"))
    register_tab(Tab("incidents", "Incidents", "portfolio:initiative_incidents", order=37, count=running))
    register_panel(Panel("incidents", "main", incidents_panel, order=4))
    register_work("incidents", incidents_of)
    register_teller(tell_of_incidents)
    register_reminders("incidents", incidents_due)
    register_sight("incident", lambda person, pks: Incident.objects.visible_to(person).filter(pk__in=pks))
    register_history(Told(IncidentShare, says=lambda share: f"Incident {share}", hide=("incident", "is_lead")))
    for name in (*TOLD, "escalated", "action_given"):
        subscribe(f"incident.{name}", tasks.notify_of_incident)
