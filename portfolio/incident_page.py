"""The page of one incident as one person sees it, and what apps above put on it.

register_incident_panel(costs_panel)   # takes the page, returns its HTML or nothing
"""

from collections.abc import Callable
from functools import cached_property

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from aiso.accounts.models import User
from aiso.accounts.signed_in import signed_in

from .incident_permissions import reports_among
from .incident_register import fetched
from .models import (
    EscalationStep,
    Incident,
    IncidentAction,
    IncidentDecision,
    IncidentMessage,
    IncidentReview,
    IncidentShare,
    Initiative,
    TimelineEntry,
)
from .permissions import changes_nothing

# Entries of the timeline on the page, the newest first; the API has them all.
MOST = 300


class IncidentPage:
    """What is not drawn is not read."""

    def __init__(self, viewer: User, incident: Incident) -> None:
        self.viewer, self.incident = viewer, incident

    @property
    def shares(self) -> list[IncidentShare]:
        """Those that the viewer sees, the leading one first."""
        found: list[IncidentShare] = self.incident.seen_shares  # type: ignore[attr-defined]
        return found

    @property
    def is_coordinated(self) -> bool:
        return len(self.shares) > 1

    @cached_property
    def decisions(self) -> list[IncidentDecision]:
        rows = IncidentDecision.objects.visible_to(self.viewer).filter(incident=self.incident)
        return [*rows.select_related("decision_class__initiative", "step")]

    @property
    def parts(self) -> list[tuple[IncidentShare, list[IncidentDecision], bool]]:
        """Each initiative with the decision classes concerned there, and whether the viewer may say more of it."""
        may_say = self._may_report if self.goes_on else lambda initiative: False
        return [
            (
                share,
                [each for each in self.decisions if each.decision_class.initiative_id == share.initiative_id],
                may_say(share.initiative),
            )
            for share in self.shares
        ]

    @cached_property
    def _may_report(self) -> Callable[[Initiative], bool]:
        return reports_among(self.viewer, [share.initiative for share in self.shares])

    @cached_property
    def timeline(self) -> list[TimelineEntry]:
        rows = TimelineEntry.objects.visible_to(self.viewer).filter(incident=self.incident)
        return [*rows.select_related("recorded_by", "initiative").order_by("-happened_at", "-pk")[:MOST]]

    @cached_property
    def escalation(self) -> list[EscalationStep]:
        return [*self.incident.escalation.select_related("person", "told_by")]

    @cached_property
    def messages(self) -> list[IncidentMessage]:
        """Those of which the viewer sees every initiative that they may name."""
        return [*seen_messages(self.viewer, self.incident).prefetch_related("recipients").select_related("sent_by")]

    @cached_property
    def review(self) -> IncidentReview | None:
        return (
            IncidentReview.objects.filter(incident=self.incident).select_related("written_by", "concluded_by").first()
        )

    @cached_property
    def actions(self) -> list[tuple[IncidentAction, bool]]:
        """Each with whether the viewer may say what became of it."""
        rows = self.incident.actions.select_related("owner")
        return [(each, each.is_open and (self.handles or each.owner_id == self.viewer.pk)) for each in rows]

    @cached_property
    def handles(self) -> bool:
        """As `can_handle_incident` says, of what is read already."""
        if changes_nothing(self.viewer):
            return False
        is_own = self.incident.support_owner_id == self.viewer.pk
        return is_own or any(self._may_report(share.initiative) for share in self.shares)

    @property
    def goes_on(self) -> bool:
        return self.incident.state != Incident.State.REVIEWED

    @property
    def may_act(self) -> bool:
        return self.handles and self.goes_on

    @cached_property
    def panels(self) -> list[str]:
        return [drawn for draw in _panels if (drawn := draw(self))]


def seen_messages(viewer: User, incident: Incident) -> "QuerySet[IncidentMessage]":
    """What people were told, except what may name an initiative that the viewer does not see."""
    named = IncidentMessage.initiatives.through.objects.filter(incidentmessage__incident=incident)
    hidden = named.exclude(initiative__in=Initiative.objects.visible_to(viewer).values("pk"))
    return incident.messages.exclude(pk__in=hidden.values("incidentmessage"))


type Draw = Callable[[IncidentPage], str]
_panels: list[Draw] = []


def register_incident_panel(draw: Draw) -> None:
    """Let a later app put a part on the page of an incident. Called in AppConfig.ready()."""
    if draw not in _panels:
        _panels.append(draw)


def visible_incident(request: HttpRequest, pk: int) -> Incident:
    """The incident, or 404 for who sees none of its initiatives."""
    viewer = signed_in(request)
    found = fetched(Incident.objects.visible_to(viewer), viewer).filter(pk=pk).first()
    if found is None:
        raise Http404("No incident here that you may see.")
    return found
