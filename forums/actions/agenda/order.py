"""The order of an agenda."""

from bisect import bisect_left
from collections.abc import Sequence

from django.db import transaction

from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from aiso.web import figures

from ...models import AgendaItem, Meeting
from .writing import locked_ahead, may_run


@transaction.atomic
def reorder(meeting: Meeting, items: Sequence[int], *, actor: User) -> list[AgendaItem]:
    """Put the items to come, named by their ids, in this order; those not named follow in their present order.

    What was moved stays on the agenda whatever its source says. Raises DomainError once the agenda was sent.
    """
    may_run(actor, meeting.forum)
    meeting = locked_ahead(meeting)
    if meeting.state != Meeting.State.DRAFT:
        raise DomainError("The agenda was sent, so its order stands.")
    present = {item.pk: item for item in meeting.items.to_come().select_for_update(of=["self"])}
    if strange := {*items} - present.keys():
        raise DomainError(f"{figures.plural(len(strange), 'item')} not on this agenda any more.", field="items")
    order = [*dict.fromkeys(items), *(pk for pk in present if pk not in {*items})]
    if moved := moved_between([*present], order):
        for position, pk in enumerate(order, start=1):
            present[pk].position = position
            present[pk].is_kept |= pk in moved
        AgendaItem.objects.bulk_update(present.values(), ["position", "is_kept"])
        publish("agenda.reordered", actor=actor, meeting=meeting, items=sorted(moved))
    return [present[pk] for pk in order]


@transaction.atomic
def move_item(item: AgendaItem, *, actor: User, places: int) -> list[AgendaItem]:
    """Move one item so many places down its agenda, up when negative; beyond the ends it stays at the end."""
    if item.meeting is None:
        raise DomainError("This waits in the backlog, which has no order.")
    may_run(actor, item.forum)
    order = [*locked_ahead(item.meeting).items.to_come().values_list("pk", flat=True)]
    if item.pk not in order:
        raise DomainError("This is not to come any more.")
    position = order.index(item.pk) + places
    order.remove(item.pk)
    order.insert(max(position, 0), item.pk)
    return reorder(item.meeting, order, actor=actor)


def moved_between(before: Sequence[int], after: Sequence[int]) -> set[int]:
    """The fewest items whose moving makes one order the other: all but the longest row that kept its order."""
    position = {pk: at for at, pk in enumerate(before)}
    ends: list[int] = []  # the least position at which a row of each length can end
    lasts: list[int] = []  # the item at that end
    earlier: dict[int, int | None] = {}  # the item before each in its row
    for pk in after:
        at = bisect_left(ends, position[pk])
        earlier[pk] = lasts[at - 1] if at else None
        ends[at : at + 1], lasts[at : at + 1] = [position[pk]], [pk]
    stayed, pk_now = set(), lasts[-1] if lasts else None
    while pk_now is not None:
        stayed.add(pk_now)
        pk_now = earlier[pk_now]
    return {*after} - stayed
