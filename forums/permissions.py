"""Who may say who decides, and who prepares and runs the meetings of a forum."""

from django.contrib.auth.models import AnonymousUser

from aiso import clock
from aiso.accounts.models import User
from aiso.accounts.models.role import OFFICE
from aiso.accounts.permissions import can_manage_people
from portfolio.models import Initiative
from portfolio.permissions import can_edit, changes_nothing

from .models import ActionItem, Forum, Membership

# They prepare and run the meetings of their forum.
RUNNING = (Membership.Role.CHAIR, Membership.Role.SECRETARY)


def can_manage_forums(user: User | AnonymousUser) -> bool:
    """A seat is a right to decide, so only an office lead for the whole company gives one, as with roles."""
    return can_manage_people(user)


def can_run_meetings(user: User | AnonymousUser, forum: Forum) -> bool:
    """Its chair and its secretary of today, and the office where its reach is the forum's."""
    if not isinstance(user, User) or changes_nothing(user):
        return False
    return is_office_of(user, forum) or _sits(user, forum, *RUNNING)


def can_put_on_agenda(user: User | AnonymousUser, forum: Forum, initiative: Initiative | None = None) -> bool:
    """Whoever sits in the forum or runs its meetings; of an initiative its owners too. Nobody what they do not see."""
    if not isinstance(user, User) or changes_nothing(user):
        return False
    if initiative is None:
        return is_office_of(user, forum) or _sits(user, forum)
    sees = Initiative.objects.visible_to(user).filter(pk=initiative.pk).exists()
    return sees and (can_edit(user, initiative) or is_office_of(user, forum) or _sits(user, forum))


def is_office_of(user: User, forum: Forum) -> bool:
    """The office for the forum's unit; for one of the whole company a role limited to a unit does not reach."""
    reaches = (user.role_units.get(role, frozenset()) for role in OFFICE)
    return user.is_active and any(reach is None or forum.unit_id in reach for reach in reaches)


def _sits(user: User, forum: Forum, *roles: str) -> bool:
    seats = forum.memberships.on(clock.today()).filter(person=user)
    return (seats.filter(role__in=roles) if roles else seats).exists()


def can_write_addendum(user: User | AnonymousUser, forum: Forum) -> bool:
    """Whoever sits in the forum, its secretary included."""
    return isinstance(user, User) and not changes_nothing(user) and _sits(user, forum)


def can_sign_addendum(user: User | AnonymousUser, forum: Forum) -> bool:
    """The chair of today alone, never a program."""
    if not isinstance(user, User) or changes_nothing(user) or user.is_service_account:
        return False
    return _sits(user, forum, Membership.Role.CHAIR)


def can_give_action(user: User | AnonymousUser, forum: Forum) -> bool:
    """Whoever sits in the forum, and the office where its reach is the forum's."""
    if not isinstance(user, User) or changes_nothing(user):
        return False
    return is_office_of(user, forum) or _sits(user, forum)


def can_finish_action(user: User | AnonymousUser, action: ActionItem) -> bool:
    """Its owner, and whoever runs the meetings of the forum that gave it."""
    return _owns(user, action) or can_run_meetings(user, action.forum)


def can_drop_action(user: User | AnonymousUser, action: ActionItem) -> bool:
    """Who gave it, and whoever runs the meetings of its forum."""
    if not isinstance(user, User) or changes_nothing(user):
        return False
    return action.given_by_id == user.pk or can_run_meetings(user, action.forum)


def can_move_action(user: User | AnonymousUser, action: ActionItem) -> bool:
    """Changes its day or passes it on: its owner, who gave it, and whoever runs the meetings of its forum."""
    return _owns(user, action) or can_drop_action(user, action)


def _owns(user: User | AnonymousUser, action: ActionItem) -> bool:
    return isinstance(user, User) and not changes_nothing(user) and action.owner_id == user.pk
