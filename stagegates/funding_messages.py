"""Who is told what when money is asked for, released or overspent. Sums stay on the pages, for those who see them."""

from collections.abc import Iterable

from aiso.accounts.models import User
from aiso.events.models import Event, Notification
from aiso.events.telling import Message

from .asked_money import body_of_request, parties_to_request
from .deciding import voters_of
from .decision_messages import MESSAGES, owners_of
from .models import FundingRequest, Tranche
from .reviewers import office_of

Kind = Notification.Kind


def _asked(event: Event) -> Iterable[Message]:
    request = FundingRequest.objects.select_related("initiative").get(pk=event.payload["request"])
    body = body_of_request(request)
    if body and request.is_open:
        people = voters_of(body).exclude(pk__in=parties_to_request(request))
        text = f"{request.initiative.reference} asks {body} for money outside a gate: {request.reason}"
        yield Message(people, text, request.get_absolute_url(), Kind.REQUEST, {"initiative": request.initiative_id})


def _released(event: Event) -> Iterable[Message]:
    tranche = _tranche(event)
    text = f"Money of {tranche.initiative.reference} that was withheld is released"
    yield Message(_owners(tranche), text, tranche.get_absolute_url(), Kind.NEWS, {"initiative": tranche.initiative_id})


def _overspent(event: Event) -> Iterable[Message]:
    tranche = _tranche(event)
    people = [*_owners(tranche), *office_of(tranche.initiative)]
    text = f"More was spent for {tranche.initiative.reference} than is released"
    yield Message(people, text, tranche.get_absolute_url(), Kind.NEWS, {"initiative": tranche.initiative_id})


def _owners(tranche: Tranche) -> Iterable[User]:
    ids = [pk for pk in owners_of(tranche.initiative_id) if pk]
    return [*User.objects.filter(pk__in=ids)]


def _tranche(event: Event) -> Tranche:
    return Tranche.objects.select_related("initiative").get(pk=event.payload["tranche"])


MESSAGES |= {"funding.asked": _asked, "money.released": _released, "money.overspent": _overspent}
FUNDING_EVENTS = ("funding.asked", "money.released", "money.overspent")
