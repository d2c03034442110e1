"""What is asked for outside a gate, money or an expansion: which body it needs, who may decide it, and what stands in
the way.
"""

from collections.abc import Sequence
from decimal import Decimal

from django.contrib.auth.models import AnonymousUser

from aiso.accounts.models import User
from aiso.web.figures import local_date
from forums.models import Forum
from portfolio.models import Lane
from portfolio.models.stage import IN_PRODUCTION, PATH
from portfolio.permissions import changes_nothing

from .askings import all_bodies
from .blocks import Block, Kind, of_initiative, overdue_of
from .deciding import alone_in, bodies_of, who_decides_on_each
from .models import Decision, Expansion, FundingRequest
from .separation import parties_to_each

type Asked = FundingRequest | Expansion
Outcome = Decision.Outcome
# What a body may say to it.
FUNDING_OUTCOMES = (Outcome.APPROVE, Outcome.CONDITIONS, Outcome.HOLD, Outcome.SEND_BACK)


def body_of_request(request: Asked) -> Forum | None:
    """The body that the sum needs, with what was approved for the workflow in the twelve months before."""
    return bodies_of_requests([request])[request.pk]


def bodies_of_requests(requests: Sequence[Asked]) -> dict[int, Forum | None]:
    """The same for open requests of one kind, which are one an initiative, by their ids; in a fixed number of
    queries.
    """
    named = who_decides_on_each((each.initiative, each.amount or Decimal(0)) for each in requests)
    bodies = all_bodies()
    return {each.pk: bodies.get(named[each.initiative_id].body) for each in requests}


def parties_to_request(request: Asked) -> frozenset[int]:
    """Who requested the initiative, owned it on any day since this was asked, and who asked."""
    return parties_to_requests([request])[0]


def parties_to_requests(requests: Sequence[Asked]) -> list[frozenset[int]]:
    """The same of several, one for each. Two queries."""
    since = [(each.initiative_id, local_date(each.asked_at)) for each in requests]
    parties = parties_to_each(since)
    return [parties[pair] | {each.asked_by_id} for pair, each in zip(since, requests, strict=True)]


def decided_alone_by(person: User, requests: Sequence[Asked]) -> list[Asked]:
    """Those of open requests of one kind on which the person’s word alone is enough today, as a delegate or as a chair
    between meetings. A fixed number of queries, and a few for each body.
    """
    if changes_nothing(person) or person.is_service_account or not requests:
        return []
    bodies = bodies_of_requests(requests)
    speaks_for = {body for body in {*bodies.values()} if body and alone_in(person, body)}
    if not speaks_for:
        return []
    parties = parties_to_requests(requests)
    return [
        each
        for each, kept in zip(requests, parties, strict=True)
        if bodies[each.pk] in speaks_for and person.pk not in kept
    ]


def can_decide_request(user: User | AnonymousUser, request: Asked) -> bool:
    """Those with a vote in the body that it needs or in a higher one; never a party, a program or an auditor."""
    if not isinstance(user, User) or changes_nothing(user) or user.is_service_account:
        return False
    body = body_of_request(request)
    return body is not None and user.pk not in parties_to_request(request) and bool(bodies_of(user, body))


def blocks_of_request(request: Asked) -> list[Block]:
    """All that keeps it from being approved now."""
    initiative = request.initiative
    found = [*of_initiative(initiative), *overdue_of(initiative)]
    if initiative.lane != Lane.FAST and _latest_lane(request) == Lane.FAST:
        what = "The fast lane no longer holds: its money stops until a review of the full lane"
        found.append(Block(what, Kind.LANE, initiative.get_absolute_url(), "lane"))
    if isinstance(request, Expansion) and initiative.stage in PATH and initiative.stage not in IN_PRODUCTION:
        what = f"It was sent back to {initiative.get_stage_display().lower()}: it grows once it is in production"
        found.append(Block(what, Kind.ENDED, initiative.get_absolute_url(), "production"))
    return found


def _latest_lane(request: Asked) -> str | None:
    """The lane of its latest approval at a gate."""
    approvals = Decision.objects.approving().filter(initiative=request.initiative_id, review__isnull=False)
    return approvals.order_by("-decided_at", "-pk").values_list("review__lane", flat=True).first()
