"""Telling the owners what is proposed to the portfolio review of their initiative."""

from aiso.events.models import Event
from aiso.events.telling import Message

from .models import ReviewProposal


def proposal_message(event: Event) -> Message | None:
    """To its three owners, where the reason is read."""
    rows = ReviewProposal.objects.select_related("initiative", "item__forum")
    made = rows.get(pk=event.payload["proposal"])
    initiative = made.initiative
    owners = (initiative.business_owner, initiative.technical_owner, initiative.risk_owner)
    what = f"The {made.item.forum} proposes to {made.get_proposes_display().lower()} {initiative.reference}"
    about = {"initiative": initiative.pk}
    return Message([*filter(None, owners)], f"{what}: {made.reason}", made.item.get_absolute_url(), about=about)
