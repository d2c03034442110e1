"""Saved views of the register."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import QueryDict

from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..models import SavedView
from ..permissions import can_share_views

# Characters; all filters at once need a quarter of it.
LONGEST_QUERY = 4000
# What an address holds that is not part of a view: where one is in the list, which row is open.
PASSING = ("after", "before", "edit", "panel")


@transaction.atomic
def save_view(*, actor: User, name: str, query: str, is_shared: bool = False) -> SavedView:
    """Keep the register's filters, order and columns under a name; the same name again replaces one's own."""
    if is_shared and not can_share_views(actor):
        raise PermissionDenied("The office shares views with everybody; save it for yourself.")
    name = name.replace("\x00", "")
    if len(query) > LONGEST_QUERY:
        raise DomainError("This address is too long to keep. Take a filter away.")
    if not name.strip():
        raise DomainError("Give the view a name.", field="name")
    kept = QueryDict(query, mutable=True)
    for passing in PASSING:
        kept.pop(passing, None)
    values = {"query": kept.urlencode(), "is_shared": is_shared}
    view, _ = SavedView.objects.update_or_create(owner=actor, name=name.strip()[:60], defaults=values)
    publish("view.saved", actor=actor, view=view)
    return view


@transaction.atomic
def delete_view(view: SavedView, *, actor: User) -> None:
    """Delete one's own view."""
    if view.owner_id != actor.pk:
        raise PermissionDenied("Only its owner deletes a view.")
    publish("view.deleted", actor=actor, view=view)
    view.delete()
