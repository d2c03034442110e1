"""What the value and risk review proposes to the portfolio review. Nothing of stage or money is decided by it."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from forums.actions.live.writing import locked_item, refuse_settled
from forums.models import AgendaItem
from portfolio.models import Initiative
from portfolio.models.stage import ENDED
from stagegates.actions.decide_in_meeting import votes_that_carry
from stagegates.permissions import can_record_in_meeting
from stagegates.separation import parties_to

from ..models import ReviewProposal


@transaction.atomic
def propose(item: AgendaItem, *, actor: User, proposes: str, reason: str, by_consent: bool = False) -> ReviewProposal:
    """Record that the forum proposes to hold or terminate the initiative of an item of its meeting. The next portfolio
    review has it on its agenda, with the reason.

    The votes of those present carry it, or general consent where nobody voted. For the chair and the secretary, unless
    they are a party: PermissionDenied. DomainError for an item that is settled, an initiative that has ended, votes
    that do not carry it, and without a reason.
    """
    _, item = locked_item(item)
    if item.initiative_id is None:
        raise DomainError("This item is about no initiative.")
    initiative = Initiative.objects.select_for_update(of=["self"]).defer("search").get(pk=item.initiative_id)
    if not can_record_in_meeting(actor, item.forum, parties_to(initiative)):
        raise PermissionDenied("The chair and the secretary record what the forum proposes, never a party to it.")
    refuse_settled(item)
    if initiative.stage in ENDED:
        raise DomainError(f"{initiative.reference} has ended: there is nothing to propose.")
    reason = " ".join(reason.split())
    if not reason:
        raise DomainError("Say why: the portfolio review reads it.", field="rationale")
    votes = votes_that_carry(item, said(proposes), by_consent=by_consent)
    made = ReviewProposal.objects.create(
        item=item,
        initiative=initiative,
        proposes=proposes,
        reason=reason,
        carried_by="by general consent" if by_consent else votes.says,
        proposed_by=actor,
    )
    publish("proposal.made", actor=actor, initiative=initiative, item=item, proposal=made)
    return made


def said(proposes: str) -> str:
    """A proposal as members vote on it, and as it stands in the minutes."""
    return f"Propose to {ReviewProposal.Outcome(proposes).label.lower()}"
