"""Who is told what when a meeting is closed, minutes are added to, or an action is given, moved or settled."""

from collections.abc import Callable, Iterable, Sequence

from django.urls import reverse

from aiso.accounts.models import User
from aiso.events.models import Event, Notification
from aiso.events.telling import Message
from aiso.web import figures
from portfolio.models import Ownership

from .models import ActionItem, Addendum, AgendaItem, Meeting, Minutes

Kind = Notification.Kind


def messages_of(event: Event) -> Iterable[Message]:
    return MESSAGES[event.name](event)


def _closed(event: Event) -> Iterable[Message]:
    """Each once: what they have to do first, then what was said of theirs, then that the minutes are there."""
    minutes = Minutes.objects.select_related("meeting__forum").get(pk=event.payload["minutes"])
    meeting, path = minutes.meeting, minutes.get_absolute_url()
    where = f"{meeting.forum} of {figures.day(meeting.started_at)}"
    for owner, count in _with_actions(meeting):
        text = f"{where} gave you {figures.plural(count, 'action')}; the minutes are there"
        yield Message([owner], text, reverse("forums:action_list"), Kind.REQUEST)
    for owner, items in _owners_of_what_was_spoken_of(meeting):
        yield _spoken_of(owner, items, where, path)
    members = [seat.person for seat in meeting.forum.members_on(figures.local_date(meeting.starts_at))]
    there = [row.person for row in meeting.attendance.select_related("person")]
    yield Message([*members, *there], f"The minutes of {where} are there", path)


def _with_actions(meeting: Meeting) -> Iterable[tuple[User, int]]:
    counts: dict[User, int] = {}
    for action in meeting.actions.select_related("owner"):
        counts[action.owner] = counts.get(action.owner, 0) + 1
    return counts.items()


def _owners_of_what_was_spoken_of(meeting: Meeting) -> Iterable[tuple[User, list[AgendaItem]]]:
    """The owners of each initiative and their deputies, with the items that were settled or put off."""
    told = meeting.items.filter(state__in=(AgendaItem.State.DONE, AgendaItem.State.DEFERRED)).exclude(initiative=None)
    items: dict[int | None, list[AgendaItem]] = {}
    for item in told.select_related("initiative"):
        items.setdefault(item.initiative_id, []).append(item)
    found: dict[User, dict[int, AgendaItem]] = {}
    for owned in Ownership.objects.current().filter(initiative__in=items).select_related("person"):
        found.setdefault(owned.person, {}).update({item.pk: item for item in items[owned.initiative_id]})
    return [(person, [*theirs.values()]) for person, theirs in found.items()]


def _spoken_of(owner: User, items: Sequence[AgendaItem], where: str, path: str) -> Message:
    if len(items) > 1:
        return Message([owner], f"{where} spoke of {len(items)} items of yours; the minutes are there", path)
    initiative = items[0].initiative
    assert initiative
    text = f"{where} spoke of {initiative.reference}: {items[0].result}"
    return Message([owner], text, path, about={"initiative": initiative.pk})


def _addendum_written(event: Event) -> Iterable[Message]:
    addendum = _addendum(event)
    forum = addendum.minutes.meeting.forum
    text = f"Sign what {addendum.written_by} added to the minutes of {addendum.minutes.meeting}"
    chair = forum.chair_of()
    yield Message([chair] if chair else [], text, _place(addendum), Kind.REQUEST)


def _addendum_signed(event: Event) -> Iterable[Message]:
    addendum = _addendum(event)
    meeting = addendum.minutes.meeting
    people = [
        addendum.written_by,
        *(seat.person for seat in meeting.forum.members_on(figures.local_date(event.happened_at))),
    ]
    yield Message(people, f"The minutes of {meeting} were added to", _place(addendum))


def _given(event: Event) -> Iterable[Message]:
    yield from _to_owner(event, f"{event.actor} gave you an action", Kind.REQUEST)


def _passed_on(event: Event) -> Iterable[Message]:
    yield from _to_owner(event, f"{event.actor} passed an action on to you", Kind.REQUEST)
    action = _action(event)
    before = User.objects.filter(pk=event.payload["before"])
    yield _of(action, [*before, action.given_by], f"{action.owner} sees to it now")


def _moved(event: Event) -> Iterable[Message]:
    action = _action(event)
    yield _of(action, [action.owner, action.given_by], f"Moved to {figures.day(action.due_on)}")


def _done(event: Event) -> Iterable[Message]:
    action = _action(event)
    yield _of(action, [action.owner, action.given_by], "Done")


def _dropped(event: Event) -> Iterable[Message]:
    action = _action(event)
    yield _of(action, [action.owner, action.given_by], f"Not needed any more ({action.dropped_because})")


def _to_owner(event: Event, told: str, kind: Kind) -> Iterable[Message]:
    action = _action(event)
    yield _of(action, [action.owner], f"{told}, due {figures.day(action.due_on)}", kind)


def _of(action: ActionItem, people: Iterable[User], told: str, kind: Kind = Kind.NEWS) -> Message:
    return Message(people, f"{told}: {action.text}", action.get_absolute_url(), kind, {"action_item": action.pk})


def _action(event: Event) -> ActionItem:
    return ActionItem.objects.select_related("owner", "given_by").get(pk=event.payload["action_item"])


def _addendum(event: Event) -> Addendum:
    related = ("minutes__meeting__forum", "written_by")
    return Addendum.objects.select_related(*related).get(pk=event.payload["addendum"])


def _place(addendum: Addendum) -> str:
    return f"{addendum.minutes.get_absolute_url()}#addendum-{addendum.pk}"


MESSAGES: dict[str, Callable[[Event], Iterable[Message]]] = {
    "meeting.closed": _closed,
    "addendum.written": _addendum_written,
    "addendum.signed": _addendum_signed,
    "action.given": _given,
    "action.passed_on": _passed_on,
    "action.moved": _moved,
    "action.done": _done,
    "action.dropped": _dropped,
}
