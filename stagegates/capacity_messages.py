"""Who is told of hours that initiatives ask of specialists, and in which words."""

from django.db.models import Q
from django.urls import reverse

from aiso.accounts.models import RoleAssignment, User
from aiso.events.models import Event, Notification
from aiso.events.telling import Message
from aiso.web import figures

from .models import SpecialistRequest
from .permissions import can_answer_request

State = SpecialistRequest.State


def message_of_specialists(event: Event) -> Message | None:
    """A request goes to the people who may answer it, an answer to whoever asked; nothing of one dealt with since."""
    rows = SpecialistRequest.objects.select_related("function", "initiative", "asked_by")
    asked = rows.filter(pk=event.payload["request"]).first()
    is_new = event.name == "specialists.asked"
    if asked is None or asked.state == State.WITHDRAWN or (is_new and asked.state != State.ASKED):
        return None
    hours = f"{figures.measured(asked.hours)} hours a month for {asked.initiative.reference}"
    about = {"initiative": asked.initiative_id}
    if is_new:
        text = f"{asked.function} is asked for {hours}: {asked.purpose}"
        month = reverse("stagegates:capacity_month", args=[asked.function.slug, f"{asked.first_month:%Y-%m}"])
        return Message(people_asked(asked), text, month, Notification.Kind.REQUEST, about)
    verb = "agrees to" if event.payload["agreed"] else "declines"
    reason = f": {asked.reason}" if asked.reason else ""
    text = f"{asked.function} {verb} {hours}{reason}"
    return Message([asked.asked_by], text, asked.initiative.get_absolute_url(), about=about)


def people_asked(asked: SpecialistRequest) -> list[User]:
    """Those of its function who may answer."""
    role, members = asked.function.role, asked.function.memberships.current()
    holders = RoleAssignment.objects.filter(role=role) if role else RoleAssignment.objects.none()
    of_it = Q(pk__in=holders.values("person")) | Q(pk__in=members.values("person"))
    return [person for person in User.objects.active().people().filter(of_it) if can_answer_request(person, asked)]
