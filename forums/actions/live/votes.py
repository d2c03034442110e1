"""Votes on an item, cast by each member from their own place."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ...beats import beat
from ...deciding import decider_of, needs_motion
from ...models import AgendaItem, ItemVote, VoteChoice
from ...recusals import recused_from
from ...votes import Count, count_votes
from .writing import locked_item, may_run, refuse_settled, words_of


@transaction.atomic
def cast_item_vote(
    item: AgendaItem,
    *,
    actor: User,
    choice: str,
    reason: str = "",
    person: User | None = None,
    motion: int | None = None,
) -> ItemVote:
    """Vote on an item, for oneself, or for the `person` whose proxy one holds. It may change until it is settled.

    Nobody else records a vote, not even the secretary: only a named person votes (DESIGN §4). `motion` is the number
    of what the actor saw put to the vote. Raises PermissionDenied without a vote or the proxy, DomainError for whoever
    is recused or not there, and while nothing or meanwhile something else is put to the vote.
    """
    if actor.is_service_account:
        raise PermissionDenied("A program does not vote.")
    meeting, item = locked_item(item)
    refuse_settled(item)
    votes_as = person or actor
    _check_vote(count_votes(item), actor, votes_as, choice)
    _check_motion(item, choice, motion)
    says = {"choice": choice, "reason": reason.strip(), "motion_number": item.motion_number}
    vote, _ = ItemVote.objects.update_or_create(
        item=item, person=votes_as, defaults={**says, "cast_by": actor, "cast_at": clock.now()}
    )
    publish("meeting.voted", actor=actor, meeting=meeting, item=item, person=votes_as, choice=choice)
    beat(meeting)
    return vote


@transaction.atomic
def put_to_vote(item: AgendaItem, *, actor: User, data: Mapping[str, Any]) -> AgendaItem:
    """Put to the vote what `data` would record: the outcome chosen in the form, or a `result` in words. Raises what
    `put_motion` raises, and DomainError where nothing is chosen.
    """
    decider = decider_of(item) if item.initiative_id else None
    return put_motion(item, actor=actor, motion=decider.motion(item, actor, data) if decider else in_words(data))


@transaction.atomic
def put_motion(item: AgendaItem, *, actor: User, motion: str) -> AgendaItem:
    """Put something to the vote. Votes on what was put before stop counting. For those who lead, but no program and
    nobody who has a part in it: PermissionDenied. DomainError for an item that is settled.
    """
    if item.meeting:
        may_run(actor, item.meeting)
    meeting, item = locked_item(item)
    refuse_settled(item)
    if actor.is_service_account or actor.pk in recused_from([item])[item.pk]:
        raise PermissionDenied("Whoever has a part in it puts nothing of it to the vote, and no program does.")
    if motion != item.motion:
        item.motion, item.motion_number = motion, item.motion_number + 1
        item.save(update_fields=["motion", "motion_number"])
        publish("meeting.put_to_vote", actor=actor, meeting=meeting, item=item, initiative=item.initiative_id)
        beat(meeting)
    return item


def in_words(data: Mapping[str, Any]) -> str:
    """The result that was typed, as a motion. Raises DomainError where there is none."""
    if words := words_of(data):
        return words
    raise DomainError("Say first what is put to the vote.", field="result")


def _check_motion(item: AgendaItem, choice: str, seen: int | None) -> None:
    """Whoever recuses themselves does so whatever is put to the vote."""
    if choice == VoteChoice.RECUSED:
        return
    if needs_motion(item) and not item.motion:
        raise DomainError("Nothing is put to the vote yet. Those who lead choose an outcome, and put it to the vote.")
    if needs_motion(item) and seen is None:
        raise DomainError("Say which motion you vote on: its number is told with the item.", field="motion")
    if seen is not None and seen != item.motion_number:
        raise DomainError(f"Meanwhile something else was put to the vote: {item.motion}. Vote on that.")


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
    if voter and voter.vote and voter.vote.cast_by_id == person.pk:
        raise DomainError(f"{person} voted on it themselves.", field="person")
    if given is None or given.seat.person_id != person.pk:
        raise PermissionDenied(f"You do not hold the proxy of {person}.")
    if choice == VoteChoice.RECUSED:
        raise DomainError("Nobody recuses another person. Abstain for them.", field="choice")
