"""Action items as an address asks for them: who promised what, until when?"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.db.models import Count, DateField, F, Q

from aiso.accounts.models import User
from aiso.web.filtered import FilteredList
from aiso.web.keyset import Order

from .forms.after import ActionFilterForm
from .models import ActionItem, ActionItemQuerySet, Forum
from .permissions import can_give_action

# Rows of a file read together.
CHUNK = 1000
DUE_FIRST = Order(F("due_on"), DateField())
DUE_LAST = Order(F("due_on"), DateField(), descending=True)
# The tabs: their name in the address, and their label. The first shows unless another is asked for.
STATES = {
    "mine": "Mine",
    "forums": "My forums’",
    "overdue": "Overdue",
    "open": "All open",
    "settled": "Done and dropped",
}
FILTERS = ("forum", "owner")
RELATED = ("forum", "meeting", "item__initiative", "owner", "given_by", "done_by", "dropped_by")
# Of the initiative only what names it.
UNREAD = ("item__initiative__search", "item__initiative__notes", "item__initiative__summary")


class ActionRegister(FilteredList[ActionItem]):
    """One person's view of the action items by the query string of an address."""

    title = "Actions"
    states, filters = STATES, FILTERS
    orders = {"": ("Due first", DUE_FIRST)}
    headers = [
        *("Number", "Action", "Owner", "Owner e-mail", "Due", "State", "Forum", "Meeting", "Item", "Initiative"),
        *("Given by", "Given", "Done", "Done by", "What was done", "Dropped", "Dropped by", "Why it was dropped"),
    ]

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many stand under each tab, in one query."""
        found: dict[str, int] = ActionItem.objects.visible_to(self.viewer).aggregate(
            **{name: Count("pk", filter=in_state(name, self.viewer)) for name in STATES},
            mine_overdue=Count("pk", filter=in_state("mine", self.viewer) & in_state("overdue", self.viewer)),
        )
        return found

    @cached_property
    def form(self) -> ActionFilterForm:
        owners = User.objects.people().filter(pk__in=ActionItem.objects.visible_to(self.viewer).values("owner"))
        form = ActionFilterForm(self.query, owners)
        form.is_valid()
        return form

    @cached_property
    def matching(self) -> ActionItemQuerySet:
        found = ActionItem.objects.visible_to(self.viewer).filter(in_state(self.state, self.viewer))
        found = found.filter(**self.chosen).with_sight(self.viewer)
        return found.select_related(*RELATED).defer(*UNREAD)

    @property
    def sorting(self) -> Order:
        return DUE_LAST if self.state == "settled" else DUE_FIRST

    @cached_property
    def may_give_in(self) -> list[Forum]:
        """The forums for which the viewer may give an action."""
        forums = Forum.objects.visible_to(self.viewer).filter(is_delegate=False)
        return [forum for forum in forums if can_give_action(self.viewer, forum)]

    def lines(self) -> Iterator[list[Any]]:
        """For a file: all that match, due first."""
        for action in self.matching.order_by("due_on", "pk").iterator(chunk_size=CHUNK):
            item = action.item if action.sees_item else None  # type: ignore[attr-defined]
            yield [
                *(action.pk, action.text, action.owner.name, action.owner.email, action.due_on, action.state),
                *(action.forum.name, action.meeting.starts_at if action.meeting else None, item.title if item else ""),
                item.initiative.reference if item and item.initiative else "",
                *(action.given_by.name, action.given_at, action.done_at),
                *(action.done_by.name if action.done_by else "", action.done_note, action.dropped_at),
                *(action.dropped_by.name if action.dropped_by else "", action.dropped_because),
            ]


def in_state(state: str, viewer: User) -> Q:
    """The action items under one tab."""
    is_open = Q(pk__in=ActionItem.objects.open().values("pk"))
    match state:
        case "mine":
            return is_open & Q(owner=viewer)
        case "forums":
            return is_open & Q(forum__in=Forum.objects.bodies_of(viewer).values("pk"))
        case "overdue":
            return Q(pk__in=ActionItem.objects.overdue().values("pk"))
        case "settled":
            return ~is_open
    return is_open
