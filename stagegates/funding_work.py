"""What waits in My work: money to decide outside a gate, and money to release once its conditions are met."""

from collections.abc import Iterator

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

from .asked_money import body_of_request, can_decide_request
from .deciding import bodies_of, decides_alone
from .models import Condition, FundingRequest, Tranche
from .permissions import can_release

# Rows of one kind at most.
MOST = 50


def requests_waiting(person: User) -> Iterator[WorkItem]:
    """Requests that the person decides alone: for whoever has a seat in which one is enough."""
    seats = Membership.objects.on(clock.today()).voting().filter(person=person)
    if not seats.filter(Q(forum__is_delegate=True) | Q(role=Membership.Role.CHAIR)).exists():
        return
    seen = Initiative.objects.visible_to(person)
    requests = FundingRequest.objects.open().filter(initiative__in=seen).select_related("initiative")
    for request in requests.order_by("asked_at")[:MOST]:
        body = body_of_request(request)
        if body is None or not can_decide_request(person, request):
            continue
        if any(decides_alone(person, each) for each in bodies_of(person, body)):
            yield _item("Decide on money outside a gate", request, "Decide", request.initiative)


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
            yield _item("Release what was withheld", tranche, "Release", tranche.initiative)


def _item(what: str, thing: Tranche | FundingRequest, verb: str, initiative: Initiative) -> WorkItem:
    since = thing.created_at if isinstance(thing, Tranche) else thing.asked_at
    return WorkItem(
        what,
        thing.get_absolute_url(),
        verb,
        icon="report-money",
        initiative=str(initiative),
        initiative_url=initiative.get_absolute_url(),
        since=figures.local_date(since),
    )
