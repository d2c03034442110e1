"""Who is told what when a meeting is called, moved, cancelled, or its agenda is sent."""

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.urls import reverse

from aiso import clock
from aiso.accounts.models import User
from aiso.events.models import Event, Notification
from aiso.events.telling import Message
from aiso.web import figures
from portfolio.models import Ownership

from .models import Meeting

Kind = Notification.Kind


def messages_of(event: Event) -> Iterable[Message]:
    """What an event of a meeting tells. Nothing of its agenda is named: each reads there what they may see."""
    meeting = Meeting.objects.select_related("forum").get(pk=event.payload["meeting"])
    when, here = figures.moment(meeting.starts_at), meeting.get_absolute_url()
    members = members_of(meeting)
    match event.name:
        case "meeting.called":
            yield Message(members, f"{meeting.forum} meets on {when}", here, Kind.NEWS)
        case "meeting.moved":
            yield Message(members, f"{meeting.forum} meets on {when}: this changed", here, Kind.NEWS)
        case "meeting.cancelled":
            text = f"{meeting.forum} does not meet on {when}: {meeting.cancelled_because}"
            yield Message(members, text, here, Kind.NEWS)
        case "meeting.opened":
            pre_read = reverse("forums:pre_read", args=[meeting.pk])
            yield Message(members, f"Read for {meeting.forum} of {when}", pre_read, Kind.REQUEST)
            text = f"Something of yours is on the agenda of {meeting.forum} of {when}"
            yield Message([*_owners_of(meeting, members)], text, here, Kind.NEWS)
        case "meeting.proxy_given":
            people = User.objects.in_bulk([event.payload["giver"], event.payload["holder"]])
            giver, holder = people[event.payload["giver"]], people[event.payload["holder"]]
            yield Message([giver], f"{holder} votes for you in {meeting.forum} of {when}", here, Kind.NEWS)


def members_of(meeting: Meeting) -> list[User]:
    """Those with a seat on the day of the meeting, or today if it is past."""
    day = max(clock.today(), figures.local_date(meeting.starts_at))
    return [seat.person for seat in meeting.forum.members_on(day)]


def _owners_of(meeting: Meeting, besides: Sequence[User]) -> QuerySet[User]:
    """The owners of what is spoken of, and their deputies."""
    owned = Ownership.objects.current().filter(initiative__in=meeting.items.to_come().values("initiative"))
    owners: QuerySet[User] = User.objects.filter(pk__in=owned.values("person")).exclude(pk__in=[p.pk for p in besides])
    return owners
