"""Lists of people: who is shown, in which order, and what a row tells."""

from typing import Any

from django.db.models import Case, CharField, Count, Prefetch, Q, When
from django.db.models.functions import Lower

from aiso.web.keyset import Order, Page, page_of

from .models import BusinessUnit, RoleAssignment, User
from .models.person import UserQuerySet

PAGE = 50
# As many as a list under a text field shows.
FOUND = 20
BY_NAME = Order(Lower("name"), CharField())
STATES = {
    "": Q(is_active=True, is_service_account=False),
    "waiting": Q(is_active=True, is_service_account=False, last_login=None),
    "inactive": Q(is_active=False),
    "programs": Q(is_service_account=True),
}


def people_page(viewer: User, chosen: dict[str, Any], *, after: str, before: str) -> Page[User]:
    """One page of the people whom the filters choose, with unit and roles."""
    roles = RoleAssignment.objects.select_related("unit")
    rows = people_chosen(viewer, chosen).select_related("unit").prefetch_related(Prefetch("role_assignments", roles))
    return page_of(rows, BY_NAME, size=PAGE, after=after, before=before)


def people_chosen(viewer: User, chosen: dict[str, Any]) -> UserQuerySet:
    people: UserQuerySet = User.objects.visible_to(viewer).filter(STATES[chosen["state"] or ""])
    if chosen["q"]:
        people = people.matching(chosen["q"])
    if chosen["unit"]:
        people = people.filter(unit__in=BusinessUnit.objects.and_below([chosen["unit"].pk]))
    if chosen["role"]:
        holders = RoleAssignment.objects.filter(role=chosen["role"])
        people = people.filter(pk__in=holders.values("person"))
    return people


def people_counts(viewer: User) -> dict[str, int]:
    """How many there are in each state of the filter."""
    counted = {state or "active": Count("pk", filter=condition) for state, condition in STATES.items()}
    counts: dict[str, int] = User.objects.visible_to(viewer).aggregate(**counted)
    return counts


def people_found(viewer: User, text: str) -> list[User]:
    """The first people whom a typed text can mean: those whose name begins with it, then the others."""
    people = User.objects.visible_to(viewer).active().people().matching(text)
    begins = Case(When(name__istartswith=text.strip(), then=0), default=1)
    return [*people.select_related("unit").order_by(begins, Lower("name"))[:FOUND]]
