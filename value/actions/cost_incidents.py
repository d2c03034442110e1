"""What an incident cost goes to the ledger as risk loss."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from portfolio.incident_log import Kind, hold_initiatives, record
from portfolio.models import Incident, Initiative

from ..models import IncidentCost, LedgerEntry
from ..models.ledger import BY_INCIDENT
from ..posting import NewEntry
from .post import post_entry


@transaction.atomic
def post_incident_cost(
    incident: Incident,
    *,
    actor: User,
    amounts: Mapping[Initiative, Decimal],
    evidence: str,
    key: str,
    currency: str = "",
    happened_on: date | None = None,
) -> list[LedgerEntry]:
    """Post what an incident cost each of its initiatives, as risk loss of the day. `key` names the cost on the
    incident, so that sending it twice posts once.

    Raises PermissionDenied for whoever may not post on one of the initiatives, DomainError for an initiative that it
    does not concern, and for what cannot be posted.
    """
    happened_on = happened_on or clock.today()
    hold_initiatives(incident.pk)
    concerned = {*incident.shares.values_list("initiative", flat=True)}
    if not amounts:
        raise DomainError("Say what it cost at least one of its initiatives.", field="amounts")
    posted = []
    for initiative, amount in sorted(amounts.items(), key=lambda each: each[0].pk):
        if initiative.pk not in concerned:
            raise DomainError(f"It does not concern {initiative.reference}.", field="amounts")
        asked = NewEntry(
            kind=LedgerEntry.Kind.RISK_LOSS,
            amount=amount,
            currency=currency,
            happened_on=happened_on,
            # A one-off counts on its day.
            first_on=happened_on,
            last_on=happened_on,
            evidence=evidence,
            key=f"{BY_INCIDENT}{incident.pk}:{key.strip()}"[:120] if key.strip() else "",
        )
        entry = post_entry(initiative, asked, actor=actor, kept_key=BY_INCIDENT)
        _, is_new = IncidentCost.objects.get_or_create(entry=entry, defaults={"incident": incident})
        if is_new:
            record(incident, Kind.COST, actor=actor, initiative=initiative)
        posted.append(entry)
    publish("incident.cost_posted", actor=actor, incident=incident, entries=[each.pk for each in posted])
    return posted
