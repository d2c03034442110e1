"""What the initiative page tells of agendas: where it stands on one, and the button that puts it there."""

from django.db.models import Exists, OuterRef, Subquery
from django.template.loader import render_to_string

from aiso import clock
from aiso.accounts.models import User
from portfolio.models import Initiative
from portfolio.page import InitiativePage
from portfolio.permissions import can_edit, changes_nothing

from .meeting_page import next_meetings
from .models import AgendaItem, Forum, ForumQuerySet, Meeting, Membership
from .models.meeting import AHEAD
from .permissions import is_office_of


def head_button(page: InitiativePage) -> str:
    """The next agenda on which it stands, else the button for those who may put it there. One query."""
    if page.initiative.is_off_register:
        return ""
    forums = [*_with_agendas(page.initiative, page.person)]
    standing = min((forum for forum in forums if forum.meets_at), key=lambda each: each.meets_at, default=None)
    may_put = page.may_edit or any(forum.sits for forum in forums)
    if standing is None and not may_put:
        return ""
    return render_to_string("forums/_head_button.html", {"standing": standing, "initiative": page.initiative})


def forums_for(person: User, initiative: Initiative) -> list[tuple[Forum, Meeting | None]]:
    """The forums on whose agenda a person may put an initiative that they see, each with its next meeting that
    has not begun.
    """
    if initiative.is_off_register or changes_nothing(person):
        return []
    forums = [*Forum.objects.visible_to(person).filter(is_delegate=False)]
    if not can_edit(person, initiative):
        sits = {*Forum.objects.bodies_of(person).values_list("pk", flat=True)}
        forums = [forum for forum in forums if forum.pk in sits or is_office_of(person, forum)]
    following = next_meetings(forums)
    return [(forum, following.get(forum.pk)) for forum in forums]


def _with_agendas(initiative: Initiative, person: User) -> ForumQuerySet:
    """The forums that meet, with `sits` and the next agenda to come on which the initiative stands."""
    seats = Membership.objects.on(clock.today()).filter(forum=OuterRef("pk"), person=person)
    to_come = AgendaItem.objects.to_come().filter(forum=OuterRef("pk"), initiative=initiative, meeting__state__in=AHEAD)
    to_come = to_come.order_by("meeting__starts_at")
    found: ForumQuerySet = Forum.objects.filter(is_delegate=False).annotate(
        sits=Exists(seats),
        meeting_id=Subquery(to_come.values("meeting")[:1]),
        meets_at=Subquery(to_come.values("meeting__starts_at")[:1]),
    )
    return found
