"""What the initiative page tells of agendas: where it stands on one, and the button that puts it there."""

from django.template.loader import render_to_string

from aiso import clock
from aiso.accounts.models import User
from portfolio.models import Initiative
from portfolio.page import InitiativePage
from portfolio.permissions import can_edit, changes_nothing

from .meeting_page import next_meetings
from .models import AgendaItem, Forum, Meeting
from .models.meeting import AHEAD
from .permissions import is_office_of


def head_button(page: InitiativePage) -> str:
    """The next agenda on which it stands, else the button for those who may put it there. At most three queries."""
    if page.initiative.is_off_register or changes_nothing(page.person):
        return ""
    standing = AgendaItem.objects.to_come().filter(initiative=page.initiative, meeting__state__in=AHEAD)
    item = standing.select_related("meeting__forum").order_by("meeting__starts_at").first()
    if item is None and not _may_put_somewhere(page):
        return ""
    context = {"item": item, "initiative": page.initiative}
    return render_to_string("forums/_head_button.html", context)


def forums_for(person: User, initiative: Initiative) -> list[tuple[Forum, Meeting | None]]:
    """The forums on whose agenda a person may put an initiative that they see, each with its next meeting before it
    began or while it runs.
    """
    if initiative.is_off_register or changes_nothing(person):
        return []
    meeting_bodies = Forum.objects.visible_to(person).filter(is_delegate=False)
    if not can_edit(person, initiative):
        sits = {*meeting_bodies.bodies_of(person).values_list("pk", flat=True)}
        forums = [forum for forum in meeting_bodies if forum.pk in sits or is_office_of(person, forum)]
    else:
        forums = [*meeting_bodies]
    following = next_meetings(forums)
    return [(forum, following.get(forum.pk)) for forum in forums]


def _may_put_somewhere(page: InitiativePage) -> bool:
    if page.may_edit:
        return True
    return Forum.objects.filter(is_delegate=False).bodies_of(page.person, clock.today()).exists()
