"""Votes on an item, cast by each member from their own place."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ...beats import beat
from ...models import AgendaItem, ItemVote, VoteChoice
from ...votes import Count, count_votes
from .writing import locked_item, refuse_settled


@transaction.atomic
def cast_item_vote(
    item: AgendaItem, *, actor: User, choice: str, reason: str = "", person: User | None = None
) -> ItemVote:
    """Vote on an item, for oneself, or for the `person` whose proxy one holds. It may change until it is settled.

    Nobody else records a vote, not even the secretary: only a named person votes (DESIGN §4). Raises
    PermissionDenied without a vote or the proxy, DomainError for whoever is recused or not there.
    """
    if actor.is_service_account:
        raise PermissionDenied("A program does not vote.")
    meeting, item = locked_item(item)
    refuse_settled(item)
    votes_as = person or actor
    _check_vote(count_votes(item), actor, votes_as, choice)
    vote, _ = ItemVote.objects.update_or_create(
        item=item,
        person=votes_as,
        defaults={"choice": choice, "reason": reason.strip(), "cast_by": actor, "cast_at": clock.now()},
    )
    publish("meeting.voted", actor=actor, meeting=meeting, item=item, person=votes_as, choice=choice)
    beat(meeting)
    return vote


def _check_vote(count: Count, actor: User, person: User, choice: str) -> None:
    own = count.voter(actor)
    if own is None:
        raise PermissionDenied("Members with a vote in this forum vote.")
    if choice not in VoteChoice.values:
        raise DomainError("Vote for, against, abstain, or recuse yourself.", field="choice")
    if not own.is_there:
        raise DomainError("Say first that you are there.")
    if own.recused:
        raise DomainError(f"You do not vote on this: {own.recused}.")
    if person.pk != actor.pk:
        _check_proxy(count, actor, person, choice)


def _check_proxy(count: Count, actor: User, person: User, choice: str) -> None:
    given = count.given_to(actor)
    voter = count.voter(person)
    if voter and voter.is_recused:
        raise DomainError(f"{person} is recused from this: nobody votes for them.", field="person")
    if given is None or given.seat.person_id != person.pk:
        raise PermissionDenied(f"You do not hold the proxy of {person}.")
    if choice == VoteChoice.RECUSED:
        raise DomainError("Nobody recuses another person. Abstain for them.", field="choice")
