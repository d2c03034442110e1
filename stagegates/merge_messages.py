"""Who is told that an initiative was merged, or that a merge was undone: the owners of both, who see both."""

from collections.abc import Iterable

from aiso.accounts.models import User
from aiso.events.models import Event, Notification
from aiso.events.telling import Message
from portfolio.permissions import sees

from .decision_messages import MESSAGES, owners_of
from .models import Merge


def _merged(event: Event) -> Iterable[Message]:
    merge = _merge(event)
    text = f"{merge.merged.reference} was merged into {merge.survivor.reference}: {merge.decision.rationale}"
    yield Message(
        _owners(merge), text, merge.survivor.get_absolute_url(), Notification.Kind.NEWS, {"initiative": merge.merged_id}
    )


def _undone(event: Event) -> Iterable[Message]:
    merge = _merge(event)
    why = merge.undone_by.rationale if merge.undone_by else ""
    text = f"{merge.merged.reference} goes on by itself again, apart from {merge.survivor.reference}: {why}"
    yield Message(
        _owners(merge), text, merge.merged.get_absolute_url(), Notification.Kind.NEWS, {"initiative": merge.merged_id}
    )


def _merge(event: Event) -> Merge:
    return Merge.objects.select_related("merged", "survivor", "decision", "undone_by").get(pk=event.payload["merge"])


def _owners(merge: Merge) -> list[User]:
    ids = {pk for pk in owners_of(merge.merged_id) | owners_of(merge.survivor_id) if pk}
    people = User.objects.filter(pk__in=ids)
    return [each for each in people if sees(each, merge.merged) and sees(each, merge.survivor)]


EVENTS = ("initiative.merged", "merge.undone")
MESSAGES |= {"initiative.merged": _merged, "merge.undone": _undone}
