"""What has ended, or goes on in another initiative, asks for nothing any more."""

from aiso import clock
from aiso.events.outbox import publish

from ..models import Decision, Expansion, FundingRequest


def withdraw_requests(decision: Decision) -> None:
    """Withdraw what the decision’s initiative asks for outside gates, money or to grow: it would wait for ever.

    Its initiative is locked.
    """
    for model in (FundingRequest, Expansion):
        open_ = model.objects.open().filter(initiative=decision.initiative_id)
        for request in open_.select_for_update(of=["self"]):
            request.closed_at, request.was_withdrawn = clock.now(), True
            request.save(update_fields=["closed_at", "was_withdrawn"])
            about = {"initiative": decision.initiative_id, "request": request}
            publish(f"{request.told_as}.withdrawn", actor=decision.decided_by, **about)
