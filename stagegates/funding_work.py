"""What waits in My work: money and expansions to decide outside a gate, and money whose conditions are met."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from aiso import clock
from aiso.accounts.models import Role, User
from aiso.accounts.models.role import OFFICE
from aiso.web import figures
from aiso.web.work import WorkItem
from forums.models import Membership
from portfolio.models import Initiative
from portfolio.permissions import changes_nothing

from .asked_money import Asked, decided_alone_by
from .models import Condition, Expansion, FundingRequest, Tranche
from .models.asked import AskedQuerySet
from .permissions import can_release

# Rows of one kind at most.
MOST = 50


def requests_waiting(person: User) -> Iterator[WorkItem]:
    """Money and expansions that the person decides alone: for whoever has a seat in which one is enough."""
    seats = Membership.objects.on(clock.today()).voting().filter(person=person)
    if not seats.filter(Q(forum__is_delegate=True) | Q(role=Membership.Role.CHAIR)).exists():
        return
    kinds: list[tuple[str, str, AskedQuerySet[Any]]] = [
        ("Decide on money outside a gate", "report-money", FundingRequest.objects.all()),
        ("Decide on an expansion", "trending-up", Expansion.objects.all()),
    ]
    seen = Initiative.objects.visible_to(person)
    for what, icon, rows in kinds:
        waiting = rows.waiting(clock.today()).filter(initiative__in=seen).select_related("initiative")
        for asked in decided_alone_by(person, [*waiting.defer("initiative__search")])[:MOST]:
            note = asked.get_step_display() if isinstance(asked, Expansion) else ""
            yield _item(what, asked, "Decide", icon, asked.asked_at, note)


def releases_waiting(person: User) -> Iterator[WorkItem]:
    """Tranches that are withheld although all their conditions are settled, for the office and finance."""
    if changes_nothing(person) or not person.has_role(*OFFICE, Role.FINANCE_CONTROLLER):
        return
    unsettled = Condition.objects.open().filter(decision=Coalesce(OuterRef("approved_in"), OuterRef("decision")))
    tranches = Tranche.objects.visible_to(person).waiting().filter(~Exists(unsettled))
    for tranche in tranches.select_related(
        "initiative", "decision__review", "decision__body", "approved_in__review"
    ).order_by("pk")[:MOST]:
        if can_release(person, tranche):
            yield _item("Release what was withheld", tranche, "Release", "report-money", tranche.created_at)


def _item(what: str, thing: Tranche | Asked, verb: str, icon: str, since: datetime, note: str = "") -> WorkItem:
    return WorkItem(
        what,
        thing.get_absolute_url(),
        verb,
        icon=icon,
        note=note,
        initiative=str(thing.initiative),
        initiative_url=thing.initiative.get_absolute_url(),
        since=figures.local_date(since),
    )
